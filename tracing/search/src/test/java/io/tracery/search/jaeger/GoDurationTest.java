package io.tracery.search.jaeger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoDurationTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1ns, 1",
        "1.5us, 1500",
        "2µs, 2000",
        "100ms, 100000000",
        "1.2s, 1200000000",
        ".5s, 500000000",
        "1m, 60000000000",
        "1h30m, 5400000000000"
    })
    void readsWhatGoWrites(String text, long nanos) {
        assertThat(GoDuration.parse(text)).isEqualTo(nanos);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "ms", "1 s", "1s ", "-1s", "1d", "1s2", "1.2.3s"})
    void refusesEverythingElse(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> GoDuration.parse(text));
    }

    @Test
    void isBoundedInLengthAndValue() {
        assertThatIllegalArgumentException().isThrownBy(() -> GoDuration.parse("1s".repeat(1_000)));
        assertThat(GoDuration.parse("999999999999999999999h")).isEqualTo(Long.MAX_VALUE);
    }
}
