package io.tracery.proxy.xds;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.tracery.proxy.mesh.MeshSnapshot;
import io.tracery.proxy.route.RouteTable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A set of Envoy resources, each checked on its own; together they make a snapshot once nothing that one of them asks
 * for is missing.
 *
 * @param listeners by name
 * @param routes by name
 * @param clusters by name
 * @param endpoints by the name of their cluster
 */
public record Resources(
        Map<String, Listener> listeners,
        Map<String, RouteConfiguration> routes,
        Map<String, Cluster> clusters,
        Map<String, ClusterLoadAssignment> endpoints) {

    public static final Resources NONE = new Resources(Map.of(), Map.of(), Map.of(), Map.of());

    public Resources {
        listeners = Map.copyOf(listeners);
        routes = Map.copyOf(routes);
        clusters = Map.copyOf(clusters);
        endpoints = Map.copyOf(endpoints);
    }

    /**
     * Resources that need no control plane.
     *
     * @throws InvalidResource for the first that cannot be honoured
     */
    public static Resources of(List<Listener> listeners, List<Cluster> clusters) throws InvalidResource {
        for (Listener listener : listeners) {
            HonouredFields.check("listener " + listener.getName(), listener);
            ListenerTranslator.check(listener);
            if (ListenerTranslator.routesName(listener) != null) {
                throw new InvalidResource(
                        "listener " + listener.getName(), "a static listener needs route_config, not rds");
            }
        }
        for (Cluster cluster : clusters) {
            HonouredFields.check("cluster " + cluster.getName(), cluster);
            ClusterTranslator.translate(cluster, /* discovered= */ null);
            if (ClusterTranslator.endpointsName(cluster) != null) {
                throw new InvalidResource(
                        "cluster " + cluster.getName(), "a static cluster is of type STATIC, not EDS");
            }
        }
        return new Resources(
                byName(listeners, Listener::getName), Map.of(), byName(clusters, Cluster::getName), Map.of());
    }

    private static <R> Map<String, R> byName(List<R> resources, Function<R, String> name) throws InvalidResource {
        Map<String, R> byName = new HashMap<>();
        for (R resource : resources) {
            if (name.apply(resource).isEmpty() || byName.put(name.apply(resource), resource) != null) {
                throw new InvalidResource("\"" + name.apply(resource) + "\"", "a name is given once, and not empty");
            }
        }
        return byName;
    }

    /** True when nothing that a listener or cluster asks for is missing. */
    boolean complete() throws InvalidResource {
        for (Listener listener : listeners.values()) {
            String wanted = ListenerTranslator.routesName(listener);
            if (wanted != null && !routes.containsKey(wanted)) {
                return false;
            }
        }
        for (Cluster cluster : clusters.values()) {
            String wanted = ClusterTranslator.endpointsName(cluster);
            if (wanted != null && !endpoints.containsKey(wanted)) {
                return false;
            }
        }
        return true;
    }

    /** These and others; where both have a name, the others' is taken. */
    Resources with(Resources others) {
        return new Resources(
                both(listeners, others.listeners),
                both(routes, others.routes),
                both(clusters, others.clusters),
                both(endpoints, others.endpoints));
    }

    private static <R> Map<String, R> both(Map<String, R> these, Map<String, R> others) {
        Map<String, R> all = new HashMap<>(these);
        all.putAll(others);
        return all;
    }

    /**
     * The snapshot that the resources amount to; a listener whose routes are missing is left out.
     *
     * @throws InvalidResource for the first that cannot be honoured
     */
    public MeshSnapshot snapshot(long version) throws InvalidResource {
        Map<String, RouteTable> tables = new HashMap<>();
        for (Map.Entry<String, RouteConfiguration> entry : routes.entrySet()) {
            tables.put(entry.getKey(), RouteTranslator.translate(entry.getValue()));
        }
        Map<String, io.tracery.proxy.mesh.Listener> builtListeners = new HashMap<>();
        for (Listener listener : listeners.values()) {
            io.tracery.proxy.mesh.Listener built = ListenerTranslator.translate(listener, tables);
            if (built != null) {
                builtListeners.put(built.name(), built);
            }
        }
        Map<String, io.tracery.proxy.mesh.Cluster> builtClusters = new HashMap<>();
        for (Cluster cluster : clusters.values()) {
            String wanted = ClusterTranslator.endpointsName(cluster);
            builtClusters.put(
                    cluster.getName(),
                    ClusterTranslator.translate(cluster, wanted == null ? null : endpoints.get(wanted)));
        }
        return new MeshSnapshot(version, builtListeners, builtClusters);
    }
}
