package io.tracery.proxy.telemetry;

import io.tracery.tracing.Vocabulary;
import io.tracery.tracing.context.TraceContext;
import io.tracery.tracing.otlp.AttributeSet;
import io.tracery.tracing.otlp.Key;
import io.tracery.tracing.otlp.MetricsEncoder;
import io.tracery.tracing.otlp.TraceExemplar;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Writes the series that changed as OTLP, in as many batches as their size asks for. Confined to the exporter. */
final class MetricBatches {

    private static final Key IO_DIRECTION = Key.of(Vocabulary.NETWORK_IO_DIRECTION);
    private static final AttributeSet RECEIVE =
            AttributeSet.builder().put(IO_DIRECTION, Vocabulary.IO_RECEIVE).build();
    private static final AttributeSet TRANSMIT =
            AttributeSet.builder().put(IO_DIRECTION, Vocabulary.IO_TRANSMIT).build();
    private static final String EXCHANGES = "{exchange}";
    private static final String ATTEMPTS = "{attempt}";
    private static final String BYTES = "By";
    private static final String SECONDS = "s";

    private final MetricsEncoder out;
    private final int batchBytes;
    private final long startNanos;

    /** @param startNanos Unix time from which on everything counts */
    MetricBatches(MetricsEncoder out, int batchBytes, long startNanos) {
        this.out = out;
        this.batchBytes = batchBytes;
        this.startNanos = startNanos;
    }

    /** Takes a finished batch. */
    interface Sink {
        void batch(byte[] value, int points);
    }

    /**
     * Writes what differs from what was sent last, and marks it as sent.
     *
     * @param recorded whether the spans of a trace were surely written: only then may it be an exemplar
     */
    void write(MetricStore store, long nowNanos, Predicate<TraceContext> recorded, Sink sink) {
        List<MetricStore.Group> changed = store.unsent();
        if (changed.isEmpty()) {
            return;
        }
        out.beginSum(Vocabulary.EXCHANGE_STARTED, EXCHANGES);
        for (MetricStore.Group group : changed) {
            sum(group, AttributeSet.EMPTY, Totals::started, nowNanos);
            if (full(sink)) {
                out.beginSum(Vocabulary.EXCHANGE_STARTED, EXCHANGES);
            }
        }
        out.endMetric();
        out.beginSum(Vocabulary.EXCHANGE_RETRIES, ATTEMPTS);
        for (MetricStore.Group group : changed) {
            sum(group, AttributeSet.EMPTY, Totals::retries, nowNanos);
            if (full(sink)) {
                out.beginSum(Vocabulary.EXCHANGE_RETRIES, ATTEMPTS);
            }
        }
        out.endMetric();
        out.beginSum(Vocabulary.EXCHANGE_HEDGES, ATTEMPTS);
        for (MetricStore.Group group : changed) {
            sum(group, AttributeSet.EMPTY, Totals::hedges, nowNanos);
            if (full(sink)) {
                out.beginSum(Vocabulary.EXCHANGE_HEDGES, ATTEMPTS);
            }
        }
        out.endMetric();
        out.beginSum(Vocabulary.EXCHANGE_IO, BYTES);
        for (MetricStore.Group group : changed) {
            sum(group, RECEIVE, Totals::received, nowNanos);
            sum(group, TRANSMIT, Totals::sent, nowNanos);
            if (full(sink)) {
                out.beginSum(Vocabulary.EXCHANGE_IO, BYTES);
            }
        }
        out.endMetric();
        out.beginHistogram(Vocabulary.EXCHANGE_DURATION, SECONDS);
        for (MetricStore.Group group : changed) {
            durations(group, nowNanos, recorded, sink);
        }
        out.endMetric();
        finish(sink);
        changed.forEach(MetricStore.Group::markSent);
    }

    /** A sum is first written with the group's first exchange, even when it is zero, so that no increase goes unseen. */
    private void sum(MetricStore.Group group, AttributeSet more, ToLongFunction<Totals> figure, long nowNanos) {
        Totals sent = group.sent();
        long value = figure.applyAsLong(group.total());
        if (sent == null || figure.applyAsLong(sent) != value) {
            out.point(group.attributes().and(more), startNanos, nowNanos, value);
        }
    }

    private void durations(MetricStore.Group group, long nowNanos, Predicate<TraceContext> recorded, Sink sink) {
        Totals sent = group.sent();
        for (Totals.Outcome outcome : group.total().outcomes()) {
            if (countOf(sent, outcome.id()) != outcome.durations().count()) {
                out.point(
                        group.attributes(outcome.id()),
                        startNanos,
                        nowNanos,
                        outcome.durations(),
                        exemplar(group, outcome.id(), nowNanos, recorded));
                if (full(sink)) {
                    out.beginHistogram(Vocabulary.EXCHANGE_DURATION, SECONDS);
                }
            }
        }
    }

    /** Each one is a trace that is kept for it, so a series has one in ten seconds and not one in each. */
    private static @Nullable TraceExemplar exemplar(
            MetricStore.Group group, Totals.Outcome.Id id, long nowNanos, Predicate<TraceContext> recorded) {
        Totals.Slowest slowest = group.nextExemplar(id, nowNanos, recorded);
        return slowest == null
                ? null
                : TraceExemplar.of(slowest.epochMillis() * 1_000_000, slowest.seconds(), slowest.trace());
    }

    private static long countOf(@Nullable Totals totals, Totals.Outcome.Id id) {
        if (totals != null) {
            for (Totals.Outcome outcome : totals.outcomes()) {
                if (outcome.id().equals(id)) {
                    return outcome.durations().count();
                }
            }
        }
        return 0;
    }

    /** Ends the metric and the batch when there is enough in it; the caller then begins the metric again. */
    private boolean full(Sink sink) {
        if (out.size() < batchBytes) {
            return false;
        }
        out.endMetric();
        finish(sink);
        return true;
    }

    private void finish(Sink sink) {
        int points = out.points();
        byte[] batch = out.finish();
        if (points > 0) {
            sink.batch(batch, points);
        }
    }
}
