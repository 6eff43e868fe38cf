package io.tracery.proxy.balance;

import io.tracery.proxy.mesh.Endpoint;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Chooses endpoints for one cluster on one event loop. */
public interface LoadBalancer {

    /** The hash of a request that has nothing to hash: chance takes its place. */
    long NO_HASH = 0;

    /** Puts another set of endpoints in force; what is known of addresses that stay is kept. */
    void endpoints(List<Endpoint> endpoints);

    /**
     * @param avoid an endpoint to leave out while there is another, or null: where the last attempt failed
     * @param hash what the request's route makes of it, or {@link #NO_HASH}; of no meaning where load decides
     * @return null when there is no endpoint at all, or all are left out
     */
    @Nullable
    Pick pick(@Nullable EndpointLoad avoid, long hash, long nowNanos);

    /** How many endpoints take no requests because they failed too often. */
    int leftOut();

    /** All endpoints in force, for those who want to look. */
    List<EndpointLoad> loads();
}
