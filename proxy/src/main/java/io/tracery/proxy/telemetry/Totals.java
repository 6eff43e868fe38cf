package io.tracery.proxy.telemetry;

import io.tracery.tracing.context.TraceContext;
import io.tracery.tracing.metric.ExponentialHistogram;
import io.tracery.tracing.span.Fate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What one group of series has counted since the proxy started: a copy that never changes, so that it may go from thread
 * to thread.
 *
 * @param started exchanges
 * @param retries attempts after the first
 * @param hedges those of them that were begun beside another
 * @param received bytes of requests
 * @param sent bytes of responses
 * @param outcomes by fate and status, each once
 */
record Totals(
        SeriesLabels labels,
        long started,
        long retries,
        long hedges,
        long received,
        long sent,
        List<Outcome> outcomes) {

    Totals {
        outcomes = List.copyOf(outcomes);
    }

    /** Of the same group on two event loops, without their slowest exchanges. */
    Totals plus(Totals other) {
        Map<Outcome.Id, Outcome> sum = new HashMap<>();
        outcomes.forEach(outcome -> sum.merge(outcome.id(), outcome, Outcome::plus));
        other.outcomes.forEach(outcome -> sum.merge(outcome.id(), outcome, Outcome::plus));
        return new Totals(
                labels,
                started + other.started,
                retries + other.retries,
                hedges + other.hedges,
                received + other.received,
                sent + other.sent,
                new ArrayList<>(sum.values()));
    }

    /** The same with other exchanges as the slowest of the outcomes; null for none. */
    Totals withSlowest(Function<Outcome.Id, @Nullable Slowest> slowest) {
        List<Outcome> others = outcomes.stream()
                .map(outcome ->
                        new Outcome(outcome.id(), outcome.durations(), outcome.classic(), slowest.apply(outcome.id())))
                .toList();
        return new Totals(labels, started, retries, hedges, received, sent, others);
    }

    /**
     * Exchanges of the group that ended alike.
     *
     * @param durations in seconds; must not be changed any more
     * @param classic the same in coarser buckets; must not be changed any more
     * @param slowest the slowest exchange since the last copy, or null
     */
    record Outcome(
            Id id,
            ExponentialHistogram durations,
            DurationBuckets classic,
            @Nullable Slowest slowest) {

        Outcome plus(Outcome other) {
            ExponentialHistogram both = durations.copy();
            both.add(other.durations);
            return new Outcome(id, both, classic.plus(other.classic), /* slowest= */ null);
        }

        /**
         * @param status HTTP status code, 0 where there was none
         * @param grpcStatus -1 where there was none
         */
        record Id(Fate fate, int status, int grpcStatus) {}
    }

    /** An exchange worth looking at: what an exemplar points to. */
    record Slowest(double seconds, long epochMillis, TraceContext trace) {

        static Slowest slower(Slowest one, Slowest other) {
            return one.seconds >= other.seconds ? one : other;
        }
    }
}
