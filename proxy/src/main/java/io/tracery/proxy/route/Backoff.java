package io.tracery.proxy.route;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long a retry waits, so that many of them do not arrive at once: any time up to a bound, all equally likely (full
 * jitter). The bound is {@code base} for the first retry and doubles with each.
 *
 * @param base bound of the first wait
 * @param most no wait is longer
 * @param mostAsked an answer that asks for at most this by {@code Retry-After} is obeyed, one that asks for more is not tried again;
 *     zero where {@code Retry-After} is not looked at
 */
public record Backoff(Duration base, Duration most, Duration mostAsked) {

    /** Envoy's: 25 ms and ten times that. */
    public static final Backoff DEFAULT = new Backoff(Duration.ofMillis(25), Duration.ofMillis(250), Duration.ZERO);

    private static final int MOST_DOUBLINGS = 30;

    /** @param retry counts from 1 */
    public long nanos(int retry, RandomGenerator random) {
        long bound = Math.min(most.toMillis(), base.toMillis() << Math.min(MOST_DOUBLINGS, Math.max(0, retry - 1)));
        return bound <= 0 ? 0 : random.nextLong(bound * 1_000_000);
    }
}
