package io.tracery.topology.views;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.tracery.topology.graph.NodeId;
import io.tracery.topology.graph.Series;
import io.tracery.topology.graph.View;
import io.tracery.topology.history.EdgeFilter;
import io.tracery.topology.history.EdgeWindow;
import io.tracery.topology.history.Past;
import io.tracery.topology.history.RowKey;
import io.tracery.topology.history.Tally;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Every service with its golden figures, and one service in all ways that traffic can be told apart. */
public final class Services {

    /** Of routes, senders and receivers each, those with most requests have a series. */
    private static final int MOST_SERIES = 20;

    private static final long STALE_MILLIS = 30_000;

    /** One service, by what it received. */
    public record Summary(
            String id,
            String namespace,
            String name,
            String kind,
            List<String> versions,
            int instances,
            @Nullable String identity,
            @Nullable String tls,
            @JsonUnwrapped TallyView tally,
            long inFlight,
            @Nullable Double loss,
            int callers,
            int callees,
            long lastSeen,
            boolean stale) {}

    /** All of them. */
    public record Listing(
            long now, long from, long to, long step, List<Summary> services, List<Undeclared> undeclared) {}

    /** A route or a version of a service. */
    public record Part(
            @Nullable String route,
            @Nullable String version,
            @JsonUnwrapped TallyView tally,
            @Nullable List<Series.Point> points) {}

    /** Another service that it is called by, or calls. */
    public record Neighbour(
            String id,
            String edge,
            String protocol,
            @Nullable String tls,
            @Nullable String identity,
            long inFlight,
            @Nullable Double loss,
            @Nullable TallyView sender,
            @Nullable TallyView receiver,
            @Nullable List<Series.Point> points) {}

    /** TCP to it: connections now, bytes per second. */
    public record Tcp(long open, double bytesReceived, double bytesSent) {}

    /** One service. */
    public record Detail(
            long now,
            long from,
            long to,
            long step,
            Summary service,
            List<Series.Point> points,
            List<Part> routes,
            List<Part> versions,
            List<Neighbour> senders,
            List<Neighbour> receivers,
            List<? extends Record> endpoints,
            Balanced balanced,
            List<Undeclared> undeclared,
            Tcp tcp,
            List<? extends Record> events,
            List<? extends Record> exemplars) {}

    private final Past past;
    private final Supplier<Map<String, Integer>> instances;

    /** @param instances how many proxies speak, by the node that they speak for */
    public Services(Past past, Supplier<Map<String, Integer>> instances) {
        this.past = past;
        this.instances = instances;
    }

    /**
     * @param namespace null for all
     * @param undeclared ports of all services
     */
    public Listing listing(Past.Interval interval, @Nullable String namespace, List<Undeclared> undeclared, long now) {
        EdgeFilter filter = namespace == null ? EdgeFilter.ALL : EdgeFilter.namespace(namespace);
        TreeMap<String, ServiceSums> sums = new TreeMap<>();
        for (EdgeWindow edge : past.sums(interval, filter)) {
            sums(sums, edge.edge().source()).calls(edge);
            sums(sums, edge.edge().target()).isCalled(edge);
        }
        Map<String, Integer> proxies = instances.get();
        List<Summary> services = sums.values().stream()
                .filter(sum -> namespace == null || sum.node.namespace().equals(namespace))
                .map(sum -> summary(sum, proxies, interval, now))
                .toList();
        List<Undeclared> ports = undeclared.stream()
                .filter(one -> namespace == null || one.service().startsWith(namespace + "/"))
                .toList();
        return new Listing(now, interval.from(), interval.to(), interval.step(), services, ports);
    }

    private static ServiceSums sums(Map<String, ServiceSums> sums, NodeId node) {
        return sums.computeIfAbsent(node.id(), any -> new ServiceSums(node));
    }

    /** What is known besides of a service. */
    public record Company(
            List<String> edges,
            List<? extends Record> endpoints,
            Balanced balanced,
            List<Undeclared> undeclared,
            List<? extends Record> events) {}

    /**
     * One service; empty when nothing is known of it.
     *
     * @param company its edges as far as they are known, so that not all have to be looked at
     */
    public Optional<Detail> detail(NodeId node, Past.Interval interval, Company company, long now) {
        EdgeFilter filter = company.edges.isEmpty() ? EdgeFilter.node(node.id()) : EdgeFilter.ids(company.edges);
        Past.Steps steps = past.steps(interval, filter);
        Collection<EdgeWindow> edges = steps.sums().values();
        if (edges.isEmpty() && company.endpoints.isEmpty() && company.edges.isEmpty()) {
            return Optional.empty();
        }
        ServiceSums sum = new ServiceSums(node);
        List<EdgeWindow> incoming = new ArrayList<>();
        List<EdgeWindow> outgoing = new ArrayList<>();
        for (EdgeWindow edge : edges) {
            if (edge.edge().target().equals(node)) {
                sum.isCalled(edge);
                incoming.add(edge);
            }
            if (edge.edge().source().equals(node)) {
                sum.calls(edge);
                outgoing.add(edge);
            }
        }
        Predicate<EdgeWindow> arrives = edge -> edge.edge().target().equals(node);
        return Optional.of(new Detail(
                now,
                interval.from(),
                interval.to(),
                interval.step(),
                summary(sum, instances.get(), interval, now),
                Points.of(steps, edge -> arrives.test(edge) ? edge.tally(edge.shown()) : new Tally()),
                parts(steps, incoming, arrives, RowKey::route, true),
                parts(steps, incoming, arrives, RowKey::version, false),
                neighbours(steps, incoming, true),
                neighbours(steps, outgoing, false),
                company.endpoints,
                company.balanced,
                company.undeclared,
                tcp(incoming, interval),
                company.events,
                Exemplars.of(steps, arrives)));
    }

