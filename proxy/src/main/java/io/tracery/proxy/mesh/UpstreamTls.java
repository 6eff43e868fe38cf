package io.tracery.proxy.mesh;

import java.util.Set;

/**
 * Mutual TLS towards a cluster with the proxy's own identity.
 *
 * @param acceptedIdentities SPIFFE IDs of which the peer's certificate must carry one; never empty
 */
public record UpstreamTls(Set<String> acceptedIdentities) {

    public UpstreamTls {
        acceptedIdentities = Set.copyOf(acceptedIdentities);
        if (acceptedIdentities.isEmpty()) {
            throw new IllegalArgumentException("mutual TLS needs at least one accepted identity");
        }
    }
}
