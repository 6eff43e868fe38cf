package io.tracery.pipeline.decide;

/**
 * Bytes a second, with two seconds' worth in store for bursts. The less a reason matters, the more of the store it must
 * leave to others: errors may take the last of it, the share of everything else not the second half. Confined to one thread.
 */
final class Budget {

    private static final double SECONDS_IN_STORE = 2;
    private static final double MOST_RESERVED = 0.5;

    private double inStore;
    private long filledMillis;
    private boolean begun;

    boolean admits(Reason reason, long bytes, long bytesPerSecond, long nowMillis) {
        double rate = bytesPerSecond;
        double most = rate * SECONDS_IN_STORE;
        if (!begun) {
            begun = true;
            inStore = most;
            filledMillis = nowMillis;
        }
        inStore = Math.min(most, inStore + Math.max(0, nowMillis - filledMillis) * rate / 1000);
        filledMillis = Math.max(filledMillis, nowMillis);
        double reserved = most * MOST_RESERVED * reason.rank() / Reason.SHARE.rank();
        // A trace larger than the store is not too large for ever: it takes it below zero.
        if (inStore <= reserved) {
            return false;
        }
        inStore -= bytes;
        return true;
    }

    /** Of what is kept in any case. The debt that it makes is bounded, so that a burst of it does not shut others out for long; what was owed before stays. */
    void takes(long bytes, long bytesPerSecond) {
        double least = Math.min(inStore, -SECONDS_IN_STORE * bytesPerSecond);
        inStore = Math.max(least, inStore - bytes);
    }
}
