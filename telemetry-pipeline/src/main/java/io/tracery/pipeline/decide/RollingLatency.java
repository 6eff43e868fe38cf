package io.tracery.pipeline.decide;

/**
 * How long one endpoint takes lately: a histogram with buckets a seventh wider each, from 10 µs to some ten minutes, in
 * which what was seen counts half with every half-minute. Confined to one thread.
 */
final class RollingLatency {

    private static final int BUCKETS = 128;
    private static final double LEAST_NANOS = 10_000;
    private static final double WIDTH = Math.log(1.15);
    private static final long HALF_LIFE_MILLIS = 30_000;

    /** With fewer nobody can say what is usual. */
    private static final double ENOUGH = 100;

    private final float[] counts = new float[BUCKETS];
    private float total;
    private long halvedMillis;

    RollingLatency(long nowMillis) {
        halvedMillis = nowMillis;
    }

    void add(long nanos, long nowMillis) {
        while (nowMillis - halvedMillis >= HALF_LIFE_MILLIS && total > 0) {
            halve();
        }
        if (total == 0) {
            halvedMillis = nowMillis;
        }
        counts[bucket(nanos)]++;
        total++;
    }

    private void halve() {
        halvedMillis += HALF_LIFE_MILLIS;
        total = 0;
        for (int i = 0; i < BUCKETS; i++) {
            // What is nearly forgotten is forgotten, or a quiet endpoint would be halved for ever.
            counts[i] = counts[i] < 0.01f ? 0 : counts[i] / 2;
            total += counts[i];
        }
    }

    /** Whether no more than this share took so long, or longer, as far as buckets tell. */
    boolean amongSlowest(long nanos, double share) {
        if (total < ENOUGH) {
            return false;
        }
        float slower = 0;
        for (int i = bucket(nanos); i < BUCKETS; i++) {
            slower += counts[i];
        }
        return slower < share * total;
    }

    private static int bucket(long nanos) {
        double ratio = Math.max(1, nanos) / LEAST_NANOS;
        return (int) Math.clamp(Math.ceil(Math.log(ratio) / WIDTH), 0, BUCKETS - 1);
    }
}
