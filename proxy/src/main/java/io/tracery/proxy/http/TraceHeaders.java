package io.tracery.proxy.http;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import io.tracery.tracing.Vocabulary;
import io.tracery.tracing.context.B3Context;
import io.tracery.tracing.context.JaegerContext;
import io.tracery.tracing.context.TraceContext;
import io.tracery.tracing.context.W3cTraceContext;
import org.jspecify.annotations.Nullable;

/**
 * Where a request stands in its trace, by its headers. W3C Trace Context is read first and always written; B3 and Jaeger's
 * header are read where that says nothing, and written where they came, so that whoever knows only them goes on below the
 * proxy's span. Baggage travels on untouched; one entry of it is looked for.
 */
final class TraceHeaders {

    private static final String BAGGAGE = "baggage";

    private TraceHeaders() {}

    /** Null when a new trace begins. What the headers say of a trace that cannot be named is removed. */
    static @Nullable TraceContext read(HttpHeaders headers) {
        TraceContext caller = W3cTraceContext.parse(
                headers.getAll(W3cTraceContext.TRACEPARENT), headers.getAll(W3cTraceContext.TRACESTATE));
        if (caller == null || caller.tracestate().isEmpty()) {
            headers.remove(W3cTraceContext.TRACESTATE);
        } else {
            headers.set(W3cTraceContext.TRACESTATE, caller.tracestate());
        }
        return caller == null ? older(headers) : caller;
    }

    private static @Nullable TraceContext older(HttpHeaders headers) {
        String single = headers.get(B3Context.SINGLE);
        TraceContext caller = single == null ? null : B3Context.single(single);
        String traceId = caller == null ? headers.get(B3Context.TRACE_ID) : null;
        String spanId = traceId == null ? null : headers.get(B3Context.SPAN_ID);
        if (traceId != null && spanId != null) {
            caller = B3Context.several(traceId, spanId, headers.get(B3Context.SAMPLED, ""));
        }
        String jaeger = caller == null ? headers.get(JaegerContext.HEADER) : null;
        return jaeger == null ? caller : JaegerContext.parse(jaeger);
    }

    /**
     * Whether the client asks for its trace to be kept, by {@code tracery=keep} in its baggage. It travels on, so that every proxy on the
     * way says it of its own span.
     */
    static boolean marked(HttpHeaders headers) {
        // Most requests have none, and a list is made for those alone that have.
        if (headers.contains(BAGGAGE)) {
            for (String baggage : headers.getAll(BAGGAGE)) {
                if (baggage.contains(Vocabulary.BAGGAGE_KEY) && marked(baggage)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Entries are separated by commas, their properties follow behind semicolons (W3C Baggage, section 3.3). */
    private static boolean marked(String baggage) {
        for (String entry : baggage.split(",", -1)) {
            int properties = entry.indexOf(';');
            String[] pair = (properties < 0 ? entry : entry.substring(0, properties)).split("=", 2);
            if (pair.length == 2
                    && pair[0].strip().equals(Vocabulary.BAGGAGE_KEY)
                    && pair[1].strip().equals(Vocabulary.BAGGAGE_KEEP)) {
                return true;
            }
        }
        return false;
    }

    /** What goes upstream: {@code own} is the parent of all that follows. */
    static void write(HttpHeaders headers, TraceContext own, long parentSpanId) {
        headers.set(
                W3cTraceContext.TRACEPARENT, new AsciiString(W3cTraceContext.traceparentAscii(own), /* copy= */ false));
        String single = headers.get(B3Context.SINGLE);
        if (single != null) {
            headers.set(B3Context.SINGLE, B3Context.single(own, single));
        }
        if (headers.contains(B3Context.TRACE_ID)) {
            headers.set(B3Context.TRACE_ID, B3Context.traceId(own)).set(B3Context.SPAN_ID, own.spanIdHex());
            if (parentSpanId == 0) {
                headers.remove(B3Context.PARENT_SPAN_ID);
            } else {
                headers.set(B3Context.PARENT_SPAN_ID, TraceContext.spanIdHex(parentSpanId));
            }
        }
        String jaeger = headers.get(JaegerContext.HEADER);
        if (jaeger != null) {
            headers.set(JaegerContext.HEADER, JaegerContext.of(own, jaeger));
        }
    }
}
