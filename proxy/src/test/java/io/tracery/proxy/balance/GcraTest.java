package io.tracery.proxy.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GcraTest {

    private static final int LIMITERS = 300;
    private static final int REQUESTS = 400;

    /** The model is a bucket that is filled continuously; it holds time, of which each request takes an interval. */
    @Test
    void itLetsPassWhatAContinuouslyFilledBucketLetsPass() {
        SplittableRandom random = new SplittableRandom(20261123);
        for (int limiter = 0; limiter < LIMITERS; limiter++) {
            long interval = random.nextLong(1, 1_000_000);
            long burst = random.nextLong(1, 20);
            // A clock of nanoseconds may begin anywhere.
            long now = random.nextLong();
            Gcra gcra = new Gcra(interval, burst, now);
            long bucket = interval * burst;
            for (int request = 0; request < REQUESTS; request++) {
                long pause = random.nextInt(3) == 0 ? random.nextLong(4 * interval) : random.nextLong(interval);
                now += pause;
                bucket = Math.min(interval * burst, bucket + pause);
                long wait = gcra.take(now);
                if (bucket >= interval) {
                    assertThat(wait)
                            .as("request %d of limiter %d", request, limiter)
                            .isZero();
                    bucket -= interval;
                } else {
                    assertThat(wait)
                            .as("request %d of limiter %d", request, limiter)
                            .isEqualTo(interval - bucket);
                }
            }
        }
    }

    @Test
    void whoWaitsAsLongAsToldMayPass() {
        Gcra gcra = new Gcra(1000, 3, 5);
        for (int i = 0; i < 3; i++) {
            assertThat(gcra.take(5)).isZero();
        }
        long wait = gcra.take(5);
        assertThat(wait).isEqualTo(1000);
        assertThat(gcra.take(5 + wait - 1)).isEqualTo(1);
        assertThat(gcra.take(5 + wait)).isZero();
    }

    @Test
    void manyThreadsTogetherGetNoMoreThanOne() throws Exception {
        Gcra gcra = new Gcra(1000, 10_000, 0);
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Callable<Integer>> takers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                takers.add(() -> {
                    int passed = 0;
                    for (int n = 0; n < 10_000; n++) {
                        passed += gcra.take(0) == 0 ? 1 : 0;
                    }
                    return passed;
                });
            }
            int passed = 0;
            for (Future<Integer> taker : threads.invokeAll(takers)) {
                passed += taker.get();
            }
            assertThat(passed).isEqualTo(10_000);
        }
    }

    @Test
    void aBurstOfAnySizeIsTaken() {
        Gcra gcra = new Gcra(Long.MAX_VALUE / 2, Long.MAX_VALUE, 0);
        assertThat(gcra.take(0)).isZero();
        assertThatIllegalArgumentException().isThrownBy(() -> new Gcra(0, 1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new Gcra(1, 0, 0));
    }
}
