package io.tracery.proxy.telemetry;

import io.tracery.tracing.Vocabulary;
import io.tracery.tracing.otlp.AttributeSet;
import io.tracery.tracing.otlp.Key;
import io.tracery.tracing.otlp.MetricsEncoder;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Writes what ports of undeclared protocol speak as OTLP, when something new was found, all in one batch: the list is whole, so
 * that whoever reads it knows which port is declared by now. Confined to the exporter.
 */
final class UndeclaredBatch {

    /** Ports that one proxy tells of. */
    static final int MOST = 64;

    private static final Key LISTENER = Key.of(Vocabulary.LISTENER);
    private static final Key DETECTED = Key.of(Vocabulary.EVENT_DETECTED);
    private static final double MILLIS = 1_000;

    /** Whose clients wait come first. */
    private static final Comparator<UndeclaredPort> TELLING = Comparator.comparing(
                    (UndeclaredPort port) -> !port.connections().containsKey(Vocabulary.DETECTED_SERVER_FIRST))
            .thenComparing(UndeclaredPort::listener);

    private final MetricsEncoder out;
    private final long startNanos;
    private volatile Supplier<List<UndeclaredPort>> source = List::of;
    private Map<String, Set<String>> said = Map.of();

    /** @param startNanos Unix time at which the proxy began */
    UndeclaredBatch(MetricsEncoder out, long startNanos) {
        this.out = out;
        this.startNanos = startNanos;
    }

    /** Who knows. Any thread. */
    void of(Supplier<List<UndeclaredPort>> knows) {
        source = knows;
    }

    /** @param all whether or not there is something new; that there is none is said once */
    void write(boolean all, long nowNanos, MetricBatches.Sink sink) {
        List<UndeclaredPort> ports = source.get();
        Map<String, Set<String>> found = new HashMap<>();
        ports.forEach(port -> found.put(port.listener(), port.connections().keySet()));
        if (found.equals(said) && !(all && !found.isEmpty())) {
            return;
        }
        said = found;
        List<UndeclaredPort> told = ports.stream().sorted(TELLING).limit(MOST).toList();
        out.beginSum(Vocabulary.PROXY_DETECTION_CONNECTIONS, "{connection}");
        for (UndeclaredPort port : told) {
            new TreeMap<>(port.connections())
                    .forEach((opening, count) -> out.point(
                            AttributeSet.builder()
                                    .put(LISTENER, port.listener())
                                    .put(DETECTED, opening)
                                    .build(),
                            startNanos,
                            nowNanos,
                            count));
        }
        out.endMetric();
        out.beginGauge(Vocabulary.PROXY_DETECTION_WAIT, "s");
        for (UndeclaredPort port : told) {
            AttributeSet listener =
                    AttributeSet.builder().put(LISTENER, port.listener()).build();
            out.level(listener, startNanos, nowNanos, port.waitMillis() / MILLIS);
        }
        out.endMetric();
        out.beginGauge(Vocabulary.PROXY_DETECTION_OMITTED, "{port}");
        out.point(AttributeSet.EMPTY, startNanos, nowNanos, ports.size() - told.size());
        out.endMetric();
        int points = out.points();
        sink.batch(out.finish(), points);
    }
}
