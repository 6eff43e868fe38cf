package io.tracery.load.benchmark;

import io.tracery.proxy.mesh.Cluster;
import io.tracery.proxy.mesh.Direction;
import io.tracery.proxy.mesh.DownstreamTls;
import io.tracery.proxy.mesh.Endpoint;
import io.tracery.proxy.mesh.Listener;
import io.tracery.proxy.mesh.UpstreamProtocol;
import io.tracery.proxy.mesh.Workload;
import io.tracery.proxy.route.ClusterSplit;
import io.tracery.proxy.route.RetryPolicy;
import io.tracery.proxy.route.Route;
import io.tracery.proxy.route.RouteMatch;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;

/** The service that benchmarks call: its endpoints, the way there, and the listener of its callers. */
final class Cart {

    static final String NAME = "outbound/cart.shop/80";
    static final String IDENTITY = "spiffe://tracery.local/ns/shop/sa/cart";

    private Cart() {}

    /** @param identity empty where it is reached in plain text */
    static Endpoint endpoint(int port, String identity) {
        return new Endpoint(
                new InetSocketAddress("127.0.0.1", port), new Workload("shop", "cart", "v1", identity), 1, "");
    }

    static Cluster cluster(Endpoint... endpoints) {
        return cluster(NAME, endpoints);
    }

    static Cluster cluster(String name, Endpoint... endpoints) {
        return new Cluster(
                name,
                "shop",
                "cart",
                Arrays.asList(endpoints),
                Duration.ofSeconds(1),
                null,
                UpstreamProtocol.SAME_AS_DOWNSTREAM);
    }

    static Route route(String name) {
        return route(name, NAME);
    }

    static Route route(String name, String cluster) {
        return new Route(name, RouteMatch.ANY, ClusterSplit.to(cluster), Duration.ZERO, RetryPolicy.NONE);
    }

    static Listener listener(Listener.Handler handler) {
        return new Listener(
                NAME, Direction.OUTBOUND, new InetSocketAddress("127.0.0.1", 0), DownstreamTls.NONE, handler);
    }
}
