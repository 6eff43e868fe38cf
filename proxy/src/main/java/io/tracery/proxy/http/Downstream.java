package io.tracery.proxy.http;

import io.tracery.proxy.balance.LoadBalancer;
import io.tracery.proxy.loop.LoopState;
import io.tracery.proxy.mesh.Listener;
import io.tracery.proxy.mesh.Workload;

/**
 * What all requests of one client connection have in common.
 *
 * @param loop the connection's event loop, which has each request's configuration too
 * @param listener as it was when the connection was accepted
 * @param peer who connected, as far as a certificate says
 * @param mutualTls whether it said so by certificate
 * @param source hash of the address that it connected from, {@link LoadBalancer#NO_HASH} where that means nothing
 */
public record Downstream(LoopState loop, Listener listener, Workload peer, boolean mutualTls, long source) {

    /** Behind the listener is one endpoint, so that nothing depends on whom it connected from. */
    public Downstream(LoopState loop, Listener listener, Workload peer, boolean mutualTls) {
        this(loop, listener, peer, mutualTls, LoadBalancer.NO_HASH);
    }
}
