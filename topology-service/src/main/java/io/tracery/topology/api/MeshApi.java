package io.tracery.topology.api;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.tracery.topology.fleet.FleetSource;
import io.tracery.topology.fleet.MeshEvent;
import io.tracery.topology.fleet.PartitionFleet;
import io.tracery.topology.fleet.ProxyReport;
import io.tracery.topology.graph.EdgeLag;
import io.tracery.topology.views.Balanced;
import io.tracery.topology.views.Undeclared;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code /api/events}, {@code /api/mesh} and {@code /api/limits}. */
final class MeshApi {

    private static final int MOST_EVENTS = 1_000;
    private static final Duration EVENTS_STANDARD = Duration.ofHours(1);

    /** A proxy. */
    record Proxy(
            String instance,
            String namespace,
            String workload,
            String version,
            @Nullable String identity,
            long started,
            long lastSeen,
            boolean stale,
            @Nullable Configuration configuration,
            @Nullable Certificate certificate,
            Dropped dropped,
            long overBudget) {}

    record Configuration(long version, long since, double ageSeconds) {}

    record Certificate(long issued, long expires, double remainingSeconds) {}

    record Dropped(long spans, long metrics) {}

    private record Events(long from, long to, List<MeshEvent> events, boolean truncated) {}

    private record Pipeline(
            String status,
            long newestData,
            EdgeLag.Quantiles edgeLag,
            List<? extends Record> groups,
            List<? extends Record> instances) {}

    private record Mesh(long now, List<Proxy> proxies, Pipeline pipeline) {}

    private final FleetSource fleet;
    private final Times times;
    private final Surroundings surroundings;
    private final Supplier<GraphApi.Health> health;

    MeshApi(FleetSource fleet, Times times, Surroundings surroundings, Supplier<GraphApi.Health> health) {
        this.fleet = fleet;
        this.times = times;
        this.surroundings = surroundings;
        this.health = health;
    }

    HttpResponse events(ServiceRequestContext context) {
        return Answer.to(context, parameters -> {
            parameters.only("from", "to", "at", "window", "service", "kind");
            Times.Asked asked = times.asked(parameters, EVENTS_STANDARD);
            String kind = parameters.optional("kind");
            List<MeshEvent> events = events(asked.from(), asked.to() + 1, parameters.optional("service")).stream()
                    .filter(event -> kind == null || event.kind().equals(kind))
                    .toList();
            List<MeshEvent> newest = events.subList(Math.max(0, events.size() - MOST_EVENTS), events.size());
            return Answers.json(new Events(asked.from(), asked.to(), newest, newest.size() < events.size()));
        });
    }

    HttpResponse mesh(ServiceRequestContext context) {
        return Answer.to(context, parameters -> {
            parameters.only();
            GraphApi.Health now = health.get();
            return Answers.json(new Mesh(
                    times.now(),
                    fleet.proxies().stream().map(this::proxy).toList(),
                    new Pipeline(
                            now.status(),
                            now.newestData(),
                            now.edgeLag(),
                            surroundings.groups().get(),
                            surroundings.instances().get())));
        });
    }

    HttpResponse limits(ServiceRequestContext context) {
        return Answer.to(context, parameters -> {
            parameters.only();
            return Answers.json(surroundings.limits().get());
        });
    }

    /** @param node null for all */
    List<MeshEvent> events(long from, long to, @Nullable String node) {
        return fleet.events(from, to).stream()
                .filter(event -> node == null || event.node().equals(node))
                .toList();
    }

    /** The proxies that speak for a node. */
    List<Proxy> proxies(String node) {
        return fleet.proxies().stream()
                .filter(proxy -> proxy.node().equals(node))
                .map(this::proxy)
                .toList();
    }

    /** What the sidecars of its callers make of a node's endpoints. */
    Balanced balanced(String node) {
        return Balanced.of(node, fleet.proxies(), times.now());
    }

    /**
     * Ports of undeclared protocol.
     *
     * @param node null for those of all
     */
    List<Undeclared> undeclared(@Nullable String node) {
        return node == null
                ? Undeclared.all(fleet.proxies(), times.now())
                : Undeclared.of(node, fleet.proxies(), times.now());
    }

    /** How many proxies spoke for each node lately. */
    Map<String, Integer> instances() {
        long since = times.now() - PartitionFleet.SILENT_MILLIS;
        Map<String, Integer> instances = new HashMap<>();
        for (ProxyReport proxy : fleet.proxies()) {
            if (proxy.timeMillis() >= since) {
                instances.merge(proxy.node(), 1, Integer::sum);
            }
        }
        return instances;
    }

    private Proxy proxy(ProxyReport report) {
        long now = times.now();
        Long since = report.configurationMillis();
        Long expires = report.certificateExpires();
        Long issued = report.certificateIssued();
        int slash = report.node().indexOf('/');
        return new Proxy(
                report.instance(),
                report.node().substring(0, slash),
                report.node().substring(slash + 1),
                report.version(),
                report.identity().isEmpty() ? null : report.identity(),
                report.startMillis(),
                report.timeMillis(),
                now - report.timeMillis() > PartitionFleet.SILENT_MILLIS,
                since == null
                        ? null
                        : new Configuration(
                                orZero(report.configurationVersion()), since, Math.max(0, now - since) / 1000.0),
                expires == null || issued == null ? null : new Certificate(issued, expires, (expires - now) / 1000.0),
                new Dropped(orZero(report.droppedSpans()), orZero(report.droppedMetrics())),
                orZero(report.overBudget()));
    }

    private static long orZero(@Nullable Long value) {
        return value == null ? 0 : value;
    }
}
