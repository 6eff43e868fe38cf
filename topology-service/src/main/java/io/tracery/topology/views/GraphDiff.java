package io.tracery.topology.views;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.tracery.topology.graph.EdgeKey;
import io.tracery.topology.graph.View;
import io.tracery.topology.history.EdgeFilter;
import io.tracery.topology.history.EdgeWindow;
import io.tracery.topology.history.Past;
import io.tracery.topology.history.RowKey;
import io.tracery.topology.history.Tally;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What differs between two moments, or between two versions of a node. */
public final class GraphDiff {

    private static final double NOTABLE_SHARE = 0.1;
    private static final double NOTABLE_LATENCY = 1.2;
    private static final double DEVIATIONS = 3;
    private static final long ENOUGH_REQUESTS = 30;

    /** One side. */
    public record Side(long from, long to, long step) {
        static Side of(Past.Interval interval) {
            return new Side(interval.from(), interval.to(), interval.step());
        }
    }

    /** @param change {@code came} or {@code left} */
    public record NodeDiff(String id, String change) {}

    /** An edge on one side. */
    public record EdgeSide(
            @JsonUnwrapped TallyView tally,
            @Nullable String tls,
            @Nullable String sourceIdentity,
            @Nullable String targetIdentity,
            List<String> versions) {}

    /**
     * An edge.
     *
     * @param change came, left, changed or same
     * @param differs what is different by more than chance
     */
    public record EdgeDiff(
            String id,
            String source,
            String target,
            String protocol,
            String change,
            List<String> differs,
            @Nullable EdgeSide a,
            @Nullable EdgeSide b) {}

    /** Everything that differs, and what happened in between. */
    public record Answer(Side a, Side b, List<NodeDiff> nodes, List<EdgeDiff> edges, List<? extends Record> events) {}

    private record Compared(EdgeWindow edge, Tally tally, double seconds) {}

    private final Past past;

    public GraphDiff(Past past) {
        this.past = past;
    }

    /** Two intervals. */
    public Answer moments(Past.Interval a, Past.Interval b, List<? extends Record> events) {
        return answer(
                a, b, compared(past.sums(a, EdgeFilter.ALL), a), compared(past.sums(b, EdgeFilter.ALL), b), events);
    }

    /** Two versions of a node, over the edges that end in it, as their senders see them. */
    public Answer versions(String node, String a, String b, Past.Interval interval, List<? extends Record> events) {
        Collection<EdgeWindow> edges = past.sums(interval, EdgeFilter.node(node)).stream()
                .filter(edge -> edge.edge().target().id().equals(node))
                .toList();
        return answer(interval, interval, ofVersion(edges, a, interval), ofVersion(edges, b, interval), events);
    }

    private static Map<String, Compared> compared(Collection<EdgeWindow> edges, Past.Interval interval) {
        TreeMap<String, Compared> compared = new TreeMap<>();
        edges.forEach(edge ->
                compared.put(edge.edge().id(), new Compared(edge, edge.tally(edge.shown()), interval.seconds())));
        return compared;
    }

    private static Map<String, Compared> ofVersion(
            Collection<EdgeWindow> edges, String version, Past.Interval interval) {
        TreeMap<String, Compared> compared = new TreeMap<>();
        for (EdgeWindow edge : edges) {
            View shown = edge.shown();
            Tally tally = edge.tally(
                    (RowKey row) -> row.view() == shown && row.version().equals(version));
            if (tally.requests() > 0) {
                compared.put(edge.edge().id(), new Compared(edge, tally, interval.seconds()));
            }
        }
        return compared;
    }

    private static Answer answer(
            Past.Interval a,
            Past.Interval b,
            Map<String, Compared> before,
            Map<String, Compared> after,
            List<? extends Record> events) {
        TreeSet<String> ids = new TreeSet<>(before.keySet());
        ids.addAll(after.keySet());
        Set<String> protocolChanged = protocolChanged(before, after);
        List<EdgeDiff> edges = ids.stream()
                .map(id -> edge(id, before.get(id), after.get(id), protocolChanged))
                .toList();
        return new Answer(Side.of(a), Side.of(b), nodes(before, after), edges, events);
    }

    private static List<NodeDiff> nodes(Map<String, Compared> before, Map<String, Compared> after) {
        Set<String> was = nodes(before);
        Set<String> is = nodes(after);
        List<NodeDiff> nodes = new ArrayList<>();
        is.stream().filter(id -> !was.contains(id)).forEach(id -> nodes.add(new NodeDiff(id, "came")));
        was.stream().filter(id -> !is.contains(id)).forEach(id -> nodes.add(new NodeDiff(id, "left")));
        return nodes;
    }

    private static Set<String> nodes(Map<String, Compared> edges) {
        TreeSet<String> nodes = new TreeSet<>();
        edges.values().forEach(edge -> {
            nodes.add(edge.edge.edge().source().id());
            nodes.add(edge.edge.edge().target().id());
        });
        return nodes;
    }

