package io.tracery.proxy.http;

import io.netty.handler.codec.http.HttpHeaders;
import io.tracery.tracing.context.B3Context;
import io.tracery.tracing.context.JaegerContext;
import io.tracery.tracing.context.TraceContext;
import io.tracery.tracing.context.W3cTraceContext;
import org.jspecify.annotations.Nullable;

/**
 * Where a request stands in its trace, by its headers. W3C Trace Context is read first and always written; B3 and Jaeger's
 * header are read where that says nothing, and written where they came, so that whoever knows only them goes on below the
 * proxy's span. Baggage is nobody's business here.
 */
final class TraceHeaders {

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

    /** What goes upstream: {@code own} is the parent of all that follows. */
    static void write(HttpHeaders headers, TraceContext own, long parentSpanId) {
        headers.set(W3cTraceContext.TRACEPARENT, W3cTraceContext.traceparent(own));
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
