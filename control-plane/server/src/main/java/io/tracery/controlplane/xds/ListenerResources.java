package io.tracery.controlplane.xds;

import com.google.protobuf.Any;
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
import io.envoyproxy.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.tracery.controlplane.api.XdsNames;
import io.tracery.controlplane.model.AppProtocol;
import io.tracery.controlplane.model.Policies;
import io.tracery.controlplane.model.Sidecar;

/** A Sidecar's ports as listeners. */
final class ListenerResources {

    private ListenerResources() {}

    static Listener inbound(Sidecar.Inbound inbound) {
        String name = XdsNames.inbound(inbound.port());
        String cluster = XdsNames.inbound(inbound.forwardPort());
        Filter filter = inbound.protocol() == AppProtocol.TCP
                ? tcp(name, cluster)
                : http(HttpConnectionManager.newBuilder()
                        .setStatPrefix(name)
                        .setRouteConfig(
                                RouteResources.inbound(name, cluster, new Policies(inbound.rateLimit(), null))));
        Listener.Builder listener = Listener.newBuilder()
                .setName(name)
                .setTrafficDirection(TrafficDirection.INBOUND)
                .setAddress(Metadatas.address(inbound.bind(), inbound.port()));
        FilterChain.Builder encrypted =
                FilterChain.newBuilder().addFilters(filter).setTransportSocket(Tls.downstream());
        if (inbound.permissive()) {
            listener.addListenerFilters(ListenerFilter.newBuilder()
                            .setName("envoy.filters.listener.tls_inspector")
                            .setTypedConfig(Any.pack(TlsInspector.getDefaultInstance())))
                    .addFilterChains(encrypted.setFilterChainMatch(transport("tls")))
                    .addFilterChains(
                            FilterChain.newBuilder().addFilters(filter).setFilterChainMatch(transport("raw_buffer")));
        } else {
            listener.addFilterChains(encrypted);
        }
        return listener.build();
    }

    static Listener outbound(Sidecar.Outbound outbound, AppProtocol protocol) {
        String name = XdsNames.outbound(
                outbound.service().namespace(), outbound.service().name(), outbound.port());
        Filter filter = protocol == AppProtocol.TCP
                ? tcp(name, name)
                : http(HttpConnectionManager.newBuilder()
                        .setStatPrefix(name)
                        .setRds(Rds.newBuilder()
                                .setConfigSource(ClusterResources.ads())
                                .setRouteConfigName(name)));
        return Listener.newBuilder()
                .setName(name)
                .setTrafficDirection(TrafficDirection.OUTBOUND)
                .setAddress(Metadatas.address(outbound.bindHost(), outbound.bindPort()))
                .addFilterChains(FilterChain.newBuilder().addFilters(filter))
                .build();
    }

    private static FilterChainMatch transport(String protocol) {
        return FilterChainMatch.newBuilder().setTransportProtocol(protocol).build();
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

    private static Filter tcp(String name, String cluster) {
        return filter(
                "envoy.filters.network.tcp_proxy",
                TcpProxy.newBuilder().setStatPrefix(name).setCluster(cluster).build());
    }

    private static Filter filter(String name, Message config) {
        return Filter.newBuilder()
                .setName(name)
                .setTypedConfig(Any.pack(config))
                .build();
    }
}
