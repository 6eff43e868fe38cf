package io.tracery.proxy.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {

    @ParameterizedTest
    @CsvSource({"1, 25", "2, 50", "3, 100", "4, 200", "5, 250", "60, 250"})
    void waitsAnyTimeUpToABoundThatDoublesToItsLimit(int retry, long boundMillis) {
        SplittableRandom random = new SplittableRandom(retry);
        long bound = Duration.ofMillis(boundMillis).toNanos();
        long longest = 0;
        long sum = 0;
        for (int i = 0; i < 1_000; i++) {
            long wait = Backoff.DEFAULT.nanos(retry, random);
            assertThat(wait).isBetween(0L, bound - 1);
            longest = Math.max(longest, wait);
            sum += wait;
        }
        assertThat(longest).isGreaterThan(bound * 95 / 100);
        assertThat(sum / 1_000).isBetween(bound * 4 / 10, bound * 6 / 10);
    }
}
