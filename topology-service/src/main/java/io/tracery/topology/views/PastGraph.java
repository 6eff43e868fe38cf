package io.tracery.topology.views;

import io.tracery.topology.graph.EdgeSummary;
import io.tracery.topology.graph.GraphScope;
import io.tracery.topology.graph.GraphSnapshot;
import io.tracery.topology.graph.NodeId;
import io.tracery.topology.graph.NodeKinds;
import io.tracery.topology.graph.NodeSummary;
import io.tracery.topology.graph.Series;
import io.tracery.topology.graph.VersionSummary;
import io.tracery.topology.graph.View;
import io.tracery.topology.history.EdgeFilter;
import io.tracery.topology.history.EdgeWindow;
import io.tracery.topology.history.Past;
import io.tracery.topology.history.RowKey;
import io.tracery.topology.history.Tally;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The graph as it was. */
public final class PastGraph {

    private final Past past;

    public PastGraph(Past past) {
        this.past = past;
    }

    /** The graph of an interval. */
    public GraphSnapshot snapshot(Past.Interval interval, GraphScope scope, long now) {
        EdgeFilter filter = scope.namespace() == null ? EdgeFilter.ALL : EdgeFilter.namespace(scope.namespace());
        Collection<EdgeWindow> edges = past.sums(interval, filter, scope);
        return new GraphSnapshot(
                now,
                interval.knownUntil(),
                interval.seconds(),
                false,
                interval.from(),
                interval.to(),
                interval.step(),
                nodes(edges, interval),
                edges.stream().map(edge -> edge(edge, interval)).toList());
    }

    /** What an edge carried. */
    public Series edgeSeries(String id, Past.Interval interval) {
        Past.Steps steps = past.steps(interval, EdgeFilter.ids(List.of(id)));
        return series(id, interval, Points.of(steps, edge -> edge.tally(edge.shown())));
    }

    /** What a node received. */
    public Series nodeSeries(String id, Past.Interval interval) {
        Past.Steps steps = past.steps(interval, EdgeFilter.node(id));
        return series(
                id,
                interval,
                Points.of(
                        steps, edge -> edge.edge().target().id().equals(id) ? edge.tally(edge.shown()) : new Tally()));
    }

    private static Series series(String id, Past.Interval interval, List<Series.Point> points) {
        return new Series(id, interval.from(), interval.to(), interval.step(), points);
    }

    static EdgeSummary edge(EdgeWindow edge, Past.Interval interval) {
        View shown = edge.shown();
        Tally tally = edge.tally(shown);
        List<VersionSummary> versions = new ArrayList<>();
        edge.by(shown, RowKey::version).forEach((version, of) -> {
            if (!version.isEmpty()) {
                versions.add(new VersionSummary(
                        version,
                        of.requests(),
                        of.requests() / interval.seconds(),
                        of.successShare(),
                        of.quantile(0.99)));
            }
        });
        return new EdgeSummary(
                edge.edge().id(),
                edge.edge().source().id(),
                edge.edge().target().id(),
                edge.edge().protocol(),
                tally.requests(),
                edge.tally(View.RECEIVER).requests(),
                tally.requests() / interval.seconds(),
                tally.successShare(),
                tally.quantile(0.5),
                tally.quantile(0.9),
                tally.quantile(0.99),
                tally.retries(),
                tally.requestBytes(),
                tally.responseBytes(),
                Collections.unmodifiableSortedMap(new TreeMap<>(tally.fates())),
                edge.tls(),
                orNull(edge.sourceIdentity()),
                orNull(edge.targetIdentity()),
                versions,
                routes(edge, shown),
                edge.lastSeen(),
                false,
                shown.label(),
                edge.inFlight(),
                edge.loss());
    }

    private static List<String> routes(EdgeWindow edge, View shown) {
        TreeSet<String> routes = new TreeSet<>(edge.by(shown, RowKey::route).keySet());
        routes.remove("");
        return List.copyOf(routes);
    }

    private static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }

    private static final class Sum {
        final Tally received = new Tally();
        final TreeSet<String> versions = new TreeSet<>();
        final Set<String> tcpRoutes = new HashSet<>();
        boolean called;
        boolean calledOtherwise;
        boolean proxied;
    }

    private static List<NodeSummary> nodes(Collection<EdgeWindow> edges, Past.Interval interval) {
        TreeMap<String, Sum> sums = new TreeMap<>();
        TreeMap<String, NodeId> ids = new TreeMap<>();
        for (EdgeWindow edge : edges) {
            ids.put(edge.edge().source().id(), edge.edge().source());
            ids.put(edge.edge().target().id(), edge.edge().target());
            sums.computeIfAbsent(edge.edge().source().id(), any -> new Sum()).proxied |= edge.has(View.SENDER);
            Sum target = sums.computeIfAbsent(edge.edge().target().id(), any -> new Sum());
            target.called = true;
            target.proxied |= edge.has(View.RECEIVER);
            target.received.add(edge.tally(edge.shown()));
            target.versions.addAll(edge.versions());
            if (edge.edge().protocol().equals("tcp")) {
                target.tcpRoutes.addAll(routes(edge, edge.shown()));
            } else {
                target.calledOtherwise = true;
            }
        }
        List<NodeSummary> nodes = new ArrayList<>();
        ids.forEach((id, node) -> nodes.add(node(node, sums.getOrDefault(id, new Sum()), interval)));
        return nodes;
    }

    private static NodeSummary node(NodeId node, Sum sum, Past.Interval interval) {
        return new NodeSummary(
                node.id(),
                node.namespace(),
                node.name(),
                kind(node, sum).name().toLowerCase(Locale.ROOT),
                List.copyOf(sum.versions),
                sum.called ? sum.received.requests() / interval.seconds() : null,
                sum.received.successShare(),
                sum.received.quantile(0.99),
                false,
                1,
                /* kubernetes= */ null);
    }

    private static NodeId.Kind kind(NodeId node, Sum sum) {
        if (node.kind() == NodeId.Kind.NAMESPACE) {
            return node.kind();
        }
        return NodeKinds.of(
                node,
                new NodeKinds.Evidence(
                        sum.proxied, !sum.versions.isEmpty(), sum.tcpRoutes, sum.called && !sum.calledOtherwise));
    }
}
