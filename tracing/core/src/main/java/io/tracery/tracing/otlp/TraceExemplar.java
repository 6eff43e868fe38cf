package io.tracery.tracing.otlp;

import io.tracery.tracing.context.TraceContext;

/**
 * One measurement and the trace that it belongs to.
 *
 * @param timeNanos when it was taken, Unix nanoseconds
 * @param value in the metric's unit
 */
public record TraceExemplar(long timeNanos, double value, long traceIdHigh, long traceIdLow, long spanId) {

    /** A measurement of a span. */
    public static TraceExemplar of(long timeNanos, double value, TraceContext span) {
        return new TraceExemplar(timeNanos, value, span.traceIdHigh(), span.traceIdLow(), span.spanId());
    }
}
