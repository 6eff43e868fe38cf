package io.tracery.proxy.xds;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;

/** Envoy's resources written as people read them. */
public final class Samples {

    static final String HTTP_MANAGER =
            "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
    static final String ROUTER = "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router";
    static final String UPSTREAM_TLS =
            "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext";
    static final String DOWNSTREAM_TLS =
            "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext";
    static final String TCP_PROXY = "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy";

    private static final YAMLMapper YAML = new YAMLMapper();

    private Samples() {}

    static Listener listener(String yaml) {
        return read(yaml, Listener.newBuilder()).build();
    }

    static RouteConfiguration routes(String yaml) {
        return read(yaml, RouteConfiguration.newBuilder()).build();
    }

    public static Cluster cluster(String yaml) {
        return read(yaml, Cluster.newBuilder()).build();
    }

    public static ClusterLoadAssignment endpoints(String yaml) {
        return read(yaml, ClusterLoadAssignment.newBuilder()).build();
    }

    /** An outbound listener whose routes come by RDS under its own name. */
    static Listener outbound(String name) {
        return listener("""
                name: %1$s
                address: {socket_address: {address: 127.0.0.1, port_value: 22031}}
                traffic_direction: OUTBOUND
                filter_chains:
                  - filters:
                      - name: http
                        typed_config:
                          "@type": %2$s
                          rds: {route_config_name: %1$s, config_source: {ads: {}, resource_api_version: V3}}
                          http_filters: [{name: router, typed_config: {"@type": %3$s}}]
                """.formatted(name, HTTP_MANAGER, ROUTER));
    }

    /** One default route to a cluster. */
    static RouteConfiguration routesTo(String name, String cluster) {
        return routes("""
                name: %s
                virtual_hosts:
                  - {name: all, domains: ["*"], routes: [{name: default, match: {prefix: /}, route: {cluster: %s, timeout: 0s}}]}
                """.formatted(name, cluster));
    }

    public static Cluster discovered(String name) {
        return cluster("""
                name: %s
                type: EDS
                eds_cluster_config: {eds_config: {ads: {}}}
                lb_policy: LEAST_REQUEST
                connect_timeout: 1s
                """.formatted(name));
    }

    static ClusterLoadAssignment endpointAt(String cluster, int port) {
        return endpoints("""
                cluster_name: %s
                endpoints:
                  - lb_endpoints:
                      - endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}
                """.formatted(cluster, port));
    }

    private static <B extends Message.Builder> B read(String yaml, B into) {
        try {
            XdsTypes.parser().merge(YAML.readTree(yaml).toString(), into);
            return into;
        } catch (JsonProcessingException | InvalidProtocolBufferException e) {
            throw new AssertionError(yaml, e);
        }
    }
}
