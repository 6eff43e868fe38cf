package io.tracery.topology.graph;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Questions to the graph. Answers are immutable; every method may be called by any thread. */
public final class GraphReader {

    private static final long STEP_MILLIS = 1000;

    private final Graph graph;
    private final InstantSource clock;
    private final Function<NodeId, @Nullable KubernetesWorkload> cluster;

    /** Where no cluster is asked what runs behind a node. */
    public GraphReader(Graph graph, InstantSource clock) {
        this(graph, clock, node -> null);
    }

    /** @param cluster what runs behind a node, null where nothing is known to; called for each node of each snapshot */
    public GraphReader(Graph graph, InstantSource clock, Function<NodeId, @Nullable KubernetesWorkload> cluster) {
        this.graph = graph;
        this.clock = clock;
        this.cluster = cluster;
    }

    /** Grows whenever the graph changes. */
    public long version() {
        return graph.version();
    }

    /** Time of the newest data point, Unix milliseconds; 0 before there is one. */
    public long newestData() {
        return graph.newestData();
    }

    /** Every edge seen in the last ten minutes and the nodes at their ends, in the order of their ids. */
    public GraphSnapshot snapshot(Duration span) {
        return snapshot(span, GraphScope.WHOLE);
    }

    /** The part of the graph that a scope asks for. */
    public GraphSnapshot snapshot(Duration span, GraphScope scope) {
        Window window = window(span);
        NodeSums nodes = new NodeSums(window, scope, cluster);
        List<EdgeSummary> summaries = new ArrayList<>();
        TreeMap<String, CollapsedEdge> collapsed = new TreeMap<>();
        WindowSum whole = new WindowSum(window.settledBefore());
        WindowSum one = new WindowSum(window.settledBefore());
        for (EdgeState edge : graph.edges()) {
            if (edge.visible(window.now()) && scope.holds(edge.key)) {
                whole.clear();
                EdgeSummary summary = edge.summary(window, whole, one);
                nodes.add(edge, summary, whole);
                if (scope.collapsed()) {
                    EdgeKey shown = scope.shown(edge.key);
                    collapsed
                            .computeIfAbsent(shown.id(), any -> new CollapsedEdge(shown, window))
                            .add(summary, whole);
                } else {
                    summaries.add(summary);
                }
            }
        }
        collapsed.values().forEach(edge -> summaries.add(edge.summary()));
        summaries.sort(Comparator.comparing(EdgeSummary::id));
        return new GraphSnapshot(
                window.now(),
                graph.newestData(),
                span.toSeconds(),
                true,
                window.from() * STEP_MILLIS,
                window.settledBefore() * STEP_MILLIS,
                STEP_MILLIS,
                nodes.summaries(),
                Collections.unmodifiableList(summaries));
    }

    /** One edge, if the graph holds it. */
    public Optional<EdgeSummary> edge(EdgeKey key, Duration span) {
        Window window = window(span);
        EdgeState edge = graph.edge(key);
        return edge == null ? Optional.empty() : Optional.of(edge.summary(window));
    }

    /** Ids of the edges that are kept and begin or end in a node. */
    public List<String> edgesOf(String node) {
        List<String> ids = new ArrayList<>();
        for (EdgeState edge : graph.edges()) {
            if (edge.key.source().id().equals(node) || edge.key.target().id().equals(node)) {
                ids.add(edge.key.id());
            }
        }
        return ids;
    }

    /** Cumulative counts of every edge seen in the last ten minutes that this process speaks for, and no other. */
    public List<EdgeTotals> totals() {
        long now = clock.millis();
        return graph.edges().stream()
                .filter(edge -> edge.visible(now) && edge.speaksFor(graph::claims))
                .map(EdgeState::totals)
                .toList();
    }

    /** An edge second by second; empty when the graph does not hold it. */
    public Optional<Series> edgeSeries(String id, Duration range) {
        EdgeKey key;
        try {
            key = EdgeKey.parse(id);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        return Optional.ofNullable(graph.edge(key)).map(edge -> series(id, List.of(edge), range));
    }

    /** What a node received, second by second; empty when the graph does not hold it. */
    public Optional<Series> nodeSeries(String id, Duration range) {
        boolean known = false;
        List<EdgeState> incoming = new ArrayList<>();
        for (EdgeState edge : graph.edges()) {
            boolean target = edge.key.target().id().equals(id);
            known |= target || edge.key.source().id().equals(id);
            if (target) {
                incoming.add(edge);
            }
        }
        return known ? Optional.of(series(id, incoming, range)) : Optional.empty();
    }

    private Series series(String id, Collection<EdgeState> edges, Duration range) {
        Window window = window(range);
        long from = Math.max(window.from(), window.settledBefore() - graph.historySeconds());
        from = Math.max(from, Math.floorDiv(graph.firstData(), STEP_MILLIS));
        TreeMap<Long, List<Second>> bySecond = new TreeMap<>();
        for (EdgeState edge : edges) {
            for (Second second : edge.copySince(from)) {
                bySecond.computeIfAbsent(second.second, any -> new ArrayList<>())
                        .add(second);
            }
        }
        List<Series.Point> points = new ArrayList<>();
        WindowSum sum = new WindowSum(Long.MAX_VALUE);
        for (long second = from; second < window.settledBefore(); second++) {
            sum.clear();
            bySecond.getOrDefault(second, List.of()).forEach(cell -> cell.addTo(sum));
            Latencies latencies = sum.latencies();
            points.add(new Series.Point(
                    second * STEP_MILLIS,
                    sum.rate(1),
                    sum.successShare(),
                    latencies.p50(),
                    latencies.p90(),
                    latencies.p99(),
                    null,
                    null));
        }
        return new Series(
                id,
                from * STEP_MILLIS,
                Math.max(from, window.settledBefore()) * STEP_MILLIS,
                STEP_MILLIS,
                List.copyOf(points));
    }

    private Window window(Duration span) {
        return Window.of(Math.toIntExact(span.toSeconds()), clock.millis(), graph.newestData(), graph.firstData());
    }
}
