package io.tracery.proxy.telemetry;

import io.tracery.proxy.exchange.Attempt;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.mesh.Endpoint;
import io.tracery.tracing.Vocabulary;
import io.tracery.tracing.context.TraceContext;
import io.tracery.tracing.otlp.TracesEncoder;
import io.tracery.tracing.span.Fate;
import io.tracery.tracing.span.SpanKind;
import io.tracery.tracing.span.SpanStatus;
import java.util.random.RandomGenerator;

/** The spans below an exchange's own, one for each attempt, where it took more than one. Seldom, and so without templates. */
final class AttemptSpans {

    private final TracesEncoder out;
    private final SpanAttributes attributes;
    private final RandomGenerator random;

    AttemptSpans(TracesEncoder out, SpanAttributes attributes, RandomGenerator random) {
        this.out = out;
        this.attributes = attributes;
        this.random = random;
    }

    void write(Exchange exchange, Attempt attempt, TraceContext own) {
        // The first attempt carried the exchange's own span id, which must stay unique.
        TraceContext self = attempt.number() == 1 ? own.child(random) : own.child(attempt.spanId());
        long start = SpanEncoder.epochNanos(exchange, attempt.startNanos());
        long end = attempt.endNanos() == 0
                ? SpanEncoder.startOf(exchange) + exchange.durationNanos()
                : SpanEncoder.epochNanos(exchange, attempt.endNanos());
        out.beginSpan(self, own.spanId(), start, end);
        out.name(SpanNames.of(exchange), SpanKind.CLIENT);
        attributes.request(exchange, true);
        if (SpanNames.isHttp(exchange.protocol())) {
            attributes.path(exchange);
        }
        if (attempt.status() != 0) {
            out.attribute(SpanKeys.HTTP_STATUS, attempt.status());
        }
        if (SpanNames.isHttp(exchange.protocol()) && attempt.number() > 1) {
            out.attribute(SpanKeys.HTTP_RESEND_COUNT, attempt.number() - 1);
        }
        Endpoint endpoint = attempt.endpoint();
        attributes.peerAddress(endpoint);
        if (endpoint != null) {
            attributes.peerWorkload(endpoint.workload());
        }
        out.attribute(SpanKeys.ATTEMPT, attempt.number());
        out.outcome(outcome(exchange, attempt), self.flags(), TracesEncoder.Parent.LOCAL);
        out.endSpan();
    }

    private SpanStatus outcome(Exchange exchange, Attempt attempt) {
        if (attempt.outrun()) {
            out.attribute(SpanKeys.ATTEMPT_OUTCOME, Vocabulary.OUTCOME_OUTRUN);
            return SpanStatus.UNSET;
        }
        Fate outcome = attempt.outcome();
        Fate fate = outcome == null ? SpanEncoder.fateOf(exchange) : outcome;
        // An attempt that served is the one whose answer was passed on.
        int grpcStatus = exchange.grpcStatus();
        attributes.outcome(fate, attempt.status(), grpcStatus, true);
        return SpanAttributes.status(fate, attempt.status(), grpcStatus, true);
    }
}
