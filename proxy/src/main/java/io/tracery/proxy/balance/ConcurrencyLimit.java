package io.tracery.proxy.balance;

import io.tracery.proxy.mesh.AdaptiveConcurrency;

/**
 * How many requests a server bears at once, by the gradient of their latency: while they take as long as they did over the
 * last minutes the limit grows, by a few at a time; when they take clearly longer, they queue, and it shrinks in proportion
 * (Netflix's Gradient2; Envoy's adaptive concurrency filter is of the same kind). It moves only while it is used. One event
 * loop.
 */
public final class ConcurrencyLimit {

    /** Of a request that says nothing (RFC 9218 section 4.1). */
    public static final int USUAL_URGENCY = 3;

    public static final int LEAST_URGENT = 7;

    /** What a level of urgency more or less than the usual one is worth, as a share of the limit. */
    private static final double LEVEL = 0.1;

    /** How much longer than usual is no sign of queueing yet. */
    private static final double TOLERANCE = 1.5;

    /** Requests that may queue, so that a server that is not full is found out. */
    private static final double HEADROOM = 4;

    private static final double STEEPEST = 0.5;
    private static final double SMOOTHING = 0.2;
    private static final double LONG_WINDOWS = 600;
    private static final double RECOVERY = 0.95;
    private static final int FIRST_LIMIT = 32;
    private static final int FEWEST_SAMPLES = 10;
    private static final long WINDOW_NANOS = 250_000_000;

    private final int least;
    private final int most;

    private double limit;
    private double usualNanos;
    private long windowSince;
    private double windowSum;
    private int windowCount;
    private int windowInFlight;

    public ConcurrencyLimit(AdaptiveConcurrency config, long nowNanos) {
        this.least = config.least();
        this.most = config.most();
        this.limit = Math.clamp(FIRST_LIMIT, least, most);
        this.windowSince = nowNanos;
    }

    /**
     * How many requests may be under way before those of an urgency are refused: all of the limit for the usual one, a tenth
     * more or less for each level above or below it. An idle server takes any.
     */
    public int limit(int urgency) {
        return Math.max(1, (int) (limit * (1 + LEVEL * (USUAL_URGENCY - urgency))));
    }

    /** How many may be under way before those that are refused last are: half as many again, and a few. */
    public int criticalLimit() {
        return (int) (limit * 1.5 + HEADROOM);
    }

    /**
     * A request was answered, or its time was up.
     *
     * @param latencyNanos until the answer began
     * @param inFlight requests under way, this one included
     */
    public void sample(long latencyNanos, int inFlight, long nowNanos) {
        windowSum += latencyNanos;
        windowCount++;
        windowInFlight = Math.max(windowInFlight, inFlight);
        if (windowCount >= FEWEST_SAMPLES && nowNanos - windowSince >= WINDOW_NANOS) {
            update(windowSum / windowCount);
            windowSince = nowNanos;
            windowSum = 0;
            windowCount = 0;
            windowInFlight = 0;
        }
    }

    private void update(double recentNanos) {
        usualNanos = usualNanos == 0 ? recentNanos : usualNanos + (recentNanos - usualNanos) / LONG_WINDOWS;
        if (usualNanos > 2 * recentNanos) {
            // Load has gone: what was usual under it is not any more.
            usualNanos *= RECOVERY;
        }
        if (windowInFlight < limit / 2) {
            return;
        }
        double gradient = Math.clamp(TOLERANCE * usualNanos / Math.max(1, recentNanos), STEEPEST, 1.0);
        double next = limit * gradient + HEADROOM;
        limit = Math.clamp(limit * (1 - SMOOTHING) + next * SMOOTHING, least, most);
    }
}
