package io.tracery.proxy.route;

import java.time.Duration;

/**
 * How often something may happen.
 *
 * @param requests 1 to a million of them
 * @param per in this time, a second to an hour as mesh configuration says it, at most a day
 * @param burst so many may come at once after a quiet time, 1 to a million
 */
public record Rate(int requests, Duration per, int burst) {

    public static final int MOST = 1_000_000;
    private static final Duration LONGEST = Duration.ofDays(1);

    public Rate {
        if (requests < 1 || requests > MOST || burst < 1 || burst > MOST) {
            throw new IllegalArgumentException("requests and burst are 1.." + MOST);
        }
        if (per.compareTo(Duration.ofMillis(1)) < 0 || per.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("a rate is per 1ms..24h, not " + per);
        }
        if (Math.multiplyHigh(per.toNanos() / requests + 1, burst) != 0
                || (per.toNanos() / requests + 1) * burst < 0
                || (per.toNanos() / requests + 1) * burst > Long.MAX_VALUE / 4) {
            throw new IllegalArgumentException("a burst of " + burst + " would take decades to come back");
        }
    }

    /** From one request to the next where they come evenly; rounded up, so that never more than the rate get through. */
    long intervalNanos() {
        return Math.ceilDiv(per.toNanos(), requests);
    }
}
