package io.tracery.topology.stream;

import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.tracery.topology.fleet.UndeclaredPorts;
import io.tracery.tracing.Vocabulary;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Gathers what one proxy's ports of undeclared protocol speak, from the metrics of one resource. */
final class UndeclaredBuilder {

    private static final double MILLIS = 1_000;

    private final Map<String, Map<String, Long>> connections = new LinkedHashMap<>();
    private final Map<String, Long> waits = new LinkedHashMap<>();
    private @Nullable Long omitted;
    private long timeMillis;

    /** Whether a metric with this name is about such ports. */
    static boolean takes(String name) {
        return switch (name) {
            case Vocabulary.PROXY_DETECTION_CONNECTIONS,
                    Vocabulary.PROXY_DETECTION_WAIT,
                    Vocabulary.PROXY_DETECTION_OMITTED -> true;
            default -> false;
        };
    }

    /** One that is taken; points that are not as agreed are not. */
    void take(String name, NumberDataPoint point) {
        timeMillis = Math.max(timeMillis, TimeUnit.NANOSECONDS.toMillis(point.getTimeUnixNano()));
        if (name.equals(Vocabulary.PROXY_DETECTION_OMITTED)) {
            omitted = Math.max(0, point.getAsInt());
            return;
        }
        Map<String, String> attributes = MetricsDecoder.attributes(point.getAttributesList());
        String listener = attributes.get(Vocabulary.LISTENER);
        if (listener == null) {
            return;
        }
        if (name.equals(Vocabulary.PROXY_DETECTION_WAIT)) {
            if (waits.size() < UndeclaredPorts.MOST) {
                waits.put(listener, Math.round(Math.max(0, point.getAsDouble()) * MILLIS));
            }
        } else if (connections.containsKey(listener) || connections.size() < UndeclaredPorts.MOST) {
            Map<String, Long> spoken = connections.computeIfAbsent(listener, any -> new TreeMap<>());
            String detected = attributes.get(Vocabulary.EVENT_DETECTED);
            if (detected != null && spoken.size() < UndeclaredPorts.MOST_SPOKEN) {
                spoken.put(detected, Math.max(0, point.getAsInt()));
            }
        }
    }

    /** Null when the proxy did not tell of them this time; a list is whole only with the number of those that are not on it. */
    @Nullable
    UndeclaredPorts build() {
        if (omitted == null) {
            return null;
        }
        List<UndeclaredPorts.Port> ports = new ArrayList<>();
        connections.forEach((listener, spoken) ->
                ports.add(new UndeclaredPorts.Port(listener, spoken, waits.getOrDefault(listener, 0L))));
        return new UndeclaredPorts(timeMillis, List.copyOf(ports), omitted);
    }
}
