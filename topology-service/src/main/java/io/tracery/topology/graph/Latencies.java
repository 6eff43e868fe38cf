package io.tracery.topology.graph;

import io.tracery.tracing.metric.ExponentialHistogram;
import org.jspecify.annotations.Nullable;

/** Quantiles in milliseconds; null where nothing was counted. */
record Latencies(
        @Nullable Double p50,
        @Nullable Double p90,
        @Nullable Double p99) {

    private static final Latencies NONE = new Latencies(null, null, null);

    static Latencies of(ExponentialHistogram seconds) {
        return seconds.count() == 0
                ? NONE
                : new Latencies(millis(seconds, 0.5), millis(seconds, 0.9), millis(seconds, 0.99));
    }

    private static Double millis(ExponentialHistogram seconds, double q) {
        return seconds.quantile(q) * 1000;
    }
}
