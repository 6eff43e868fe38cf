package io.tracery.topology.stream;

import io.tracery.topology.graph.Exemplar;
import org.jspecify.annotations.Nullable;

/**
 * One data point: the count of a series at a time.
 *
 * @param timeNanos when the proxy read it, Unix nanoseconds
 * @param exemplar of durations: the slowest exchange that the proxy names since it last did
 */
record Point(
        KnownSeries series,
        long timeNanos,
        Count count,
        @Nullable Exemplar exemplar) {}
