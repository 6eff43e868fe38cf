package io.tracery.controlplane.xds;

import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteAction.HashPolicy;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.tracery.controlplane.model.BackendPolicy.HashOn;
import io.tracery.controlplane.model.MeshModel;
import io.tracery.controlplane.model.Name;
import io.tracery.controlplane.model.Service;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What backends' policies hash, on the routes and TCP filters that lead there: in xDS it is those that say so. */
final class HashResources {

    private static final String OUTBOUND = "outbound/";

    private HashResources() {}

    static void addTo(VirtualHost.Builder host, MeshModel model) {
        for (Route.Builder route : host.getRoutesBuilderList()) {
            if (route.hasRoute()) {
                addTo(route.getRouteBuilder(), model);
            }
        }
    }

    /** Of a connection of opaque bytes only its client's address can be hashed. */
    static TcpProxy.Builder addTo(TcpProxy.Builder tcp, MeshModel model) {
        Stream<String> clusters = tcp.hasWeightedClusters()
                ? tcp.getWeightedClusters().getClustersList().stream()
                        .map(TcpProxy.WeightedCluster.ClusterWeight::getName)
                : Stream.of(tcp.getCluster());
        if (clusters.anyMatch(cluster -> hashOn(cluster, model).contains(new HashOn.SourceAddress()))) {
            tcp.addHashPolicy(io.envoyproxy.envoy.type.v3.HashPolicy.newBuilder()
                    .setSourceIp(io.envoyproxy.envoy.type.v3.HashPolicy.SourceIp.getDefaultInstance()));
        }
        return tcp;
    }

    private static void addTo(RouteAction.Builder action, MeshModel model) {
        Set<HashOn> all = new LinkedHashSet<>();
        for (String cluster : clusters(action)) {
            all.addAll(hashOn(cluster, model));
        }
        int left = all.size();
        for (HashOn one : all) {
            left--;
            action.addHashPolicy(policy(one).setTerminal(left > 0));
        }
    }

    private static List<String> clusters(RouteAction.Builder action) {
        List<String> names = new ArrayList<>();
        if (action.hasWeightedClusters()) {
            for (WeightedCluster.ClusterWeight share :
                    action.getWeightedClusters().getClustersList()) {
                names.add(share.getName());
            }
        } else {
            names.add(action.getCluster());
        }
        return names;
    }

    /** A cluster's name is {@code outbound/<service>.<namespace>/<port>}. */
    private static List<HashOn> hashOn(String cluster, MeshModel model) {
        int dot = cluster.lastIndexOf('.');
        int slash = cluster.lastIndexOf('/');
        if (!cluster.startsWith(OUTBOUND) || dot < 0 || slash < dot) {
            return List.of();
        }
        Name name = new Name(cluster.substring(dot + 1, slash), cluster.substring(OUTBOUND.length(), dot));
        Service service = model.services().get(name);
        Service.Port port = service == null ? null : service.port(Integer.parseInt(cluster.substring(slash + 1)));
        return port == null
                ? List.of()
                : model.backendSettings(name, port).balancer().hashOn();
    }

    private static HashPolicy.Builder policy(HashOn one) {
        HashPolicy.Builder policy = HashPolicy.newBuilder();
        switch (one) {
            case HashOn.Header header ->
                policy.setHeader(HashPolicy.Header.newBuilder().setHeaderName(header.name()));
            case HashOn.Cookie cookie -> {
                HashPolicy.Cookie.Builder built =
                        HashPolicy.Cookie.newBuilder().setName(cookie.name()).setPath(cookie.path());
                Duration ttl = cookie.ttl();
                if (ttl != null) {
                    built.setTtl(RouteResources.duration(ttl));
                }
                policy.setCookie(built);
            }
            case HashOn.SourceAddress ignored ->
                policy.setConnectionProperties(
                        HashPolicy.ConnectionProperties.newBuilder().setSourceIp(true));
        }
        return policy;
    }
}
