package io.tracery.controlplane.xds;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.core.v3.TrafficDirection;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilter;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.envoyproxy.envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.listener.http_inspector.v3.HttpInspector;
import io.envoyproxy.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.tracery.controlplane.api.XdsNames;
import io.tracery.controlplane.model.AppProtocol;
import io.tracery.controlplane.model.MeshModel;
import io.tracery.controlplane.model.Policies;
import io.tracery.controlplane.model.Route;
import io.tracery.controlplane.model.Sidecar;
import io.tracery.controlplane.model.TlsRoute;
import java.util.List;

/** A Sidecar's ports as listeners. */
final class ListenerResources {

    /** What Envoy's http_inspector calls what it finds. */
    private static final List<String> FOUND_HTTP = List.of("http/1.0", "http/1.1", "h2c");

    /**
     * How long a client may be silent before its server is asked whether it speaks first: longer than a near client
     * takes to begin, shorter than a person notices. Whoever begins later is still understood.
     */
    private static final Duration GREETING =
            Duration.newBuilder().setNanos(200_000_000).build();

    private ListenerResources() {}

    static Listener inbound(Sidecar.Inbound inbound) {
        String name = XdsNames.inbound(inbound.port());
        String cluster = XdsNames.inbound(inbound.forwardPort());
        HttpConnectionManager.Builder http = HttpConnectionManager.newBuilder()
                .setStatPrefix(name)
                .setRouteConfig(RouteResources.inbound(name, cluster, new Policies(inbound.rateLimit(), null)));
        Listener.Builder listener = Listener.newBuilder()
                .setName(name)
                .setTrafficDirection(TrafficDirection.INBOUND)
                .setAddress(Metadatas.address(inbound.bind(), inbound.port()));
        List<FilterChain.Builder> chains = chains(inbound.protocol(), http, tcp(to(name, cluster)));
        if (inbound.permissive()) {
            listener.addListenerFilters(
                    inspector("envoy.filters.listener.tls_inspector", TlsInspector.getDefaultInstance()));
        }
        for (FilterChain.Builder chain : chains) {
            FilterChain.Builder encrypted = chain.clone().setTransportSocket(Tls.downstream());
            if (inbound.permissive()) {
                encrypted.getFilterChainMatchBuilder().setTransportProtocol("tls");
                chain.getFilterChainMatchBuilder().setTransportProtocol("raw_buffer");
                listener.addFilterChains(encrypted).addFilterChains(chain);
            } else {
                listener.addFilterChains(encrypted);
            }
        }
        return detecting(inbound.protocol(), listener).build();
    }

    static Listener outbound(MeshModel model, Sidecar.Outbound outbound, AppProtocol protocol) {
        String name = XdsNames.outbound(
                outbound.service().namespace(), outbound.service().name(), outbound.port());
        HttpConnectionManager.Builder http = HttpConnectionManager.newBuilder()
                .setStatPrefix(name)
                .setRds(Rds.newBuilder().setConfigSource(ClusterResources.ads()).setRouteConfigName(name));
        Listener.Builder listener = Listener.newBuilder()
                .setName(name)
                .setTrafficDirection(TrafficDirection.OUTBOUND)
                .setAddress(Metadatas.address(outbound.bindHost(), outbound.bindPort()));
        if (protocol == AppProtocol.TLS) {
            return passing(listener, name, model, model.tlsRoutes(outbound.service(), outbound.port()))
                    .build();
        }
        chains(protocol, http, tcp(HashResources.addTo(to(name, name), model))).forEach(listener::addFilterChains);
        return detecting(protocol, listener).build();
    }

