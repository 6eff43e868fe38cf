package io.tracery.topology;

import io.micrometer.core.instrument.MeterRegistry;
import io.tracery.topology.graph.Graph;
import io.tracery.topology.history.HistorySettings;
import io.tracery.topology.history.HistoryStats;
import io.tracery.topology.history.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Supplier;

/** What is bounded, and what that cost: {@code /api/limits}. */
final class Limits implements Supplier<Limits.View> {

    record Bound(long now, long most) {}

    record Most(long most) {}

    record Bytes(long now, long most) {}

    record Kept(long step, long from, long entries, long bytes, long keepMillis) {}

    record View(
            Bound edges,
            Most seriesPerEdge,
            Bound historySeconds,
            List<Kept> history,
            Bytes historyBytes,
            TreeMap<String, Long> dropped) {}

    private final Graph graph;
    private final Supplier<HistoryStats> history;
    private final TopologyConfig config;
    private final MeterRegistry registry;

    Limits(Graph graph, Supplier<HistoryStats> history, TopologyConfig config, MeterRegistry registry) {
        this.graph = graph;
        this.history = history;
        this.config = config;
        this.registry = registry;
    }

    @Override
    public View get() {
        HistoryStats stats = history.get();
        HistorySettings settings = config.historyPerPartition();
        List<Kept> kept = new ArrayList<>();
        for (Step step : Step.values()) {
            HistoryStats.OfStep of = stats.of(step);
            kept.add(new Kept(step.millis(), of.from(), of.entries(), of.bytes(), settings.keepMillis(step)));
        }
        TreeMap<String, Long> dropped = new TreeMap<>();
        registry.find("topology.points.dropped")
                .counters()
                .forEach(counter -> dropped.merge(
                        String.valueOf(counter.getId().getTag("reason")), (long) counter.count(), Long::sum));
        return new View(
                new Bound(graph.edgeCount(), config.maxEdges()),
                new Most(config.maxSeriesPerEdge()),
                new Bound(graph.historySeconds(), 900),
                kept,
                new Bytes(stats.bytes(), config.historyBytes()),
                dropped);
    }
}
