package io.tracery.load.benchmark;

import io.tracery.proxy.exchange.Attempt;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.mesh.Cluster;
import io.tracery.proxy.mesh.Direction;
import io.tracery.proxy.mesh.Endpoint;
import io.tracery.proxy.route.Route;
import io.tracery.tracing.context.TraceContext;
import io.tracery.tracing.span.Fate;
import java.util.SplittableRandom;

/** Requests to the cart, as the data path writes them down. */
final class Exchanges {

    private static final Endpoint ENDPOINT = Cart.endpoint(1, Cart.IDENTITY);
    private static final Cluster CLUSTER = Cart.cluster(ENDPOINT);

    private Exchanges() {}

    /** One that was sent on its way. */
    static Exchange begun(Route route, SplittableRandom random, long nanos) {
        Exchange exchange = new Exchange(Direction.OUTBOUND, Cart.NAME, Protocol.HTTP1, 1_000_000_000L, nanos);
        exchange.request(Protocol.HTTP1, "GET", "/items/7", "cart.shop", "http");
        exchange.trace(TraceContext.root(random), 0);
        exchange.routed(route);
        exchange.cluster(CLUSTER);
        return exchange;
    }

    /** The endpoint answers it at the first attempt. */
    static void answered(Exchange exchange, SplittableRandom random, long nanos) {
        Attempt attempt = exchange.nextAttempt(1, nanos + 1);
        attempt.picked(ENDPOINT, 1.0, null, 0);
        exchange.peer(ENDPOINT.workload(), ENDPOINT.workload().identity(), true);
        attempt.connected(nanos + 2, true);
        attempt.firstByte(nanos + 3);
        exchange.status(200);
        attempt.ended(nanos + 500_000L + random.nextInt(5_000_000), Fate.SERVED, 200);
        exchange.end(Fate.SERVED, attempt.endNanos());
    }
}