    /** TLS that stays closed: a chain for each route's names; without routes all of it goes to the service itself. */
    private static Listener.Builder passing(
            Listener.Builder listener, String name, MeshModel model, List<TlsRoute> routes) {
        listener.addListenerFilters(
                inspector("envoy.filters.listener.tls_inspector", TlsInspector.getDefaultInstance()));
        for (TlsRoute route : routes) {
            FilterChain.Builder chain = FilterChain.newBuilder()
                    .setName(route.name().toString())
                    .addFilters(tcp(HashResources.addTo(to(name, route.backends()), model)));
            if (!route.hostnames().isEmpty()) {
                chain.setFilterChainMatch(FilterChainMatch.newBuilder().addAllServerNames(route.hostnames()));
            }
            listener.addFilterChains(chain);
        }
        return routes.isEmpty()
                ? listener.addFilterChains(
                        FilterChain.newBuilder().addFilters(tcp(HashResources.addTo(to(name, name), model))))
                : listener;
    }

    /** Without TLS: one, or one for what is found to be HTTP and one for the rest. */
    private static List<FilterChain.Builder> chains(
            AppProtocol protocol, HttpConnectionManager.Builder http, Filter tcp) {
        return switch (protocol) {
            case HTTP, HTTP2 -> List.of(FilterChain.newBuilder().addFilters(http(http)));
            case TCP, TLS -> List.of(FilterChain.newBuilder().addFilters(tcp));
            case AUTO ->
                List.of(
                        FilterChain.newBuilder()
                                .addFilters(http(http))
                                .setFilterChainMatch(
                                        FilterChainMatch.newBuilder().addAllApplicationProtocols(FOUND_HTTP)),
                        FilterChain.newBuilder().addFilters(tcp));
        };
    }

    private static Listener.Builder detecting(AppProtocol protocol, Listener.Builder listener) {
        return protocol != AppProtocol.AUTO
                ? listener
                : listener.addListenerFilters(
                                inspector("envoy.filters.listener.http_inspector", HttpInspector.getDefaultInstance()))
                        .setListenerFiltersTimeout(GREETING)
                        .setContinueOnListenerFiltersTimeout(true);
    }

    private static ListenerFilter inspector(String name, Message config) {
        return ListenerFilter.newBuilder()
                .setName(name)
                .setTypedConfig(Any.pack(config))
                .build();
    }

    private static Filter http(HttpConnectionManager.Builder http) {
        return filter(
                "envoy.filters.network.http_connection_manager",
                http.setCodecType(HttpConnectionManager.CodecType.AUTO)
                        // Envoy refuses one without a name for its counters; without a bucket it limits nothing by
                        // itself.
                        .addHttpFilters(HttpFilter.newBuilder()
                                .setName(XdsNames.RATE_LIMIT_FILTER)
                                .setTypedConfig(Any.pack(LocalRateLimit.newBuilder()
                                        .setStatPrefix("rate_limit")
                                        .build())))
                        .addHttpFilters(HttpFilter.newBuilder()
                                .setName(XdsNames.FAULT_FILTER)
                                .setTypedConfig(Any.pack(HTTPFault.getDefaultInstance())))
                        .addHttpFilters(HttpFilter.newBuilder()
                                .setName("envoy.filters.http.router")
                                .setTypedConfig(Any.pack(Router.getDefaultInstance())))
                        .build());
    }

    private static Filter tcp(TcpProxy.Builder tcp) {
        return filter("envoy.filters.network.tcp_proxy", tcp.build());
    }

    private static TcpProxy.Builder to(String name, String cluster) {
        return TcpProxy.newBuilder().setStatPrefix(name).setCluster(cluster);
    }

    private static TcpProxy.Builder to(String name, List<Route.Backend> backends) {
        TcpProxy.WeightedCluster.Builder shares = TcpProxy.WeightedCluster.newBuilder();
        for (Route.Backend backend : backends) {
            // Envoy takes no share of nothing.
            if (backend.weight() > 0) {
                shares.addClusters(TcpProxy.WeightedCluster.ClusterWeight.newBuilder()
                        .setName(XdsNames.outbound(
                                backend.service().namespace(), backend.service().name(), backend.port()))
                        .setWeight(backend.weight()));
            }
        }
        return TcpProxy.newBuilder().setStatPrefix(name).setWeightedClusters(shares);
    }

    private static Filter filter(String name, Message config) {
        return Filter.newBuilder()
                .setName(name)
                .setTypedConfig(Any.pack(config))
                .build();
    }
}
