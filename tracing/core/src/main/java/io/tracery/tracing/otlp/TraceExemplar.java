package io.tracery.tracing.otlp;

/**
 * One measurement and the trace that it belongs to.
 *
 * @param timeNanos when it was taken, Unix nanoseconds
 * @param value in the metric's unit
 */
public record TraceExemplar(long timeNanos, double value, long traceIdHigh, long traceIdLow, long spanId) {

    /**
     * @param traceId 32 hex digits
     * @param spanId 16 hex digits
     */
    public static TraceExemplar of(long timeNanos, double value, String traceId, String spanId) {
        return new TraceExemplar(
                timeNanos,
                value,
                Long.parseUnsignedLong(traceId, 0, 16, 16),
                Long.parseUnsignedLong(traceId, 16, 32, 16),
                Long.parseUnsignedLong(spanId, 16));
    }
}
