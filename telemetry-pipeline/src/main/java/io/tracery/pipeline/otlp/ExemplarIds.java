package io.tracery.pipeline.otlp;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.metrics.v1.Exemplar;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.MetricsData;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The traces that metrics show as examples. */
public final class ExemplarIds {

    private final Set<TraceId> ids = new LinkedHashSet<>();

    private ExemplarIds() {}

    /** Without repetition. */
    public static Set<TraceId> of(MetricsData data) {
        ExemplarIds found = new ExemplarIds();
        for (ResourceMetrics resource : data.getResourceMetricsList()) {
            for (ScopeMetrics scope : resource.getScopeMetricsList()) {
                scope.getMetricsList().forEach(found::add);
            }
        }
        return found.ids;
    }

    private void add(Metric metric) {
        for (NumberDataPoint point : metric.getSum().getDataPointsList()) {
            add(point.getExemplarsList());
        }
        for (NumberDataPoint point : metric.getGauge().getDataPointsList()) {
            add(point.getExemplarsList());
        }
        for (HistogramDataPoint point : metric.getHistogram().getDataPointsList()) {
            add(point.getExemplarsList());
        }
        for (ExponentialHistogramDataPoint point :
                metric.getExponentialHistogram().getDataPointsList()) {
            add(point.getExemplarsList());
        }
    }

    private void add(List<Exemplar> exemplars) {
        for (Exemplar exemplar : exemplars) {
            ByteString id = exemplar.getTraceId();
            if (id.size() == TraceId.BYTES) {
                ids.add(TraceId.of(id));
            }
        }
    }
}
