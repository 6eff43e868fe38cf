package io.tracery.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GrpcTimeoutTest {

    @ParameterizedTest
    @CsvSource({
        "1n, 1",
        "99999999u, 99999999000",
        "5m, 5000000",
        "2S, 2000000000",
        "1M, 60000000000",
        "1H, 3600000000000",
        "99999999H, 9223372036854775807",
        "0m, 0",
    })
    void readsEveryUnit(String text, long nanos) {
        assertThat(GrpcTimeout.nanos(text)).isEqualTo(nanos);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "m", "1", "1s", "1 m", "-1m", "123456789m", "1.5S", "１m"})
    void takesNothingElse(String text) {
        assertThat(GrpcTimeout.nanos(text)).isEqualTo(GrpcTimeout.NONE);
    }

    @Test
    void neverWritesMoreThanItWasGivenNorMuchLess() {
        long seed = 5;
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 10_000; i++) {
            long nanos = random.nextLong(1, 1L << random.nextInt(1, 62));
            String text = GrpcTimeout.text(nanos);
            assertThat(text).as("seed %d", seed).hasSizeLessThanOrEqualTo(9);
            assertThat(GrpcTimeout.nanos(text)).isBetween(nanos - nanos / 90_000, nanos);
        }
    }
}
