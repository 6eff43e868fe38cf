package io.tracery.proxy.telemetry;

import io.tracery.proxy.exchange.Attempt;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.mesh.Direction;
import io.tracery.tracing.Vocabulary;
import io.tracery.tracing.context.TraceContext;
import io.tracery.tracing.otlp.Key;
import io.tracery.tracing.otlp.Template;
import io.tracery.tracing.otlp.TracesEncoder;
import io.tracery.tracing.span.Fate;
import io.tracery.tracing.span.SpanKind;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Writes an ended exchange as spans: its own, which carries the decision record as events, and, when it took more than one
 * attempt, one below it for each attempt. What no two spans share comes first, in pieces with blanks; the rest is copied from
 * an earlier span of the same kind. Confined to the exporter.
 */
public final class SpanEncoder {

    private static final long STEP_NANOS = 256;

    private final TracesEncoder out;
    private final RandomGenerator random;
    private final Likenesses likenesses = new Likenesses();
    private final SpanFigures figures;
    private final SpanAttributes attributes;
    private final DecisionRecord decisions;
    private final AttemptSpans attempts;
    private final List<Key> headers;

    /**
     * Of exchanges whose headers are nobody's business.
     *
     * @param out where the spans go
     * @param random ids of spans that nobody gave one
     */
    public SpanEncoder(TracesEncoder out, RandomGenerator random) {
        this(out, List.of(), random);
    }

    /** @param recordedHeaders names of the request headers, in the order in which exchanges have their values */
    SpanEncoder(TracesEncoder out, List<String> recordedHeaders, RandomGenerator random) {
        AddressTexts addresses = new AddressTexts();
        this.headers = recordedHeaders.stream()
                .map(name -> Key.of(Vocabulary.HTTP_REQUEST_HEADER + name))
                .toList();
        this.out = out;
        this.random = random;
        this.figures = new SpanFigures(out);
        this.attributes = new SpanAttributes(out, addresses);
        this.decisions = new DecisionRecord(out, addresses);
        this.attempts = new AttemptSpans(out, attributes, random);
    }

    /** How many spans {@link #encode} writes for an exchange. */
    static int spansOf(Exchange exchange) {
        int attempts = exchange.attempts().size();
        return attempts > 1 ? 1 + attempts : 1;
    }

    /** The exchange's place in its trace. Without a head that was understood there is none to continue; the span stands alone. */
    TraceContext placeOf(Exchange exchange) {
        TraceContext trace = exchange.trace();
        return trace == null ? TraceContext.root(random) : trace;
    }

    /** @throws IllegalArgumentException when the exchange has not ended */
    public void encode(Exchange exchange) {
        encode(exchange, placeOf(exchange));
    }

    /** @param own the exchange's place in its trace, with what its spans are to say of it */
    void encode(Exchange exchange, TraceContext own) {
        exchangeSpan(exchange, own);
        if (exchange.attempts().size() > 1) {
            for (Attempt attempt : exchange.attempts()) {
                attempts.write(exchange, attempt, own);
            }
        }
    }

    private void exchangeSpan(Exchange exchange, TraceContext own) {
        long start = startOf(exchange);
        out.beginSpan(own, exchange.parentSpanId(), start, stepFrom(start + exchange.durationNanos()));
        figures.write(exchange);
        if (exchange.protocol() == Protocol.HTTP1 || exchange.protocol() == Protocol.HTTP2) {
            attributes.path(exchange);
        }
        headers(exchange.recordedHeaders());
        decisions.write(exchange);
        Template common = likenesses.of(exchange, own.flags());
        if (common == null) {
            int mark = out.mark();
            common(exchange, own.flags());
            likenesses.put(exchange, own.flags(), out.template(mark));
        } else {
            out.write(common);
        }
        out.endSpan();
    }

    /** Whatever only depends on what {@link Likenesses} compares. */
    private void common(Exchange exchange, byte traceFlags) {
        boolean outbound = exchange.direction() == Direction.OUTBOUND;
        out.name(SpanNames.of(exchange), outbound ? SpanKind.CLIENT : SpanKind.SERVER);
        attributes.shared(exchange);
        out.outcome(
                SpanAttributes.status(fateOf(exchange), exchange.status(), exchange.grpcStatus(), outbound),
                traceFlags,
                exchange.parentSpanId() == 0 ? TracesEncoder.Parent.LOCAL : TracesEncoder.Parent.REMOTE);
    }

    private void headers(@Nullable String[] values) {
        for (int i = 0; i < values.length; i++) {
            String value = values[i];
            if (value != null) {
                out.attributeArray(headers.get(i), SpanNames.cut(value, SpanAttributes.MAX_TEXT));
            }
        }
    }

    static Fate fateOf(Exchange exchange) {
        Fate fate = exchange.fate();
        if (fate == null) {
            throw new IllegalArgumentException("the exchange has not ended");
        }
        return fate;
    }

    static long epochNanos(Exchange exchange, long loopNanos) {
        return startOf(exchange) + (loopNanos - exchange.startNanos());
    }

    /** In steps of 256 ns, Unix time: no clock is better, and a byte that is always zero compresses. What is told from it on is exact. */
    static long startOf(Exchange exchange) {
        return exchange.startEpochNanos() & -STEP_NANOS;
    }

    /** When an exchange's span ends: the next such step, so that whatever it tells of lies within it. */
    private static long stepFrom(long nanos) {
        return (nanos + STEP_NANOS - 1) & -STEP_NANOS;
    }
}
