package io.tracery.topology.graph;

/**
 * A span of time in which something was counted, nobody knows when within it.
 *
 * @param fromMillis exclusive, below {@code toMillis}
 */
public record Spread(long fromMillis, long toMillis) {

    /** Beyond this, a span says little about when within it something happened. */
    private static final long PRECISE_MILLIS = 2_000;

    public Spread {
        fromMillis = Math.min(fromMillis, toMillis - 1);
    }

    /**
     * How many of a count fall between the span's begin and a time within it, when they are spread evenly. Over a short
     * span this rounds to the nearest, so that a steady rate looks steady whatever the phase of a proxy's clock. Over a
     * long one it rounds down: a single request after a long silence most likely happened at the end of it.
     */
    public long until(long count, long millis) {
        double share = (double) (Math.clamp(millis, fromMillis, toMillis) - fromMillis) / (toMillis - fromMillis);
        return toMillis - fromMillis <= PRECISE_MILLIS ? Math.round(count * share) : (long) (count * share);
    }

    /** How many of a count fall between two times; the shares of windows that touch add up to the count. */
    public long within(long count, long begin, long end) {
        return until(count, end) - until(count, begin);
    }
}
