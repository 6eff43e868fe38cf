package io.tracery.load.lab.peer;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Envoy's bootstraps for the lab. Limits that would stop it before its core does are lifted; the rest is as Envoy has it.
 * Ours reads the same language: {@link OurBootstrap}.
 */
// Texts of several lines read better by themselves.
@SuppressWarnings("InlineFormatString")
final class EnvoyConfig {

    private static final String HTTP = """
                        - name: envoy.filters.network.http_connection_manager
                          typed_config:
                            "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                            stat_prefix: lab
                            codec_type: AUTO
                            route_config:
                              name: lab
                              virtual_hosts:
                                - name: all
                                  domains: ["*"]
                                  routes: [{name: default, match: {prefix: "/"}, route: {cluster: servers, timeout: 0s}}]
                            http_filters:
                              - name: envoy.filters.http.router
                                typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
            """;

    private static final String TCP = """
                        - name: envoy.filters.network.tcp_proxy
                          typed_config:
                            "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy
                            stat_prefix: lab
                            cluster: servers
            """;

    private static final String HTTP2_UPSTREAM = """
                  typed_extension_protocol_options:
                    envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                      "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                      explicit_http_config: {http2_protocol_options: {}}
            """;

    private static final String TLS = """
            %1$stransport_socket:
            %1$s  name: envoy.transport_sockets.tls
            %1$s  typed_config:
            %1$s    "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.%2$s
            %1$s    %3$s
            %1$s    common_tls_context:
            %1$s      tls_params: {tls_minimum_protocol_version: TLSv1_3, tls_maximum_protocol_version: TLSv1_3}
            %1$s      tls_certificates: [{certificate_chain: {filename: "%4$s"}, private_key: {filename: "%5$s"}}]
            %1$s      validation_context: {trusted_ca: {filename: "%6$s"}}
            """;

    private EnvoyConfig() {}

    static String plain(Site site) {
        return bootstrap(site.listenPort(), HTTP, "", site.backendPorts(), "");
    }

    static String http2(Site site) {
        return bootstrap(site.listenPort(), HTTP, "", site.backendPorts(), HTTP2_UPSTREAM);
    }

    static String tcp(Site site) {
        return bootstrap(site.listenPort(), TCP, "", site.backendPorts(), "");
    }

    static String inner(Site site) {
        String tls = tls(site, "          ", "DownstreamTlsContext", "require_client_certificate: true");
        return bootstrap(site.innerPort(), HTTP, tls, site.backendPorts().subList(0, 1), "");
    }

    static String outer(Site site) {
        String tls = tls(site, "      ", "UpstreamTlsContext", "sni: server.lab");
        return bootstrap(site.listenPort(), HTTP, "", List.of(site.innerPort()), tls);
    }

    private static String tls(Site site, String indent, String context, String first) {
        Site.Identity id = site.identity();
        return TLS.formatted(indent, context, first, id.certificate(), id.key(), id.root());
    }

    private static String bootstrap(
            int port, String filter, String chainTls, List<Integer> servers, String clusterExtra) {
        return """
                static_resources:
                  listeners:
                    - name: lab
                      address: {socket_address: {address: 127.0.0.1, port_value: %d}}
                      filter_chains:
                        - filters:
                %s%s  clusters:
                    - name: servers
                      type: STATIC
                      connect_timeout: 5s
                      lb_policy: ROUND_ROBIN
                      circuit_breakers: {thresholds: [{max_connections: 100000, max_pending_requests: 100000, max_requests: 100000}]}
                %s      load_assignment:
                        cluster_name: servers
                        endpoints:
                          - lb_endpoints:
                %s""".formatted(port, filter.indent(2), chainTls, clusterExtra, endpoints(servers));
    }

    /** The lines of a load assignment. */
    static String endpoints(List<Integer> ports) {
        return ports.stream()
                .map(
                        "              - {endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}}\n"
                                ::formatted)
                .collect(Collectors.joining());
    }
}
