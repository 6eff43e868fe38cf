package io.tracery.load.endurance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ArgumentsTest {

    @Test
    void takesWhatIsAskedForInAnyOrder() {
        assertThat(Soak.Options.parse(List.of("--json", "--seed", "7", "--minutes", "0.5")))
                .isEqualTo(new Soak.Options(0.5, 7, true));
        assertThat(Soak.Options.parse(List.of())).isEqualTo(new Soak.Options(30, 1, false));
    }

    @Test
    void refusesWhatItDoesNotKnowByName() {
        assertThatThrownBy(() -> Soak.Options.parse(List.of("--minuets", "4")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("unknown: --minuets 4");
        assertThatThrownBy(() -> BodyStreaming.Options.parse(List.of("--jsno")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("unknown: --jsno");
    }

    @Test
    void refusesANumberThatIsNone() {
        assertThatThrownBy(() -> Soak.Options.parse(List.of("--minutes")))
                .hasMessage("--minutes needs a positive number, not \"\"");
        assertThatThrownBy(() -> BodyStreaming.Options.parse(List.of("--gibibytes", "-1")))
                .hasMessage("--gibibytes needs a positive number, not \"-1\"");
    }
}
