package io.tracery.tracing.otlp;

import io.tracery.tracing.metric.ExponentialHistogram;
import org.jspecify.annotations.Nullable;

/**
 * Writes one OTLP {@code MetricsData} after another: one resource, one scope, and metrics with their points, all of
 * cumulative temporality. A metric is written in this order: {@link #beginSum} or {@link #beginHistogram}, points,
 * {@link #endMetric}. Confined to one thread; its one buffer grows to the largest batch and stays.
 */
public final class MetricsEncoder {

    private final ProtoWriter out = new ProtoWriter(16 * 1024);
    private final OtlpHead head;
    private int resourceMark;
    private int scopeMark;
    private int metricMark;
    private int dataMark;
    private Kind kind = Kind.SUM;
    private int points;

    /**
     * @param resource attributes of the resource
     * @param scope name and version of the instrumentation scope
     */
    public MetricsEncoder(AttributeSet resource, Scope scope) {
        this.head = new OtlpHead(resource, scope);
        open();
    }

    /** Points in the batch so far. */
    public int points() {
        return points;
    }

    /** Bytes of the batch so far. */
    public int size() {
        return out.size();
    }

    private enum Kind {
        GAUGE,
        SUM,
        HISTOGRAM
    }

    /** Starts a gauge, all of whose points are integers or all of them are not. */
    public void beginGauge(String name, String unit) {
        begin(name, unit, OtlpFields.METRIC_GAUGE);
        kind = Kind.GAUGE;
    }

    /** Starts a monotonic sum of integers. */
    public void beginSum(String name, String unit) {
        begin(name, unit, OtlpFields.METRIC_SUM);
        kind = Kind.SUM;
    }

    /** Starts an exponential histogram. */
    public void beginHistogram(String name, String unit) {
        begin(name, unit, OtlpFields.METRIC_EXPONENTIAL_HISTOGRAM);
        kind = Kind.HISTOGRAM;
    }

    /**
     * A point of the sum or gauge that has begun.
     *
     * @param startNanos Unix time from which on the value counts
     * @param timeNanos Unix time at which it was read
     */
    public void point(AttributeSet attributes, long startNanos, long timeNanos, long value) {
        int mark = out.begin(OtlpFields.POINTS);
        out.fixed64(OtlpFields.NUMBER_START, startNanos);
        out.fixed64(OtlpFields.NUMBER_TIME, timeNanos);
        out.fixed64(OtlpFields.NUMBER_INT, value);
        attributes.write(out, OtlpFields.NUMBER_ATTRIBUTES);
        out.end(mark);
        points++;
    }

    /**
     * A point of the gauge that has begun, whose value is no integer.
     *
     * @param startNanos Unix time from which on there was something to read
     * @param timeNanos Unix time at which it was read
     */
    public void level(AttributeSet attributes, long startNanos, long timeNanos, double value) {
        int mark = out.begin(OtlpFields.POINTS);
        out.fixed64(OtlpFields.NUMBER_START, startNanos);
        out.fixed64(OtlpFields.NUMBER_TIME, timeNanos);
        out.doubleValue(OtlpFields.NUMBER_DOUBLE, value);
        attributes.write(out, OtlpFields.NUMBER_ATTRIBUTES);
        out.end(mark);
        points++;
    }

    /**
     * A point of the histogram that has begun.
     *
     * @param startNanos Unix time from which on the value counts
     * @param timeNanos Unix time at which it was read
     */
    public void point(AttributeSet attributes, long startNanos, long timeNanos, ExponentialHistogram value) {
        point(attributes, startNanos, timeNanos, value, null);
    }

    /** The same, with one exchange that stands for others. */
    public void point(
            AttributeSet attributes,
            long startNanos,
            long timeNanos,
            ExponentialHistogram value,
            @Nullable TraceExemplar exemplar) {
        int mark = out.begin(OtlpFields.POINTS);
        attributes.write(out, OtlpFields.HISTOGRAM_ATTRIBUTES);
        out.fixed64(OtlpFields.HISTOGRAM_START, startNanos);
        out.fixed64(OtlpFields.HISTOGRAM_TIME, timeNanos);
        if (value.count() != 0) {
            out.fixed64(OtlpFields.HISTOGRAM_COUNT, value.count());
        }
        out.doubleValue(OtlpFields.HISTOGRAM_SUM, value.sum());
        out.zigZag(OtlpFields.HISTOGRAM_SCALE, ExponentialHistogram.SCALE);
        if (value.zeroCount() != 0) {
            out.fixed64(OtlpFields.HISTOGRAM_ZERO_COUNT, value.zeroCount());
        }
        buckets(value);
        if (exemplar != null) {
            exemplar(exemplar);
        }
        out.end(mark);
        points++;
    }

    public void endMetric() {
        if (kind != Kind.GAUGE) {
            out.varint(OtlpFields.TEMPORALITY, OtlpFields.TEMPORALITY_CUMULATIVE);
        }
        if (kind == Kind.SUM) {
            out.varint(OtlpFields.SUM_MONOTONIC, 1);
        }
        out.end(dataMark);
        out.end(metricMark);
    }

    /** The batch, a {@code MetricsData} of its own memory; the next batch begins. */
    public byte[] finish() {
        out.end(scopeMark);
        out.end(resourceMark);
        byte[] batch = out.toByteArray();
        open();
        return batch;
    }

    private void exemplar(TraceExemplar exemplar) {
        int mark = out.begin(OtlpFields.HISTOGRAM_EXEMPLARS);
        out.fixed64(OtlpFields.EXEMPLAR_TIME, exemplar.timeNanos());
        out.doubleValue(OtlpFields.EXEMPLAR_DOUBLE, exemplar.value());
        out.id(OtlpFields.EXEMPLAR_SPAN_ID, exemplar.spanId());
        out.id(OtlpFields.EXEMPLAR_TRACE_ID, exemplar.traceIdHigh(), exemplar.traceIdLow());
        out.end(mark);
    }

    private void buckets(ExponentialHistogram value) {
        if (value.bucketCount() == 0) {
            return;
        }
        int positive = out.begin(OtlpFields.HISTOGRAM_POSITIVE);
        if (value.offset() != 0) {
            out.zigZag(OtlpFields.BUCKETS_OFFSET, value.offset());
        }
        int counts = out.begin(OtlpFields.BUCKETS_COUNTS);
        for (int i = 0; i < value.bucketCount(); i++) {
            out.varint(value.countAt(i));
        }
        out.end(counts);
        out.end(positive);
    }

    private void begin(String name, String unit, int dataField) {
        metricMark = out.begin(OtlpFields.SCOPE_ITEMS);
        out.string(OtlpFields.METRIC_NAME, name);
        out.string(OtlpFields.METRIC_UNIT, unit);
        dataMark = out.begin(dataField);
    }

    private void open() {
        out.reset();
        points = 0;
        resourceMark = head.openResource(out);
        scopeMark = head.openScope(out);
    }
}
