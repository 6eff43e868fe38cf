package io.tracery.topology.graph;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Adds edges up to the nodes at their ends. */
final class NodeSums {

    private static final class Sum {
        final NodeId node;
        final TreeSet<String> versions = new TreeSet<>();
        final Set<String> tcpRoutes = new HashSet<>();
        final Set<NodeId> members = new HashSet<>();
        final WindowSum received;
        boolean called;
        boolean calledOtherwise;
        boolean proxied;
        boolean stale = true;

        Sum(NodeId node, Window window) {
            this.node = node;
            this.received = new WindowSum(window.settledBefore());
        }
    }

    private final Window window;
    private final GraphScope scope;
    private final Function<NodeId, @Nullable KubernetesWorkload> cluster;
    private final HashMap<NodeId, Sum> sums = new HashMap<>();

    /** @param cluster what runs behind a node */
    NodeSums(Window window, GraphScope scope, Function<NodeId, @Nullable KubernetesWorkload> cluster) {
        this.window = window;
        this.scope = scope;
        this.cluster = cluster;
    }

    void add(EdgeState state, EdgeSummary edge, WindowSum sum) {
        Sum source = of(state.key.source());
        source.stale &= edge.stale();
        source.proxied |= state.counts(View.SENDER);
        Sum target = of(state.key.target());
        target.stale &= edge.stale();
        target.called = true;
        target.proxied |= state.counts(View.RECEIVER);
        target.received.add(sum);
        edge.versions().forEach(version -> target.versions.add(version.version()));
        if (edge.protocol().equals("tcp")) {
            target.tcpRoutes.addAll(edge.routes());
        } else {
            target.calledOtherwise = true;
        }
    }

    private Sum of(NodeId node) {
        NodeId shown = scope.shown(node);
        Sum sum = sums.computeIfAbsent(shown, any -> new Sum(shown, window));
        sum.members.add(node);
        return sum;
    }

    List<NodeSummary> summaries() {
        return sums.values().stream()
                .map(this::summary)
                .sorted(Comparator.comparing(NodeSummary::id))
                .toList();
    }

    private NodeSummary summary(Sum sum) {
        NodeId node = sum.node;
        NodeKinds.Evidence evidence = new NodeKinds.Evidence(
                sum.proxied, !sum.versions.isEmpty(), sum.tcpRoutes, sum.called && !sum.calledOtherwise);
        NodeId.Kind kind = node.kind() == NodeId.Kind.NAMESPACE ? node.kind() : NodeKinds.of(node, evidence);
        return new NodeSummary(
                node.id(),
                node.namespace(),
                node.name(),
                kind.name().toLowerCase(Locale.ROOT),
                node.kind() == NodeId.Kind.NAMESPACE ? List.of() : List.copyOf(sum.versions),
                sum.called ? sum.received.rate(window.rateSeconds()) : null,
                sum.received.successShare(),
                sum.received.latencies().p99(),
                sum.stale,
                sum.members.size(),
                cluster.apply(node));
    }
}
