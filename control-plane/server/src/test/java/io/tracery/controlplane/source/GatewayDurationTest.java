package io.tracery.controlplane.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GatewayDurationTest {

    @ParameterizedTest
    @CsvSource({"0s, PT0S", "500ms, PT0.5S", "1h30m, PT1H30M", "1m30s500ms, PT1M30.5S"})
    void readsTheGatewayApisFormat(String text, Duration expected) {
        assertThat(GatewayDuration.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "-1s", "1.5s", "1d", "123456s", "1s 2s"})
    void refusesAnythingElse(String text) {
        assertThat(GatewayDuration.parse(text)).isNull();
    }
}
