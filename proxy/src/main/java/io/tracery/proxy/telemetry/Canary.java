package io.tracery.proxy.telemetry;

import io.tracery.tracing.Vocabulary;
import io.tracery.tracing.context.TraceContext;
import io.tracery.tracing.otlp.Key;
import io.tracery.tracing.otlp.TracesEncoder;
import io.tracery.tracing.span.SpanKind;
import io.tracery.tracing.span.SpanStatus;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * A trace of one span, each half minute, that shows whoever reads at the end of the way that the way is open: it is numbered, so
 * that a missing one is noticed, and marked, so that it is kept. No exchange, and accounted for by itself. Confined to the
 * exporter.
 */
final class Canary {

    static final Duration EVERY = Duration.ofSeconds(30);
    /** The first comes early: a way that was never open should show soon. */
    static final Duration FIRST_AFTER = Duration.ofSeconds(2);

    private static final Key NUMBER = Key.of(Vocabulary.CANARY);

    private final TracesEncoder out;
    private final TopicOutbox spans;
    private final Account account;
    private final RandomGenerator random;
    private long due;
    private long number;

    /**
     * @param out of its own: a canary travels alone
     * @param spans the way that all spans go
     * @param account of canaries only
     */
    Canary(TracesEncoder out, TopicOutbox spans, Account account, RandomGenerator random, long nowNanos) {
        this.out = out;
        this.spans = spans;
        this.account = account;
        this.random = random;
        this.due = nowNanos + FIRST_AFTER.toNanos();
    }

    /** Sends one when it is due. */
    void tick(long nowNanos, long epochNanos) {
        spans.flush();
        if (nowNanos - due < 0) {
            return;
        }
        due = nowNanos + EVERY.toNanos();
        number++;
        TraceContext root = TraceContext.root(random);
        TraceContext kept = new TraceContext(
                root.traceIdHigh(), root.traceIdLow(), root.spanId(), root.flags(), Vocabulary.TRACESTATE_KEEP);
        out.beginSpan(kept, 0, epochNanos, epochNanos);
        out.name(Vocabulary.CANARY, SpanKind.INTERNAL);
        out.attribute(NUMBER, number);
        out.outcome(SpanStatus.UNSET, kept.flags(), TracesEncoder.Parent.LOCAL);
        out.endSpan();
        account.accept(1);
        spans.send(out.finish(), 1);
    }

    void close() {
        spans.dropPending(DropReason.CLOSED);
    }
}
