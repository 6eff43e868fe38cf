package io.tracery.proxy.upstream;

import io.tracery.proxy.balance.EndpointLoad;
import io.tracery.proxy.balance.LoadBalancer;
import io.tracery.proxy.balance.RetryBudget;
import io.tracery.proxy.mesh.Cluster;
import io.tracery.proxy.mesh.Endpoint;
import io.tracery.proxy.mesh.Workload;
import io.tracery.tracing.span.Fate;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/** What one event loop keeps of one cluster while configuration comes and goes: loads, retry budget, connections. */
public final class ClusterState {

    private final Connector connector;
    private final Limits limits;
    private final Function<Cluster, LoadBalancer> balancers;
    private final RetryBudget budget;
    private final Occupancy occupancy;
    private final BodySizes bodies = new BodySizes();
    private final Map<InetSocketAddress, Http1Pool> http1 = new HashMap<>();
    private final Map<InetSocketAddress, Http2Pool> http2 = new HashMap<>();
    private LoadBalancer balancer;
    private Cluster cluster;
    private Workload service;

    /** @param balancers makes the balancer that a cluster's policy asks for */
    public ClusterState(
            Cluster cluster,
            Connector connector,
            Limits limits,
            Function<Cluster, LoadBalancer> balancers,
            RetryBudget budget) {
        this.cluster = cluster;
        this.service = serviceOf(cluster);
        this.occupancy =
                new Occupancy(cluster.name(), cluster.policy().limits(), this::closeOneIdle, connector.nanoTime());
        this.connector = connector.within(occupancy);
        this.limits = limits;
        this.balancers = balancers;
        this.balancer = balancers.apply(cluster);
        this.budget = budget;
        balancer.endpoints(cluster.endpoints());
    }

    /** Takes over a newer version of the cluster; connections to endpoints that stay are kept if they are still right. */
    public void update(Cluster newer) {
        if (newer.equals(cluster)) {
            cluster = newer;
            return;
        }
        Set<InetSocketAddress> stay = reachedAsBefore(cluster, newer);
        if (!newer.policy().equals(cluster.policy())) {
            // What was known of the endpoints goes: their costs were by other rules.
            balancer = balancers.apply(newer);
            occupancy.limits(newer.policy().limits(), connector.nanoTime());
        }
        cluster = newer;
        service = serviceOf(newer);
        balancer.endpoints(newer.endpoints());
        retireAllBut(http1, stay);
        retireAllBut(http2, stay);
    }

    /** Where a connection that was made by the older version is one that the newer would make. */
    private static Set<InetSocketAddress> reachedAsBefore(Cluster older, Cluster newer) {
        Set<InetSocketAddress> stay = new HashSet<>();
        if (newer.connectTimeout().equals(older.connectTimeout())) {
            Map<InetSocketAddress, Endpoint> before = new HashMap<>();
            older.endpoints().forEach(endpoint -> before.put(endpoint.address(), endpoint));
            for (Endpoint endpoint : newer.endpoints()) {
                Endpoint same = before.get(endpoint.address());
                if (same != null && Objects.equals(older.tls(same), newer.tls(endpoint))) {
                    stay.add(endpoint.address());
                }
            }
        }
        return stay;
    }

    /** Closes connections that were not used for too long; called about once a second. */
    public void sweep(long nowNanos) {
        http1.values().forEach(pool -> pool.sweep(nowNanos));
        http2.values().forEach(pool -> pool.sweep(nowNanos));
    }

    /** Closes what nobody holds. */
    public void retire() {
        retireAllBut(http1, Set.of());
        retireAllBut(http2, Set.of());
    }

    private static void retireAllBut(
            Map<InetSocketAddress, ? extends UpstreamPool> pools, Set<InetSocketAddress> stay) {
        pools.entrySet().removeIf(entry -> {
            boolean goes = !stay.contains(entry.getKey());
            if (goes) {
                entry.getValue().retire();
            }
            return goes;
        });
    }

    private boolean closeOneIdle() {
        for (Http1Pool pool : http1.values()) {
            if (pool.closeOneIdle()) {
                return true;
            }
        }
        return false;
    }

    /** Pooled connections to one endpoint, those in use included. */
    public int connections(EndpointLoad load) {
        InetSocketAddress address = load.endpoint().address();
        Http1Pool one = http1.get(address);
        Http2Pool two = http2.get(address);
        return (one == null ? 0 : one.open()) + (two == null ? 0 : two.open());
    }

    /** How much of what the cluster may hold is taken. */
    public Occupancy occupancy() {
        return occupancy;
    }

    public BodySizes bodies() {
        return bodies;
    }

    /** Why the balancer chose nobody. */
    public UpstreamFailure nobodyToAsk() {
        return balancer.leftOut() > 0
                ? new UpstreamFailure(
                        Fate.BREAKER_OPEN, cluster.name() + ": all are left out because they failed too often")
                : new UpstreamFailure(Fate.NO_ENDPOINT, cluster.name() + " has no endpoint");
    }

    public Cluster cluster() {
        return cluster;
    }

    /** With whom an exchange is until an endpoint is reached: the service itself. */
    public Workload service() {
        return service;
    }

    private static Workload serviceOf(Cluster cluster) {
        return new Workload(cluster.namespace(), cluster.service(), "", "");
    }

    public LoadBalancer balancer() {
        return balancer;
    }

    public RetryBudget budget() {
        return budget;
    }

    public Connector connector() {
        return connector;
    }

    public UpstreamPool http1(EndpointLoad load) {
        Endpoint endpoint = load.endpoint();
        Http1Pool pool = http1.get(endpoint.address());
        if (pool == null) {
            pool = new Http1Pool(connector, cluster, endpoint, limits);
            http1.put(endpoint.address(), pool);
        }
        return pool;
    }

    public UpstreamPool http2(EndpointLoad load) {
        Endpoint endpoint = load.endpoint();
        Http2Pool pool = http2.get(endpoint.address());
        if (pool == null) {
            pool = new Http2Pool(connector, cluster, endpoint, limits);
            http2.put(endpoint.address(), pool);
        }
        return pool;
    }
}
