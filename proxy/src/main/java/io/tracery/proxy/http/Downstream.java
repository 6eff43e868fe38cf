package io.tracery.proxy.http;

import io.tracery.proxy.balance.LoadBalancer;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Protocol;
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
 * @param detected how it was found out what it speaks; empty where that is declared, or nobody has spoken yet
 */
public record Downstream(
        LoopState loop, Listener listener, Workload peer, boolean mutualTls, long source, String detected) {

    public Downstream(LoopState loop, Listener listener, Workload peer, boolean mutualTls, long source) {
        this(loop, listener, peer, mutualTls, source, /* detected= */ "");
    }

    /** The same connection, of which it is known by now what it speaks. */
    public Downstream detectedBy(String how) {
        return new Downstream(loop, listener, peer, mutualTls, source, how);
    }

    /** An exchange of it that begins now. */
    public Exchange exchange(Protocol protocol) {
        Exchange exchange = new Exchange(
                listener.direction(),
                listener.name(),
                protocol,
                loop.ticker().epochNanos(),
                loop.ticker().nanos());
        exchange.detected(detected);
        return exchange;
    }
}
