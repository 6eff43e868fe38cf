package io.tracery.search.store;

import java.time.Duration;

/**
 * The store's bounds.
 *
 * @param retention a span is deleted this long after it was received
 * @param maxBytes size on disk; when it is passed, the oldest spans are deleted until a tenth is free again. Between two
 *     looks, a minute apart, it may be passed by what comes in meanwhile
 * @param maxTraceSpans spans of one trace that are returned, oldest first
 * @param maxTraceBytes OTLP bytes of one trace that are returned
 * @param refresh how soon readers see what was added
 * @param queryDeadline how long a search may take
 */
public record StoreLimits(
        Duration retention,
        long maxBytes,
        int maxTraceSpans,
        long maxTraceBytes,
        Duration refresh,
        Duration queryDeadline) {

    /** Spans of one trace that are returned, unless a test says otherwise. */
    public static final int MOST_TRACE_SPANS = 20_000;

    /** Limits for the given retention, everything else as a laptop bears it. */
    public static StoreLimits keeping(Duration retention, long maxBytes) {
        return new StoreLimits(
                retention,
                maxBytes,
                MOST_TRACE_SPANS,
                64L * 1024 * 1024,
                Duration.ofMillis(250),
                Duration.ofSeconds(10));
    }
}
