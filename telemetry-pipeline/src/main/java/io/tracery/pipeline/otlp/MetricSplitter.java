package io.tracery.pipeline.otlp;

import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.MetricsData;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.resource.v1.Resource;
import io.tracery.pipeline.account.DropReason;
import io.tracery.pipeline.account.Drops;
import java.util.ArrayList;
import java.util.List;

/**
 * Splits one batch of metrics by workload: one chunk for each resource, several where one would grow beyond the bound.
 * Counts data points. Confined to one thread, one batch.
 */
public final class MetricSplitter {

    private static final int FRAME_BYTES = 64;
    private static final String UNKNOWN_NAMESPACE = "default";
    private static final String UNKNOWN_SERVICE = "unknown_service";

    private final int maxChunkBytes;
    private final List<Chunk> chunks = new ArrayList<>();
    private final Drops drops = new Drops();
    private int total;

    /** @param maxChunkBytes bound on one chunk's encoded size */
    public MetricSplitter(int maxChunkBytes) {
        this.maxChunkBytes = maxChunkBytes;
    }

    /** Splits a batch; what it did is then in {@link #total()} and {@link #drops()}. */
    public List<Chunk> split(List<ResourceMetrics> batch) {
        batch.forEach(this::splitResource);
        return List.copyOf(chunks);
    }

    /** Data points that the batch held, valid or not. */
    public int total() {
        return total;
    }

    public Drops drops() {
        return drops;
    }

    private void splitResource(ResourceMetrics resourceMetrics) {
        String key = workload(resourceMetrics.getResource());
        ResourceMetrics frame = resourceMetrics.toBuilder().clearScopeMetrics().build();
        ResourceMetrics.Builder open = frame.toBuilder();
        int bytes = 0;
        int points = 0;
        for (ScopeMetrics scopeMetrics : resourceMetrics.getScopeMetricsList()) {
            ScopeMetrics scopeFrame = scopeMetrics.toBuilder().clearMetrics().build();
            int overhead = frame.getSerializedSize() + scopeFrame.getSerializedSize() + FRAME_BYTES;
            ScopeMetrics.Builder scope = open.addScopeMetricsBuilder().mergeFrom(scopeFrame);
            bytes += scopeFrame.getSerializedSize() + FRAME_BYTES;
            for (Metric metric : scopeMetrics.getMetricsList()) {
                int count = points(metric);
                total += count;
                int size = metric.getSerializedSize() + 8;
                if (!fits(metric, count, overhead + size)) {
                    continue;
                }
                if (points > 0 && bytes + overhead + size > maxChunkBytes) {
                    finish(key, open, points);
                    open = frame.toBuilder();
                    scope = open.addScopeMetricsBuilder().mergeFrom(scopeFrame);
                    bytes = 0;
                    points = 0;
                }
                scope.addMetrics(metric);
                bytes += size;
                points += count;
            }
        }
        if (points > 0) {
            finish(key, open, points);
        }
    }

    private boolean fits(Metric metric, int count, int bytes) {
        if (!validExemplars(metric)) {
            drops.add(
                    DropReason.INVALID_ID,
                    count,
                    "metric '" + metric.getName() + "' has an exemplar whose ids are not 16 and 8 bytes long");
            return false;
        }
        if (bytes > maxChunkBytes) {
            drops.add(
                    DropReason.TOO_LARGE,
                    count,
                    "metric '" + metric.getName() + "' takes " + bytes + " bytes with its resource; the limit is "
                            + maxChunkBytes);
            return false;
        }
        return count > 0;
    }

    private void finish(String key, ResourceMetrics.Builder resource, int points) {
        chunks.add(new Chunk(
                key, MetricsData.newBuilder().addResourceMetrics(resource).build(), points));
    }

    /** {@code namespace/name} of the workload that a resource describes. */
    private static String workload(Resource resource) {
        String namespace = attribute(resource, "service.namespace");
        if (namespace.isEmpty()) {
            namespace = attribute(resource, "k8s.namespace.name");
        }
        String name = attribute(resource, "service.name");
        return (namespace.isEmpty() ? UNKNOWN_NAMESPACE : namespace) + "/" + (name.isEmpty() ? UNKNOWN_SERVICE : name);
    }

    private static String attribute(Resource resource, String key) {
        for (KeyValue attribute : resource.getAttributesList()) {
            if (attribute.getKey().equals(key)) {
                return attribute.getValue().getStringValue();
            }
        }
        return "";
    }

    private static int points(Metric metric) {
        return switch (metric.getDataCase()) {
            case GAUGE -> metric.getGauge().getDataPointsCount();
            case SUM -> metric.getSum().getDataPointsCount();
            case HISTOGRAM -> metric.getHistogram().getDataPointsCount();
            case EXPONENTIAL_HISTOGRAM -> metric.getExponentialHistogram().getDataPointsCount();
            case SUMMARY -> metric.getSummary().getDataPointsCount();
            case DATA_NOT_SET -> 0;
        };
    }

    private static boolean validExemplars(Metric metric) {
        return switch (metric.getDataCase()) {
            case GAUGE -> validNumbers(metric.getGauge().getDataPointsList());
            case SUM -> validNumbers(metric.getSum().getDataPointsList());
            case HISTOGRAM -> {
                for (HistogramDataPoint point : metric.getHistogram().getDataPointsList()) {
                    if (!Ids.valid(point.getExemplarsList())) {
                        yield false;
                    }
                }
                yield true;
            }
            case EXPONENTIAL_HISTOGRAM -> {
                for (ExponentialHistogramDataPoint point :
                        metric.getExponentialHistogram().getDataPointsList()) {
                    if (!Ids.valid(point.getExemplarsList())) {
                        yield false;
                    }
                }
                yield true;
            }
            case SUMMARY, DATA_NOT_SET -> true;
        };
    }

    private static boolean validNumbers(List<NumberDataPoint> points) {
        for (NumberDataPoint point : points) {
            if (!Ids.valid(point.getExemplarsList())) {
                return false;
            }
        }
        return true;
    }
}
