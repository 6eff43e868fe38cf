package io.tracery.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UrgencyTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            u=0         | 0
            u=7, i      | 7
            i, u=5      | 5
            i,  u=1;x=2 | 1
            u=1, u=6    | 6
            4           | 4
            u=8         | 3
            u=55        | 3
            u           | 3
            u=          | 3
            uu=1        | 3
            8           | 3
            high        | 3
            ","         | 3
            """)
    void isWhatThePriorityHeaderSays(String value, int urgency) {
        assertThat(Urgency.of(value)).isEqualTo(urgency);
    }

    @Test
    void isTheUsualWhereNothingIsSaid() {
        assertThat(Urgency.of(null)).isEqualTo(3);
        assertThat(Urgency.of("")).isEqualTo(3);
    }
}
