package io.tracery.proxy.telemetry;

/**
 * Counts of durations between the bounds that OpenTelemetry recommends, for scrapers that know classic histograms only.
 * Confined to one thread, or never changed.
 */
final class DurationBuckets {

    private static final double[] UPPER_SECONDS = {
        0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, Double.POSITIVE_INFINITY
    };

    private static final long[] UPPER_NANOS = new long[UPPER_SECONDS.length - 1];

    static {
        for (int i = 0; i < UPPER_NANOS.length; i++) {
            UPPER_NANOS[i] = Math.round(UPPER_SECONDS[i] * 1e9);
        }
    }

    private final long[] counts = new long[UPPER_SECONDS.length];

    /** Counts a duration; a bound belongs to the bucket below it. */
    void record(long nanos) {
        int bucket = 0;
        while (bucket < UPPER_NANOS.length && nanos > UPPER_NANOS[bucket]) {
            bucket++;
        }
        counts[bucket]++;
    }

    DurationBuckets copy() {
        return new DurationBuckets().add(this);
    }

    DurationBuckets plus(DurationBuckets other) {
        return copy().add(other);
    }

    /** The upper bounds in seconds, the last of them infinite. */
    static double[] upperSeconds() {
        return UPPER_SECONDS.clone();
    }

    /** The count of each bucket alone. */
    long[] counts() {
        return counts.clone();
    }

    private DurationBuckets add(DurationBuckets other) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] += other.counts[i];
        }
        return this;
    }
}
