package io.tracery.proxy.data;

import io.tracery.proxy.mesh.Cluster;
import io.tracery.proxy.mesh.Direction;
import io.tracery.proxy.mesh.DownstreamTls;
import io.tracery.proxy.mesh.Endpoint;
import io.tracery.proxy.mesh.Listener;
import io.tracery.proxy.mesh.UpstreamProtocol;
import io.tracery.proxy.mesh.UpstreamTls;
import io.tracery.proxy.mesh.Workload;
import io.tracery.proxy.route.ClusterSplit;
import io.tracery.proxy.route.RetryPolicy;
import io.tracery.proxy.route.RetryPolicy.Condition;
import io.tracery.proxy.route.Route;
import io.tracery.proxy.route.RouteMatch;
import io.tracery.proxy.route.RouteTable;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Short words for the configuration that tests need. */
final class Mesh {

    static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

    private Mesh() {}

    static Listener outbound(Route... routes) {
        return http("outbound/cart.shop/80", Direction.OUTBOUND, DownstreamTls.NONE, routes);
    }

    static Listener inbound(DownstreamTls tls, Route... routes) {
        return http("inbound/80", Direction.INBOUND, tls, routes);
    }

    static Listener http(String name, Direction direction, DownstreamTls tls, Route... routes) {
        return new Listener(
                name, direction, ANY_PORT, tls, new Listener.Handler.Http(new RouteTable(name, List.of(routes))));
    }

    static Listener tcp(Direction direction, DownstreamTls tls, String cluster) {
        return new Listener(
                direction.label() + "/kv.shop/6379",
                direction,
                ANY_PORT,
                tls,
                new Listener.Handler.Tcp(ClusterSplit.to(cluster)));
    }

    static Listener auto(Direction direction, DownstreamTls tls, Duration greeting, String cluster) {
        String name = direction.label() + "/kv.shop/6379";
        RouteTable routes = new RouteTable(name, List.of(route(cluster)));
        return new Listener(
                name, direction, ANY_PORT, tls, new Listener.Handler.Auto(routes, ClusterSplit.to(cluster), greeting));
    }

    static Route route(String cluster) {
        return route(cluster, Duration.ZERO, RetryPolicy.NONE);
    }

    static Route route(String cluster, Duration timeout, RetryPolicy retry) {
        return new Route("shop/cart/0", RouteMatch.ANY, ClusterSplit.to(cluster), timeout, retry);
    }

    static Route at(String prefix, String cluster) {
        return at(prefix, cluster, Duration.ZERO);
    }

    static Route at(String prefix, String cluster, Duration timeout) {
        RouteMatch match = new RouteMatch(new RouteMatch.Path.Prefix(prefix), "", List.of());
        return new Route("shop/" + cluster + "/0", match, ClusterSplit.to(cluster), timeout, RetryPolicy.NONE);
    }

    static RetryPolicy retry(int times, Condition... on) {
        return new RetryPolicy(times, Set.of(on), Set.of(503), Duration.ZERO);
    }

    static Cluster cluster(String name, InetSocketAddress... addresses) {
        return new Cluster(
                name,
                "shop",
                name,
                endpoints(name, addresses),
                CONNECT_TIMEOUT,
                null,
                UpstreamProtocol.SAME_AS_DOWNSTREAM);
    }

    static Cluster cluster(String name, UpstreamProtocol protocol, InetSocketAddress... addresses) {
        return new Cluster(name, "shop", name, endpoints(name, addresses), CONNECT_TIMEOUT, null, protocol);
    }

    static Cluster secured(String name, String identity, InetSocketAddress... addresses) {
        return new Cluster(
                name,
                "shop",
                name,
                endpoints(name, addresses),
                CONNECT_TIMEOUT,
                new UpstreamTls(Set.of(identity)),
                UpstreamProtocol.BETWEEN_SIDECARS);
    }

    private static List<Endpoint> endpoints(String workload, InetSocketAddress... addresses) {
        List<Endpoint> endpoints = new ArrayList<>();
        for (InetSocketAddress address : addresses) {
            endpoints.add(new Endpoint(address, new Workload("shop", workload, "v1", ""), 1, ""));
        }
        return endpoints;
    }
}
