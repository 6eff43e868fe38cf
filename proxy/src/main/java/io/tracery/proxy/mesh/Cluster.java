package io.tracery.proxy.mesh;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A set of endpoints that serve the same thing, and how to reach them.
 *
 * @param name the xDS name, unique in a snapshot
 * @param namespace namespace of the service behind it
 * @param service name of the service behind it
 * @param endpoints where requests may go; empty means that every request ends in {@code no_endpoint}
 * @param connectTimeout TCP connect and TLS handshake together
 * @param tls mutual TLS towards the endpoints of which no identity is known, or null for plain text
 * @param protocol HTTP version towards the endpoints; of no meaning for TCP
 * @param policy how requests are spread over the endpoints, and what protects those
 */
public record Cluster(
        String name,
        String namespace,
        String service,
        List<Endpoint> endpoints,
        Duration connectTimeout,
        @Nullable UpstreamTls tls,
        UpstreamProtocol protocol,
        ClusterPolicy policy) {

    public Cluster {
        endpoints = List.copyOf(endpoints);
    }

    /** With the policy that holds where nothing is said. */
    public Cluster(
            String name,
            String namespace,
            String service,
            List<Endpoint> endpoints,
            Duration connectTimeout,
            @Nullable UpstreamTls tls,
            UpstreamProtocol protocol) {
        this(name, namespace, service, endpoints, connectTimeout, tls, protocol, ClusterPolicy.DEFAULT);
    }

    /**
     * Mutual TLS towards one of its endpoints, or null for plain text. Where an endpoint came with its identity, that one
     * alone is accepted: whatever changes, an address and who answers there are known together.
     */
    public @Nullable UpstreamTls tls(Endpoint endpoint) {
        String identity = endpoint.workload().identity();
        return identity.isEmpty() ? tls : new UpstreamTls(Set.of(identity));
    }

    public Cluster with(ClusterPolicy other) {
        return new Cluster(name, namespace, service, endpoints, connectTimeout, tls, protocol, other);
    }
}
