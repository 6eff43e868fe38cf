package io.tracery.topology.graph;

import io.tracery.tracing.metric.ExponentialHistogram;

/**
 * Exchanges of one kind that ended over a span of time.
 *
 * @param failed their fate was another than served
 * @param mutual they were encrypted, and both ends knew each other's identity
 * @param fromMillis exclusive, below {@code toMillis}
 */
record Exchanges(ExponentialHistogram latencies, boolean failed, boolean mutual, long fromMillis, long toMillis) {

    /** Beyond this, a span says little about when within it something happened. */
    private static final long PRECISE_MILLIS = 2_000;

    Exchanges {
        fromMillis = Math.min(fromMillis, toMillis - 1);
    }

    /**
     * How many of a count fall between the span's begin and a time within it, when they are spread evenly. Over a short
     * span this rounds to the nearest, so that a steady rate looks steady whatever the phase of a proxy's clock. Over a
     * long one it rounds down: a single request after a long silence most likely happened at the end of it.
     */
    long until(long count, long millis) {
        double share = (double) (Math.clamp(millis, fromMillis, toMillis) - fromMillis) / (toMillis - fromMillis);
        return toMillis - fromMillis <= PRECISE_MILLIS ? Math.round(count * share) : (long) (count * share);
    }
}
