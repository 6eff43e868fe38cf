package io.tracery.proxy.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class RateLimiterTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /** A bucket as textbooks have it: a number of tokens that grows with time. It counts in parts of a token, exactly. */
    private static final class Textbook {

        private final long interval;
        private final long full;
        private long level;
        private long at;

        Textbook(Rate rate, long now) {
            interval = rate.intervalNanos();
            full = interval * rate.burst();
            level = full;
            at = now;
        }

        boolean take(long now) {
            level = Math.min(full, level + now - at);
            at = now;
            if (level < interval) {
                return false;
            }
            level -= interval;
            return true;
        }

        long left() {
            return level / interval;
        }

        long untilNext(long now) {
            return interval - (level + now - at);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void aBucketDoesWhatTheTextbookSays(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 200; round++) {
            Rate rate = new Rate(
                    random.nextInt(1, 1000),
                    List.of(Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofHours(1))
                            .get(random.nextInt(3)),
                    random.nextInt(1, 50));
            // The clock's origin is anywhere, below zero too.
            long now = random.nextLong(-SECOND * 1000, SECOND * 1000);
            Gcra bucket = new Gcra(rate);
            Textbook textbook = new Textbook(rate, now);
            for (int i = 0; i < 500; i++) {
                now += random.nextInt(4) == 0 ? random.nextLong(rate.intervalNanos() * 5) : random.nextLong(1000);
                boolean expected = textbook.take(now);
                long left = bucket.take(now);
                assertThat(left)
                        .as("seed %d, %s, request %d", seed, rate, i)
                        .isEqualTo(expected ? textbook.left() : -textbook.untilNext(now));
            }
        }
    }

    @Test
    void threadsShareExactlyWhatThereIs() throws Exception {
        Gcra bucket = new Gcra(new Rate(1, Duration.ofHours(1), 10_000));
        AtomicInteger taken = new AtomicInteger();
        CountDownLatch go = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                try {
                    go.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                for (int request = 0; request < 5_000; request++) {
                    if (bucket.take(SECOND) >= 0) {
                        taken.incrementAndGet();
                    }
                }
            }));
        }
        go.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(taken).hasValue(10_000);
    }

    private static RateLimiter perKey(int all, int each, int keys) {
        return new RateLimiter(new RateLimit(
                new Rate(all, Duration.ofSeconds(1), all),
                new RateLimit.PerKey(
                        new RateLimit.Key.Header("x-user"), new Rate(each, Duration.ofSeconds(1), each), keys)));
    }

    @Test
    void aKeyMayNotUseWhatIsAnothers() {
        RateLimiter limiter = perKey(100, 2, 10);
        assertThat(limiter.take("ann", 0).refused()).isFalse();
        assertThat(limiter.take("ann", 0).left()).isZero();
        Quota third = limiter.take("ann", 0);
        assertThat(third.refused()).isTrue();
        assertThat(third.whose()).isEqualTo(Quota.Whose.KEY);
        assertThat(third.waitNanos()).isEqualTo(SECOND / 2);
        assertThat(limiter.take("bob", 0).refused()).isFalse();
        assertThat(limiter.take("ann", SECOND / 2).refused()).isFalse();
    }

    @Test
    void whatTheWholeRefusesCostsItsKeyNothing() {
        RateLimiter limiter = perKey(1, 2, 10);
        assertThat(limiter.take("ann", 0).refused()).isFalse();
        for (int i = 0; i < 5; i++) {
            Quota refused = limiter.take("bob", 0);
            assertThat(refused.refused()).isTrue();
            assertThat(refused.whose()).isEqualTo(Quota.Whose.ALL);
        }
        assertThat(limiter.take("bob", SECOND).refused()).isFalse();
    }

    @Test
    void keysAreBoundedAndInventingThemGainsNothing() {
        RateLimiter limiter = perKey(1_000_000, 1, 8);
        Set<String> served = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            if (!limiter.take("invented " + i, 0).refused()) {
                served.add("invented " + i);
            }
            assertThat(limiter.keys()).isLessThanOrEqualTo(8);
        }
        assertThat(served).as("eight keys and the bucket that the others share").hasSize(9);
        assertThat(limiter.take("x".repeat(KeyedBuckets.LONGEST_KEY + 1), 0).refused())
                .isTrue();
        // A second later all are full again, and make way.
        assertThat(limiter.take("new", SECOND).refused()).isFalse();
        assertThat(limiter.keys()).isEqualTo(8);
    }
}
