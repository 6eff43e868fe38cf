package io.tracery.load.lab.peer;

import java.util.List;

/** The bootstraps of our proxy for the lab: static resources, or a sidecar that has everything from the control plane. */
// Texts of several lines read better by themselves.
@SuppressWarnings("InlineFormatString")
final class OurBootstrap {

    private static final String LISTENER = """
            static_resources:
              listeners:
                - name: outbound/servers.lab/80
                  traffic_direction: OUTBOUND
                  address: {socket_address: {address: 127.0.0.1, port_value: %d}}
                  filter_chains:
                    - filters:
            """;

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

    private static final String CLUSTER = """
              clusters:
                - name: servers
                  type: STATIC
                  connect_timeout: 5s
                  lb_policy: LEAST_REQUEST
                  metadata: {filter_metadata: {io.tracery: {namespace: lab, service: servers}}}
            %s      load_assignment:
                    cluster_name: servers
                    endpoints:
                      - lb_endpoints:
            """;

    private static final String HTTP2_UPSTREAM = """
                  typed_extension_protocol_options:
                    envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                      "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                      explicit_http_config: {http2_protocol_options: {}}
            """;

    private OurBootstrap() {}

    /** One outbound listener over static endpoints. */
    static String outbound(Site site, String telemetry) {
        String filter = (site.shape() == Shape.TCP ? TCP : HTTP).indent(12);
        String upstream = site.shape() == Shape.HTTP2 ? HTTP2_UPSTREAM : "";
        return node("tracery", "lab", site.adminPort(0), telemetry, "")
                + LISTENER.formatted(site.listenPort())
                + filter
                + CLUSTER.formatted(upstream)
                + endpoints(site.backendPorts());
    }

    /** A sidecar of the mesh of {@link MeshYaml}: identity, listeners and endpoints come from the control plane. */
    static String sidecar(Site site, String name, int adminPort, String telemetry) {
        Site.Identity id = site.identity();
        String identity = """
                    identity:
                      trust_domain: %1$s
                      service_account: %2$s
                      ca_address: 127.0.0.1:%3$d
                      token_file: %4$s/lab.%2$s.jwt
                      trust_anchor_file: %5$s
                """.formatted(Site.TRUST_DOMAIN, name, id.controlPlanePort(), id.tokens(), id.root())
                .indent(2);
        return node(name, name, adminPort, telemetry, identity) + """
                dynamic_resources:
                  ads_config: {api_type: DELTA_GRPC, transport_api_version: V3, grpc_services: [{envoy_grpc: {cluster_name: xds}}]}
                static_resources:
                  clusters:
                    - name: xds
                      load_assignment:
                        cluster_name: xds
                        endpoints:
                          - lb_endpoints:
                              - endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}
                      transport_socket:
                        name: envoy.transport_sockets.tls
                        typed_config:
                          "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
                          common_tls_context: {validation_context: {trusted_ca: {filename: "%s"}}}
                """.formatted(id.controlPlanePort(), id.root());
    }

    private static String node(String name, String workload, int adminPort, String telemetry, String identity) {
        return """
                node:
                  id: sidecar~lab/%s
                  cluster: %s
                  metadata:
                    tracery:
                      namespace: lab
                      workload: %s
                      version: v1
                      event_loops: 1
                %s%sadmin: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}
                """.formatted(name, workload, workload, telemetry, identity, adminPort);
    }

    private static String endpoints(List<Integer> ports) {
        return EnvoyConfig.endpoints(ports);
    }
}