    /** Pairs of nodes, on both sides, that do not speak the same protocols on both. */
    private static Set<String> protocolChanged(Map<String, Compared> before, Map<String, Compared> after) {
        Map<String, Set<String>> was = protocols(before);
        Map<String, Set<String>> is = protocols(after);
        TreeSet<String> changed = new TreeSet<>();
        was.forEach((pair, protocols) -> {
            Set<String> now = is.get(pair);
            if (now != null && !now.equals(protocols)) {
                changed.add(pair);
            }
        });
        return changed;
    }

    private static Map<String, Set<String>> protocols(Map<String, Compared> edges) {
        TreeMap<String, Set<String>> protocols = new TreeMap<>();
        edges.values()
                .forEach(edge -> protocols
                        .computeIfAbsent(pair(edge.edge.edge()), any -> new TreeSet<>())
                        .add(edge.edge.edge().protocol()));
        return protocols;
    }

    private static String pair(EdgeKey edge) {
        return edge.source().id() + ">" + edge.target().id();
    }

    private static EdgeDiff edge(
            String id, @Nullable Compared before, @Nullable Compared after, Set<String> protocolChanged) {
        EdgeKey key = EdgeKey.parse(id);
        List<String> differs = new ArrayList<>();
        if (before != null && after != null) {
            differs.addAll(differs(before, after));
        } else if (protocolChanged.contains(pair(key))) {
            differs.add("protocol");
        }
        String change = before == null ? "came" : after == null ? "left" : differs.isEmpty() ? "same" : "changed";
        return new EdgeDiff(
                id, key.source().id(), key.target().id(), key.protocol(), change, differs, side(before), side(after));
    }

    private static @Nullable EdgeSide side(@Nullable Compared compared) {
        if (compared == null) {
            return null;
        }
        EdgeWindow edge = compared.edge;
        return new EdgeSide(
                TallyView.of(compared.tally, compared.seconds),
                edge.tls(),
                edge.sourceIdentity().isEmpty() ? null : edge.sourceIdentity(),
                edge.targetIdentity().isEmpty() ? null : edge.targetIdentity(),
                List.copyOf(edge.versions()));
    }

    private static List<String> differs(Compared a, Compared b) {
        List<String> differs = new ArrayList<>();
        if (rateDiffers(a, b)) {
            differs.add("rate");
        }
        if (errorsDiffer(a.tally, b.tally)) {
            differs.add("errors");
        }
        if (quantileDiffers(a.tally, b.tally, 0.5)) {
            differs.add("p50");
        }
        if (quantileDiffers(a.tally, b.tally, 0.99)) {
            differs.add("p99");
        }
        if (!Objects.equals(a.edge.tls(), b.edge.tls())) {
            differs.add("tls");
        }
        if (!a.edge.sourceIdentity().equals(b.edge.sourceIdentity())
                || !a.edge.targetIdentity().equals(b.edge.targetIdentity())) {
            differs.add("identity");
        }
        if (!a.edge.versions().equals(b.edge.versions())) {
            differs.add("versions");
        }
        return differs;
    }

    /** Counts scatter by their root, so rates do by that over the time. */
    private static boolean rateDiffers(Compared a, Compared b) {
        double one = a.tally.requests() / a.seconds;
        double other = b.tally.requests() / b.seconds;
        double scatter = Math.hypot(
                Math.sqrt((double) a.tally.requests()) / a.seconds, Math.sqrt((double) b.tally.requests()) / b.seconds);
        double difference = Math.abs(one - other);
        return difference > NOTABLE_SHARE * Math.max(one, other) && difference > DEVIATIONS * scatter;
    }

    private static boolean errorsDiffer(Tally a, Tally b) {
        if (a.requests() == 0 || b.requests() == 0) {
            return false;
        }
        double one = (double) a.failed() / a.requests();
        double other = (double) b.failed() / b.requests();
        double both = (double) (a.failed() + b.failed()) / (a.requests() + b.requests());
        double scatter = Math.sqrt(both * (1 - both) * (1.0 / a.requests() + 1.0 / b.requests()));
        return one != other
                && Math.abs(one - other) > NOTABLE_SHARE * Math.max(one, other)
                && Math.abs(one - other) > DEVIATIONS * scatter;
    }

    private static boolean quantileDiffers(Tally a, Tally b, double q) {
        Double one = a.quantile(q);
        Double other = b.quantile(q);
        if (one == null || other == null || a.requests() < ENOUGH_REQUESTS || b.requests() < ENOUGH_REQUESTS) {
            return false;
        }
        double ratio = Math.max(one, other) / Math.max(1e-9, Math.min(one, other));
        return ratio > NOTABLE_LATENCY;
    }
}
