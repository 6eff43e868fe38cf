package io.tracery.proxy.telemetry;

import io.tracery.proxy.exchange.Exchange;
import io.tracery.tracing.context.TraceContext;
import io.tracery.tracing.metric.ExponentialHistogram;
import io.tracery.tracing.span.Fate;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Durations of a group's exchanges that ended alike. Confined to one event loop. */
final class OutcomeSeries {

    private final Totals.Outcome.Id id;
    private final ExponentialHistogram durations = new ExponentialHistogram();
    private final DurationBuckets classic = new DurationBuckets();

    // The slowest exchange since the last copy: its ids only, because the exchange itself is somebody else's by now.
    private long slowestNanos = -1;
    private long slowestStartEpochNanos;
    private @Nullable TraceContext slowestTrace;

    /** What was copied last, while nothing was counted since: without the slowest exchange, which that copy has told of. */
    private Totals.@Nullable Outcome copy;

    OutcomeSeries(Totals.Outcome.Id id) {
        this.id = id;
    }

    boolean is(Fate fate, int status, int grpcStatus) {
        return id.fate() == fate && id.status() == status && id.grpcStatus() == grpcStatus;
    }

    void count(Exchange exchange) {
        long nanos = exchange.durationNanos();
        durations.record(nanos * 1e-9);
        classic.record(nanos);
        if (nanos > slowestNanos) {
            slowestNanos = nanos;
            slowestStartEpochNanos = exchange.startEpochNanos();
            slowestTrace = exchange.trace();
        }
        copy = null;
    }

    /** The span of an exchange that was counted is not told of: nobody could follow an exemplar to it. */
    void unrecorded(Exchange exchange) {
        if (Objects.equals(slowestTrace, exchange.trace())) {
            forgetSlowest();
        }
    }

    Totals.Outcome copy() {
        Totals.Outcome last = copy;
        if (last != null) {
            return last;
        }
        Totals.Outcome now = new Totals.Outcome(id, durations.copy(), classic.copy(), slowest());
        copy = new Totals.Outcome(id, now.durations(), now.classic(), /* slowest= */ null);
        forgetSlowest();
        return now;
    }

    private void forgetSlowest() {
        slowestNanos = -1;
        slowestTrace = null;
    }

    private Totals.@Nullable Slowest slowest() {
        return slowestTrace == null
                ? null
                : new Totals.Slowest(
                        slowestNanos * 1e-9, (slowestStartEpochNanos + slowestNanos) / 1_000_000, slowestTrace);
    }
}
