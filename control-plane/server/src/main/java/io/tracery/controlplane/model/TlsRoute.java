package io.tracery.controlplane.model;

import java.util.List;

/**
 * A Gateway API {@code TLSRoute} whose parent is a Service: where TLS that nobody opens goes, by the server name it asks for.
 *
 * @param parents the services whose callers it is for
 * @param hostnames in lower case, each itself or {@code *.} and a suffix; empty: all that no other route names
 * @param backends shares of the connections
 */
public record TlsRoute(Name name, List<Route.Parent> parents, List<String> hostnames, List<Route.Backend> backends) {

    public TlsRoute {
        parents = List.copyOf(parents);
        hostnames = List.copyOf(hostnames);
        backends = List.copyOf(backends);
    }

    /** Whether it is for callers of this port. */
    public boolean covers(Name service, int port) {
        return parents.stream()
                .anyMatch(parent -> parent.service().equals(service) && (parent.port() == 0 || parent.port() == port));
    }
}
