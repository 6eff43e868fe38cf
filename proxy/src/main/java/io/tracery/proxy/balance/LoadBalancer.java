package io.tracery.proxy.balance;

import io.tracery.proxy.mesh.Endpoint;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Chooses endpoints for one cluster on one event loop. */
public interface LoadBalancer {

    /** Puts another set of endpoints in force; what is known of addresses that stay is kept. */
    void endpoints(List<Endpoint> endpoints);

    /**
     * @param avoid an endpoint to leave out while there is another, or null: where the last attempt failed
     * @return null when there is no endpoint at all
     */
    @Nullable
    Pick pick(@Nullable EndpointLoad avoid, long nowNanos);

    /** All endpoints in force, for those who want to look. */
    List<EndpointLoad> loads();
}
