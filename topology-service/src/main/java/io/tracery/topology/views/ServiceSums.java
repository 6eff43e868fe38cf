package io.tracery.topology.views;

import io.tracery.topology.graph.NodeId;
import io.tracery.topology.graph.NodeKinds;
import io.tracery.topology.graph.View;
import io.tracery.topology.history.EdgeWindow;
import io.tracery.topology.history.RowKey;
import io.tracery.topology.history.Tally;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One node's edges, added up as they come. */
final class ServiceSums {

    final NodeId node;
    final Tally received = new Tally();
    final TreeSet<String> versions = new TreeSet<>();
    final TreeSet<String> callers = new TreeSet<>();
    final TreeSet<String> callees = new TreeSet<>();
    private final Set<String> tcpRoutes = new HashSet<>();
    private boolean calledOtherwise;
    private boolean proxied;
    private long lost;
    private long tried;
    String identity = "";

    @Nullable
    String tls;

    long inFlight;
    long lastSeen;

    ServiceSums(NodeId node) {
        this.node = node;
    }

    void calls(EdgeWindow edge) {
        callees.add(edge.edge().target().id());
        proxied |= edge.has(View.SENDER);
        identity = edge.sourceIdentity().isEmpty() ? identity : edge.sourceIdentity();
        lastSeen = Math.max(lastSeen, edge.lastSeen());
    }

    void isCalled(EdgeWindow edge) {
        callers.add(edge.edge().source().id());
        proxied |= edge.has(View.RECEIVER);
        identity = edge.targetIdentity().isEmpty() ? identity : edge.targetIdentity();
        lastSeen = Math.max(lastSeen, edge.lastSeen());
        received.add(edge.tally(edge.shown()));
        versions.addAll(edge.versions());
        inFlight += edge.inFlight();
        Long notReceived = edge.lost();
        if (notReceived != null) {
            Tally sent = edge.tally(View.SENDER);
            lost += notReceived;
            tried += sent.requests() + sent.retries();
        }
        String secured = edge.tls();
        if (secured != null) {
            tls = tls == null || tls.equals(secured) ? secured : "mixed";
        }
        if (edge.edge().protocol().equals("tcp")) {
            tcpRoutes.addAll(edge.by(edge.shown(), RowKey::route).keySet());
        } else {
            calledOtherwise = true;
        }
    }

    @Nullable
    Double loss() {
        return tried == 0 ? null : (double) lost / tried;
    }

    NodeId.Kind kind() {
        return NodeKinds.of(
                node,
                new NodeKinds.Evidence(
                        proxied, !versions.isEmpty(), tcpRoutes, !callers.isEmpty() && !calledOtherwise));
    }
}
