package io.tracery.topology.graph;

/**
 * The seconds that a question is about. It ends where data ends, not now: proxies report once a second, so the newest
 * second or two are known only in part. Rates are taken of seconds that every proxy has reported on, shares and
 * quantiles of everything since the window's begin.
 *
 * @param now Unix milliseconds
 * @param from first second
 * @param settledBefore first second that some proxies may not have reported on
 * @param rateSeconds seconds that a rate is taken over: fewer than asked for only while the graph is younger than that
 */
record Window(long now, long from, long settledBefore, int rateSeconds) {

    /** A proxy's reports are a second apart; what it saw takes up to this long to arrive. */
    private static final long REPORT_MILLIS = 1_200;

    /** When no data arrives at all, the window moves on nevertheless, this far behind the clock. */
    private static final long LARGEST_LAG_MILLIS = 5_000;

    static Window of(int seconds, long now, long newestData, long firstData) {
        long end = Math.clamp(newestData, now - LARGEST_LAG_MILLIS, now);
        long settledBefore = Math.floorDiv(end - REPORT_MILLIS, 1000L);
        long from = settledBefore - seconds;
        long known = Math.max(from, Math.floorDiv(firstData, 1000L));
        return new Window(now, from, settledBefore, Math.clamp(settledBefore - known, 1, seconds));
    }

    /** The last second that can hold anything. */
    long to() {
        return Math.floorDiv(now, 1000L);
    }
}
