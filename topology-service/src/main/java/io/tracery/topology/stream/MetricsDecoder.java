package io.tracery.topology.stream;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.Exemplar;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogram;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.MetricsData;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.tracery.topology.fleet.ProxyReport;
import io.tracery.topology.graph.Measure;
import io.tracery.tracing.Vocabulary;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * OTLP {@code MetricsData} to data points. A point that is not as agreed costs only itself; points of metrics that are
 * not the mesh's are counted, not looked at.
 */
final class MetricsDecoder {

    private static final int MAX_BUCKETS = 1024;
    private static final int TRACE_ID_BYTES = 16;
    private static final int SPAN_ID_BYTES = 8;

    private final List<Point> points = new ArrayList<>();
    private final List<ProxyReport> reports = new ArrayList<>();
    private ReportBuilder report = new ReportBuilder(Map.of());
    private long foreign;
    private long invalid;

    private MetricsDecoder() {}

    /** @throws InvalidProtocolBufferException when the bytes are not {@code MetricsData} */
    static Decoded decode(byte[] bytes) throws InvalidProtocolBufferException {
        MetricsData data = MetricsData.parseFrom(bytes);
        MetricsDecoder decoder = new MetricsDecoder();
        for (ResourceMetrics metrics : data.getResourceMetricsList()) {
            Map<String, String> resource = attributes(metrics.getResource().getAttributesList());
            ReportBuilder report = new ReportBuilder(resource);
            decoder.report = report;
            for (ScopeMetrics scope : metrics.getScopeMetricsList()) {
                for (Metric metric : scope.getMetricsList()) {
                    if (!report.take(metric)) {
                        decoder.metric(resource, metric);
                    }
                }
            }
            ProxyReport built = report.build();
            if (built != null) {
                decoder.reports.add(built);
            }
        }
        return new Decoded(List.copyOf(decoder.points), List.copyOf(decoder.reports), decoder.foreign, decoder.invalid);
    }

    private void metric(Map<String, String> resource, Metric metric) {
        switch (metric.getName()) {
            case Vocabulary.EXCHANGE_DURATION -> durations(resource, metric);
            case Vocabulary.EXCHANGE_STARTED -> numbers(resource, metric, Measure.STARTED);
            case Vocabulary.EXCHANGE_RETRIES -> numbers(resource, metric, Measure.RETRIES);
            case Vocabulary.EXCHANGE_IO -> numbers(resource, metric, Measure.REQUEST_BYTES);
            default -> foreign += size(metric);
        }
    }

    private void durations(Map<String, String> resource, Metric metric) {
        ExponentialHistogram data = metric.getExponentialHistogram();
        if (data.getAggregationTemporality() != AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE) {
            invalid += size(metric);
            return;
        }
        for (ExponentialHistogramDataPoint point : data.getDataPointsList()) {
            Count count = count(point);
            Map<String, String> attributes = attributes(point.getAttributesList());
            add(
                    resource,
                    attributes,
                    Measure.DURATION,
                    new Times(point.getStartTimeUnixNano(), point.getTimeUnixNano()),
                    count,
                    exemplar(point.getExemplarsList()));
        }
    }

    /** The slowest one that names a trace; others are not looked at. */
    private static io.tracery.topology.graph.@Nullable Exemplar exemplar(List<Exemplar> exemplars) {
        Exemplar slowest = null;
        for (Exemplar exemplar : exemplars) {
            boolean traced = exemplar.getTraceId().size() == TRACE_ID_BYTES
                    && exemplar.getSpanId().size() == SPAN_ID_BYTES
                    && Double.isFinite(exemplar.getAsDouble());
            if (traced && (slowest == null || exemplar.getAsDouble() > slowest.getAsDouble())) {
                slowest = exemplar;
            }
        }
        return slowest == null
                ? null
                : new io.tracery.topology.graph.Exemplar(
                        TimeUnit.NANOSECONDS.toMillis(slowest.getTimeUnixNano()),
                        slowest.getAsDouble() * 1000,
                        HexFormat.of().formatHex(slowest.getTraceId().toByteArray()),
                        HexFormat.of().formatHex(slowest.getSpanId().toByteArray()));
    }

    private void numbers(Map<String, String> resource, Metric metric, Measure measure) {
        Sum data = metric.getSum();
        if (data.getAggregationTemporality() != AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE
                || !data.getIsMonotonic()) {
            invalid += size(metric);
            return;
        }
        for (NumberDataPoint point : data.getDataPointsList()) {
            Map<String, String> attributes = attributes(point.getAttributesList());
            boolean valid = point.hasAsInt() && point.getAsInt() >= 0;
            boolean response = measure == Measure.REQUEST_BYTES
                    && Vocabulary.IO_TRANSMIT.equals(attributes.get(Vocabulary.NETWORK_IO_DIRECTION));
            add(
                    resource,
                    attributes,
                    response ? Measure.RESPONSE_BYTES : measure,
                    new Times(point.getStartTimeUnixNano(), point.getTimeUnixNano()),
                    valid ? new Count(point.getAsInt(), null) : null,
                    null);
        }
    }

    /** Unix nanoseconds. */
    private record Times(long start, long read) {}

    private void add(
            Map<String, String> resource,
            Map<String, String> attributes,
            Measure measure,
            Times times,
            @Nullable Count count,
            io.tracery.topology.graph.@Nullable Exemplar exemplar) {
        SeriesKey key = count == null || times.start <= 0 || times.read <= 0
                ? null
                : SeriesKeys.of(resource, attributes, measure, times.start);
        if (key == null || count == null) {
            invalid++;
        } else {
            report.heard(times.start, times.read);
            points.add(new Point(key, times.read, count, exemplar));
        }
    }

    /** Null when the histogram contradicts itself, or cannot be added to ours. */
    private static @Nullable Count count(ExponentialHistogramDataPoint point) {
        ExponentialHistogramDataPoint.Buckets positive = point.getPositive();
        long sum = point.getZeroCount();
        boolean valid = point.getScale() == io.tracery.tracing.metric.ExponentialHistogram.SCALE
                && positive.getBucketCountsCount() <= MAX_BUCKETS
                && point.getNegative().getBucketCountsList().stream().allMatch(count -> count == 0)
                && Double.isFinite(point.getSum());
        long[] counts = new long[valid ? positive.getBucketCountsCount() : 0];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = positive.getBucketCounts(i);
            sum += counts[i];
            valid &= counts[i] >= 0 && sum >= 0;
        }
        return valid && sum == point.getCount()
                ? Count.of(io.tracery.tracing.metric.ExponentialHistogram.of(
                        point.getZeroCount(), point.getSum(), positive.getOffset(), counts))
                : null;
    }

    static Map<String, String> attributes(List<KeyValue> list) {
        Map<String, String> attributes = HashMap.newHashMap(list.size());
        for (KeyValue attribute : list) {
            AnyValue value = attribute.getValue();
            attributes.put(
                    attribute.getKey(),
                    value.hasIntValue() ? Long.toString(value.getIntValue()) : value.getStringValue());
        }
        return attributes;
    }

    private static long size(Metric metric) {
        return switch (metric.getDataCase()) {
            case GAUGE -> metric.getGauge().getDataPointsCount();
            case SUM -> metric.getSum().getDataPointsCount();
            case HISTOGRAM -> metric.getHistogram().getDataPointsCount();
            case EXPONENTIAL_HISTOGRAM -> metric.getExponentialHistogram().getDataPointsCount();
            case SUMMARY -> metric.getSummary().getDataPointsCount();
            case DATA_NOT_SET -> 0;
        };
    }
}
