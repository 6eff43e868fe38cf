package io.tracery.controlplane.model;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The whole mesh configuration, consistent in itself.
 *
 * @param services by name
 * @param endpoints of every service
 * @param routes in order of their names
 * @param tlsRoutes in order of their names
 * @param sidecars by name
 * @param backendPolicies in order of their names
 */
public record MeshModel(
        Map<Name, Service> services,
        List<Endpoint> endpoints,
        List<Route> routes,
        List<TlsRoute> tlsRoutes,
        Map<Name, Sidecar> sidecars,
        List<BackendPolicy> backendPolicies) {

    public static final MeshModel EMPTY = new MeshModel(Map.of(), List.of(), List.of(), List.of(), Map.of(), List.of());

    public MeshModel {
        services = Collections.unmodifiableMap(new TreeMap<>(services));
        endpoints = List.copyOf(endpoints);
        routes = List.copyOf(routes);
        tlsRoutes = List.copyOf(tlsRoutes);
        sidecars = Collections.unmodifiableMap(new TreeMap<>(sidecars));
        backendPolicies = List.copyOf(backendPolicies);
    }

    /** The endpoints of one port of a service. */
    public List<Endpoint> endpoints(Name service, String portName) {
        return endpoints.stream()
                .filter(endpoint -> endpoint.service().equals(service)
                        && endpoint.portName().equals(portName))
                .toList();
    }

    /** How callers of one port of a service balance: a policy for that port before one for the whole service. */
    public BackendPolicy.Settings backendSettings(Name service, Service.Port port) {
        BackendPolicy.Settings whole = BackendPolicy.Settings.DEFAULT;
        for (BackendPolicy policy : backendPolicies) {
            for (BackendPolicy.Target target : policy.targets()) {
                if (target.service().equals(service) && target.covers(port)) {
                    if (target.port() != 0 || !target.portName().isEmpty()) {
                        return policy.settings();
                    }
                    whole = policy.settings();
                }
            }
        }
        return whole;
    }

    /** Where the TLS of callers of one port of a service goes. */
    public List<TlsRoute> tlsRoutes(Name service, int port) {
        return tlsRoutes.stream().filter(route -> route.covers(service, port)).toList();
    }

    /** The routes for callers of one port of a service. */
    public List<Route> routes(Name service, int port) {
        return routes.stream()
                .filter(route -> route.parents().stream()
                        .anyMatch(parent ->
                                parent.service().equals(service) && (parent.port() == 0 || parent.port() == port)))
                .toList();
    }
}
