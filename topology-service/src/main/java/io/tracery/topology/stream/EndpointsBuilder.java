package io.tracery.topology.stream;

import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.tracery.topology.fleet.BalancedEndpoints;
import io.tracery.tracing.Vocabulary;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Gathers what one proxy's balancers make of endpoints, from the metrics of one resource. */
final class EndpointsBuilder {

    private final Map<Map<String, String>, Levels> endpoints = new LinkedHashMap<>();
    private @Nullable Long omitted;
    private long timeMillis;

    private static final class Levels {
        private double costSeconds;
        private long inFlight;
    }

    /** Whether a metric with this name is about endpoints. */
    static boolean takes(String name) {
        return switch (name) {
            case Vocabulary.PROXY_ENDPOINT_COST,
                    Vocabulary.PROXY_ENDPOINT_IN_FLIGHT,
                    Vocabulary.PROXY_ENDPOINT_OMITTED -> true;
            default -> false;
        };
    }

    /** One that is taken; points that are not as agreed are not. */
    void take(Metric metric) {
        String name = metric.getName();
        for (NumberDataPoint point : metric.getGauge().getDataPointsList()) {
            timeMillis = Math.max(timeMillis, TimeUnit.NANOSECONDS.toMillis(point.getTimeUnixNano()));
            if (name.equals(Vocabulary.PROXY_ENDPOINT_OMITTED)) {
                omitted = Math.max(0, point.getAsInt());
                continue;
            }
            Map<String, String> attributes = MetricsDecoder.attributes(point.getAttributesList());
            if (!attributes.containsKey(Vocabulary.PEER_NAMESPACE)
                    || !attributes.containsKey(Vocabulary.PEER_NAME)
                    || !attributes.containsKey(Vocabulary.NETWORK_PEER_ADDRESS)) {
                continue;
            }
            Levels levels = endpoints.get(attributes);
            if (levels == null && endpoints.size() < BalancedEndpoints.MOST) {
                levels = new Levels();
                endpoints.put(attributes, levels);
            }
            if (levels != null && name.equals(Vocabulary.PROXY_ENDPOINT_COST)) {
                levels.costSeconds = point.getAsDouble();
            } else if (levels != null) {
                levels.inFlight = point.getAsInt();
            }
        }
    }

    /** Null when the proxy did not tell of its endpoints this time; a list is whole only with the number of those that are not on it. */
    @Nullable
    BalancedEndpoints build() {
        if (omitted == null) {
            return null;
        }
        List<BalancedEndpoints.Endpoint> list = endpoints.entrySet().stream()
                .map(entry -> endpoint(entry.getKey(), entry.getValue()))
                .toList();
        return new BalancedEndpoints(timeMillis, list, omitted);
    }

    private static BalancedEndpoints.Endpoint endpoint(Map<String, String> attributes, Levels levels) {
        return new BalancedEndpoints.Endpoint(
                attributes.get(Vocabulary.PEER_NAMESPACE) + "/" + attributes.get(Vocabulary.PEER_NAME),
                attributes.getOrDefault(Vocabulary.PEER_VERSION, ""),
                attributes.getOrDefault(Vocabulary.CLUSTER, ""),
                attributes.get(Vocabulary.NETWORK_PEER_ADDRESS) + ":"
                        + attributes.getOrDefault(Vocabulary.NETWORK_PEER_PORT, "0"),
                levels.costSeconds,
                levels.inFlight,
                attributes.getOrDefault(Vocabulary.EJECTED, ""));
    }
}
