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
 * @param sidecars by name
 */
public record MeshModel(
        Map<Name, Service> services, List<Endpoint> endpoints, List<Route> routes, Map<Name, Sidecar> sidecars) {

    public static final MeshModel EMPTY = new MeshModel(Map.of(), List.of(), List.of(), Map.of());

    public MeshModel {
        services = Collections.unmodifiableMap(new TreeMap<>(services));
        endpoints = List.copyOf(endpoints);
        routes = List.copyOf(routes);
        sidecars = Collections.unmodifiableMap(new TreeMap<>(sidecars));
    }

    /** The endpoints of one port of a service. */
    public List<Endpoint> endpoints(Name service, String portName) {
        return endpoints.stream()
                .filter(endpoint -> endpoint.service().equals(service)
                        && endpoint.portName().equals(portName))
                .toList();
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
