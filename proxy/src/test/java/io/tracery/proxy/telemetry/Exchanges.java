package io.tracery.proxy.telemetry;

import io.tracery.proxy.exchange.Attempt;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.mesh.Cluster;
import io.tracery.proxy.mesh.Direction;
import io.tracery.proxy.mesh.Endpoint;
import io.tracery.proxy.mesh.UpstreamProtocol;
import io.tracery.proxy.mesh.Workload;
import io.tracery.proxy.route.ClusterSplit;
import io.tracery.proxy.route.RetryPolicy;
import io.tracery.proxy.route.Route;
import io.tracery.proxy.route.RouteMatch;
import io.tracery.tracing.context.TraceContext;
import io.tracery.tracing.span.Fate;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/** Exchanges as the data path would leave them. Times: begun at epoch second 1, loop time 500. */
final class Exchanges {

    static final long EPOCH = 1_000_000_000L;
    static final long START = 500;
    static final String CART_IDENTITY = "spiffe://tracery.local/ns/shop/sa/cart";
    static final Workload CART_V1 = new Workload("shop", "cart", "v1", CART_IDENTITY);
    static final Workload CART_V2 = new Workload("shop", "cart", "v2", CART_IDENTITY);
    static final Endpoint FIRST = new Endpoint(new InetSocketAddress("127.0.0.1", 21001), CART_V1, 1, "a");
    static final Endpoint SECOND = new Endpoint(new InetSocketAddress("127.0.0.1", 21002), CART_V2, 1, "a");
    static final Cluster CLUSTER = new Cluster(
            "outbound/cart.shop/80",
            "shop",
            "cart",
            List.of(FIRST, SECOND),
            Duration.ofSeconds(1),
            null,
            UpstreamProtocol.SAME_AS_DOWNSTREAM);
    static final TraceContext TRACE = new TraceContext(0x11, 0x22, 0x33, (byte) 3, "");

    private Exchanges() {}

    static Route route(String name) {
        return new Route(
                name, RouteMatch.ANY, ClusterSplit.to(CLUSTER.name()), Duration.ofSeconds(1), RetryPolicy.NONE);
    }

    /** An outbound GET that is routed and has a cluster, and nothing more. */
    static Exchange outbound(String route) {
        return outbound(Protocol.HTTP1, route);
    }

    static Exchange outbound(Protocol protocol, String route) {
        Exchange exchange = new Exchange(Direction.OUTBOUND, "outbound/cart.shop/80", protocol, EPOCH, START);
        exchange.request(protocol, "GET", "/items/7", "cart.shop:80", "http");
        exchange.trace(TRACE, 0x44);
        exchange.routed(route(route));
        exchange.cluster(CLUSTER);
        return exchange;
    }

    /** Lets an outbound exchange reach an endpoint over mutual TLS. */
    static Attempt attempt(Exchange exchange, Endpoint endpoint, long spanId, long atNanos) {
        Attempt attempt = exchange.nextAttempt(spanId, atNanos);
        attempt.picked(endpoint, 1.5, endpoint.equals(FIRST) ? SECOND : FIRST, 2.5);
        exchange.peer(endpoint.workload(), endpoint.workload().identity(), true);
        return attempt;
    }

    /** An outbound exchange served by {@code cart} v1. */
    static Exchange served(String route, long durationNanos) {
        Exchange exchange = outbound(route);
        Attempt attempt = attempt(exchange, FIRST, TRACE.spanId(), START + 10);
        attempt.connected(START + 20, false);
        attempt.firstByte(START + 30);
        exchange.status(200);
        exchange.received(5);
        exchange.sent(7);
        attempt.ended(START + durationNanos, Fate.SERVED, 200);
        exchange.end(Fate.SERVED, START + durationNanos);
        return exchange;
    }

    static Exchange served() {
        return served("shop/cart/0", 2_000_000);
    }
}
