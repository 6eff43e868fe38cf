package io.tracery.topology.stream;

import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.tracery.topology.fleet.ProxyReport;
import io.tracery.tracing.Vocabulary;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Gathers what one proxy says of itself, from the metrics of one resource. */
final class ReportBuilder {

    private final Map<String, String> resource;
    private final Map<String, Long> values = new HashMap<>();
    private final EndpointsBuilder endpoints = new EndpointsBuilder();
    private final UndeclaredBuilder undeclared = new UndeclaredBuilder();
    private long startMillis;
    private long timeMillis;

    ReportBuilder(Map<String, String> resource) {
        this.resource = resource;
    }

    /** That a point was read at a time, counting from a start. */
    void heard(long startNanos, long timeNanos) {
        startMillis = Math.max(startMillis, TimeUnit.NANOSECONDS.toMillis(startNanos));
        timeMillis = Math.max(timeMillis, TimeUnit.NANOSECONDS.toMillis(timeNanos));
    }

    /** Whether a metric with this name is about the proxy itself. */
    static boolean takes(String name) {
        return switch (name) {
            case Vocabulary.PROXY_CONFIGURATION_VERSION,
                    Vocabulary.PROXY_CONFIGURATION_TIME,
                    Vocabulary.PROXY_CERTIFICATE_ISSUED,
                    Vocabulary.PROXY_CERTIFICATE_EXPIRES,
                    Vocabulary.PROXY_OVER_BUDGET,
                    Vocabulary.PROXY_DROPPED -> true;
            default -> EndpointsBuilder.takes(name) || UndeclaredBuilder.takes(name);
        };
    }

    /** One that is taken. */
    void take(Metric metric) {
        String name = metric.getName();
        if (EndpointsBuilder.takes(name)) {
            points(metric).forEach(point -> heard(point.getStartTimeUnixNano(), point.getTimeUnixNano()));
            endpoints.take(metric);
        } else if (UndeclaredBuilder.takes(name)) {
            for (NumberDataPoint point : points(metric)) {
                heard(point.getStartTimeUnixNano(), point.getTimeUnixNano());
                undeclared.take(name, point);
            }
        } else if (name.equals(Vocabulary.PROXY_DROPPED)) {
            for (NumberDataPoint point : points(metric)) {
                take(
                        name + "/"
                                + MetricsDecoder.attributes(point.getAttributesList())
                                        .getOrDefault(Vocabulary.SIGNAL, ""),
                        List.of(point));
            }
        } else {
            take(name, points(metric));
        }
    }

    private static List<NumberDataPoint> points(Metric metric) {
        return metric.hasGauge()
                ? metric.getGauge().getDataPointsList()
                : metric.getSum().getDataPointsList();
    }

    private void take(String name, List<NumberDataPoint> points) {
        for (NumberDataPoint point : points) {
            heard(point.getStartTimeUnixNano(), point.getTimeUnixNano());
            if (point.hasAsInt()) {
                values.put(name, point.getAsInt());
            }
        }
    }

    /** Null when the resource is not that of a proxy, or nothing was said. */
    @Nullable
    ProxyReport build() {
        String instance = resource.getOrDefault(Vocabulary.SERVICE_INSTANCE_ID, "");
        String namespace = resource.getOrDefault(Vocabulary.SERVICE_NAMESPACE, "");
        String name = resource.getOrDefault(Vocabulary.SERVICE_NAME, "");
        if (instance.isEmpty() || namespace.isEmpty() || name.isEmpty() || timeMillis == 0) {
            return null;
        }
        return new ProxyReport(
                instance,
                namespace + "/" + name,
                resource.getOrDefault(Vocabulary.SERVICE_VERSION, ""),
                resource.getOrDefault(Vocabulary.IDENTITY, ""),
                startMillis,
                timeMillis,
                values.get(Vocabulary.PROXY_CONFIGURATION_VERSION),
                millis(values.get(Vocabulary.PROXY_CONFIGURATION_TIME)),
                millis(values.get(Vocabulary.PROXY_CERTIFICATE_ISSUED)),
                millis(values.get(Vocabulary.PROXY_CERTIFICATE_EXPIRES)),
                values.get(Vocabulary.PROXY_DROPPED + "/spans"),
                values.get(Vocabulary.PROXY_DROPPED + "/metrics"),
                values.get(Vocabulary.PROXY_OVER_BUDGET),
                endpoints.build(),
                undeclared.build());
    }

    private static @Nullable Long millis(@Nullable Long seconds) {
        return seconds == null ? null : seconds * 1000;
    }
}
