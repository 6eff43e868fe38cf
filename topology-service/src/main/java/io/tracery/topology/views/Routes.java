package io.tracery.topology.views;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.tracery.topology.graph.NodeId;
import io.tracery.topology.history.EdgeFilter;
import io.tracery.topology.history.EdgeWindow;
import io.tracery.topology.history.Past;
import io.tracery.topology.history.RowKey;
import io.tracery.topology.history.Tally;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Every route that was taken, with where it leads. */
public final class Routes {

    /** How much of a route went to a version. */
    public record Share(String version, long requests, double share) {}

    /** One route to one target. */
    public record Route(
            String route,
            String target,
            String protocol,
            String view,
            @JsonUnwrapped TallyView tally,
            List<Share> versions,
            List<String> sources) {}

    /** All of them. */
    public record Listing(long now, long from, long to, long step, List<Route> routes) {}

    /** Which of them: null for all. */
    public record Scope(@Nullable String service, @Nullable String namespace) {

        EdgeFilter filter() {
            if (service != null) {
                return EdgeFilter.node(service);
            }
            return namespace == null ? EdgeFilter.ALL : EdgeFilter.namespace(namespace);
        }

        boolean holds(NodeId target) {
            return (service == null || target.id().equals(service))
                    && (namespace == null || target.namespace().equals(namespace));
        }
    }

    private record Key(String target, String route, String protocol, String view) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            return text().compareTo(other.text());
        }

        private String text() {
            return String.join("\u0000", target, route, protocol, view);
        }
    }

    private static final class Sum {
        final Tally tally = new Tally();
        final TreeMap<String, Long> versions = new TreeMap<>();
        final TreeSet<String> sources = new TreeSet<>();
    }

    private final Past past;

    public Routes(Past past) {
        this.past = past;
    }

    /** As senders count, and receivers where no sender speaks. */
    public Listing listing(Past.Interval interval, Scope scope, long now) {
        TreeMap<Key, Sum> sums = new TreeMap<>();
        for (EdgeWindow edge : past.sums(interval, scope.filter())) {
            if (scope.holds(edge.edge().target())) {
                add(sums, edge);
            }
        }
        List<Route> routes = new ArrayList<>();
        sums.forEach((key, sum) -> {
            List<Share> shares = new ArrayList<>();
            sum.versions.forEach((version, requests) ->
                    shares.add(new Share(version, requests, (double) requests / Math.max(1, sum.tally.requests()))));
            routes.add(new Route(
                    key.route,
                    key.target,
                    key.protocol,
                    key.view,
                    TallyView.of(sum.tally, interval.seconds()),
                    shares,
                    List.copyOf(sum.sources)));
        });
        return new Listing(now, interval.from(), interval.to(), interval.step(), routes);
    }

    private static void add(Map<Key, Sum> sums, EdgeWindow edge) {
        edge.rows().forEach((RowKey row, Tally tally) -> {
            if (row.view() == edge.shown() && !row.route().isEmpty()) {
                Key key = new Key(
                        edge.edge().target().id(),
                        row.route(),
                        edge.edge().protocol(),
                        row.view().label());
                Sum sum = sums.computeIfAbsent(key, any -> new Sum());
                sum.tally.add(tally);
                sum.sources.add(edge.edge().source().id());
                if (!row.version().isEmpty()) {
                    sum.versions.merge(row.version(), tally.requests(), Long::sum);
                }
            }
        });
    }
}