    private static Summary summary(ServiceSums sum, Map<String, Integer> instances, Past.Interval interval, long now) {
        return new Summary(
                sum.node.id(),
                sum.node.namespace(),
                sum.node.name(),
                sum.kind().name().toLowerCase(Locale.ROOT),
                List.copyOf(sum.versions),
                instances.getOrDefault(sum.node.id(), 0),
                sum.identity.isEmpty() ? null : sum.identity,
                sum.tls,
                TallyView.of(sum.received, interval.seconds()),
                sum.inFlight,
                sum.loss(),
                sum.callers.size(),
                sum.callees.size(),
                sum.lastSeen,
                Math.min(now, interval.to()) - sum.lastSeen > STALE_MILLIS);
    }

    private static List<Part> parts(
            Past.Steps steps,
            List<EdgeWindow> incoming,
            Predicate<EdgeWindow> arrives,
            Function<RowKey, String> what,
            boolean route) {
        TreeMap<String, Tally> sums = new TreeMap<>();
        for (EdgeWindow edge : incoming) {
            edge.by(edge.shown(), what)
                    .forEach((name, tally) ->
                            sums.computeIfAbsent(name, any -> new Tally()).add(tally));
        }
        Set<String> charted = largest(sums);
        List<Part> parts = new ArrayList<>();
        sums.forEach((name, tally) -> {
            if (!name.isEmpty()) {
                List<Series.Point> points = charted.contains(name)
                        ? Points.of(
                                steps,
                                edge -> arrives.test(edge)
                                        ? edge.tally((RowKey row) -> row.view() == edge.shown()
                                                && what.apply(row).equals(name))
                                        : new Tally())
                        : null;
                parts.add(new Part(
                        route ? name : null,
                        route ? null : name,
                        TallyView.of(tally, steps.interval().seconds()),
                        points));
            }
        });
        return parts;
    }

    private static Set<String> largest(Map<String, Tally> sums) {
        TreeSet<String> names = new TreeSet<>();
        sums.entrySet().stream()
                .sorted(Comparator.comparingLong((Map.Entry<String, Tally> entry) ->
                                entry.getValue().requests())
                        .reversed())
                .limit(MOST_SERIES)
                .forEach(entry -> names.add(entry.getKey()));
        return names;
    }

    private static List<Neighbour> neighbours(Past.Steps steps, List<EdgeWindow> edges, boolean incoming) {
        TreeMap<String, Tally> sums = new TreeMap<>();
        edges.forEach(edge -> sums.put(edge.edge().id(), edge.tally(edge.shown())));
        Set<String> charted = largest(sums);
        double seconds = steps.interval().seconds();
        return edges.stream()
                .map(edge -> {
                    String id = edge.edge().id();
                    NodeId other = incoming ? edge.edge().source() : edge.edge().target();
                    String identity = incoming ? edge.sourceIdentity() : edge.targetIdentity();
                    return new Neighbour(
                            other.id(),
                            id,
                            edge.edge().protocol(),
                            edge.tls(),
                            identity.isEmpty() ? null : identity,
                            edge.inFlight(),
                            edge.loss(),
                            end(edge, View.SENDER, seconds),
                            end(edge, View.RECEIVER, seconds),
                            charted.contains(id)
                                    ? Points.of(
                                            steps,
                                            any -> any.edge().equals(edge.edge())
                                                    ? any.tally(any.shown())
                                                    : new Tally())
                                    : null);
                })
                .toList();
    }

    static @Nullable TallyView end(EdgeWindow edge, View view, double seconds) {
        return edge.has(view) ? TallyView.of(edge.tally(view), seconds) : null;
    }

    private static Tcp tcp(List<EdgeWindow> incoming, Past.Interval interval) {
        long open = 0;
        Tally sum = new Tally();
        for (EdgeWindow edge : incoming) {
            if (edge.edge().protocol().equals("tcp")) {
                open += edge.inFlight();
                sum.add(edge.tally(edge.shown()));
            }
        }
        return new Tcp(open, sum.requestBytes() / interval.seconds(), sum.responseBytes() / interval.seconds());
    }
}
