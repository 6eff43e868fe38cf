package io.tracery.topology.stream;

/**
 * Since when data has been flowing without a gap. Only then does silence of a proxy mean anything: after an outage of
 * Kafka, or of this process, those that are heard first must not make the others look gone. Confined to the stream's
 * thread.
 */
final class Listening {

    /** Proxies speak at least every 30 s. */
    private static final long LARGEST_GAP_MILLIS = 65_000;

    private long since = Long.MAX_VALUE;
    private long latest;

    void heard(long nowMillis) {
        if (since == Long.MAX_VALUE || nowMillis - latest > LARGEST_GAP_MILLIS) {
            since = nowMillis;
        }
        latest = nowMillis;
    }

    /** For how long nothing was heard of something, though it would have been. */
    long silence(long heardMillis) {
        return since == Long.MAX_VALUE ? 0 : latest - Math.max(heardMillis, since);
    }
}
