package io.tracery.topology.graph;

import io.tracery.tracing.metric.ExponentialHistogram;
import org.jspecify.annotations.Nullable;

/**
 * What happened on an edge over a span of time.
 *
 * @param epoch names one life of one proxy: its instance and start; what is in flight is counted by it
 * @param amount how many, at least 0
 * @param latencies seconds, {@code amount} of them; of {@link Measure#DURATION} only
 * @param fromMillis begin of the span, exclusive
 * @param toMillis end of the span: when the proxy read its counters
 * @param exemplar one of the exchanges, of durations only
 */
public record Increment(
        SeriesLabels labels,
        Measure measure,
        String epoch,
        long amount,
        @Nullable ExponentialHistogram latencies,
        long fromMillis,
        long toMillis,
        @Nullable Exemplar exemplar) {

    /** Without an exemplar. */
    public Increment(
            SeriesLabels labels,
            Measure measure,
            String epoch,
            long amount,
            @Nullable ExponentialHistogram latencies,
            long fromMillis,
            long toMillis) {
        this(labels, measure, epoch, amount, latencies, fromMillis, toMillis, null);
    }

    public Increment {
        if (amount < 0) {
            throw new IllegalArgumentException("a count never falls: " + amount);
        }
        if ((measure == Measure.DURATION) != (latencies != null)) {
            throw new IllegalArgumentException("durations, and only those, come with latencies");
        }
    }
}
