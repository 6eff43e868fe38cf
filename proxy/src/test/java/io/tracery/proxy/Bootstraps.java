package io.tracery.proxy;

import io.tracery.proxy.identity.TestAuthority;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Bootstraps with static resources, as a person would write them. */
final class Bootstraps {

    private Bootstraps() {}

    /** The receiver's: mutual TLS in, plain text to the application beside it. */
    static String inbound(TestAuthority authority, int applicationPort) {
        return head("cart", authority) + """
                static_resources:
                  listeners:
                    - name: inbound/0
                      traffic_direction: INBOUND
                      address: {socket_address: {address: 127.0.0.1, port_value: 0}}
                      filter_chains:
                        - transport_socket:
                            name: tls
                            typed_config:
                              "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
                              require_client_certificate: true
                          filters: [%s]
                  clusters:
                    - name: inbound/app
                      type: STATIC
                      connect_timeout: 1s
                      load_assignment:
                        cluster_name: inbound/app
                        endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}}]}]
                """.formatted(http("inbound/app"), applicationPort);
    }

    /** The sender's: plain text in, mutual TLS to a peer that must be this one. */
    static String outbound(TestAuthority authority, int peerPort, String peerIdentity) {
        return head("front", authority) + """
                static_resources:
                  listeners:
                    - name: outbound/cart.shop/80
                      traffic_direction: OUTBOUND
                      address: {socket_address: {address: 127.0.0.1, port_value: 0}}
                      filter_chains: [{filters: [%s]}]
                  clusters:
                    - name: outbound/cart.shop/80
                      type: STATIC
                      connect_timeout: 5s
                      transport_socket:
                        name: tls
                        typed_config:
                          "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
                          common_tls_context:
                            combined_validation_context:
                              default_validation_context:
                                match_typed_subject_alt_names: [{san_type: URI, matcher: {exact: "%s"}}]
                      load_assignment:
                        cluster_name: outbound/cart.shop/80
                        endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}}]}]
                """.formatted(http("outbound/cart.shop/80"), peerIdentity, peerPort);
    }

    /** Plain text on both sides, of a protocol that nobody has declared. */
    static String undeclared(TestAuthority authority, int peerPort) {
        return head("front", authority) + """
                static_resources:
                  listeners:
                    - name: outbound/cart.shop/80
                      traffic_direction: OUTBOUND
                      address: {socket_address: {address: 127.0.0.1, port_value: 0}}
                      listener_filters:
                        - name: http_inspector
                          typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.listener.http_inspector.v3.HttpInspector}
                      listener_filters_timeout: 0.2s
                      continue_on_listener_filters_timeout: true
                      filter_chains:
                        - filter_chain_match: {application_protocols: [http/1.0, http/1.1, h2c]}
                          filters: [%s]
                        - filters:
                            - name: tcp
                              typed_config:
                                "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy
                                stat_prefix: x
                                cluster: outbound/cart.shop/80
                  clusters:
                    - name: outbound/cart.shop/80
                      type: STATIC
                      connect_timeout: 5s
                      load_assignment:
                        cluster_name: outbound/cart.shop/80
                        endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}}]}]
                """.formatted(http("outbound/cart.shop/80"), peerPort);
    }

    /** One sidecar's two sides in plain text: in to the application beside it, out to a peer. */
    static String bothWays(TestAuthority authority, int applicationPort, int peerPort) {
        return head("cart", authority)
                + """
                static_resources:
                  listeners:
                    - name: inbound/0
                      traffic_direction: INBOUND
                      address: {socket_address: {address: 127.0.0.1, port_value: 0}}
                      filter_chains: [{filters: [%s]}]
                    - name: outbound/stock.shop/80
                      traffic_direction: OUTBOUND
                      address: {socket_address: {address: 127.0.0.1, port_value: 0}}
                      filter_chains: [{filters: [%s]}]
                  clusters:
                    - name: inbound/app
                      type: STATIC
                      connect_timeout: 5s
                      load_assignment:
                        cluster_name: inbound/app
                        endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}}]}]
                    - name: outbound/stock.shop/80
                      type: STATIC
                      connect_timeout: 5s
                      load_assignment:
                        cluster_name: outbound/stock.shop/80
                        endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}}]}]
                """.formatted(http("inbound/app"), http("outbound/stock.shop/80"), applicationPort, peerPort);
    }

    /** Plain text to endpoints that take turns; one that answers with an error is left out. */
    static String balanced(int... ports) {
        String endpoints = Arrays.stream(ports)
                .mapToObj("{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}}"::formatted)
                .collect(Collectors.joining(", "));
        return """
                node: {id: sidecar~shop/front-1, cluster: front, metadata: {tracery: {
                  namespace: shop, workload: front, version: v1, drain_timeout: 1s}}}
                admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}
                static_resources:
                  listeners:
                    - name: outbound/cart.shop/80
                      traffic_direction: OUTBOUND
                      address: {socket_address: {address: 127.0.0.1, port_value: 0}}
                      filter_chains: [{filters: [%s]}]
                  clusters:
                    - name: outbound/cart.shop/80
                      type: STATIC
                      connect_timeout: 5s
                      lb_policy: ROUND_ROBIN
                      round_robin_lb_config: {}
                      outlier_detection: {consecutive_5xx: 1, base_ejection_time: 300s, max_ejection_percent: 50}
                      load_assignment: {cluster_name: outbound/cart.shop/80, endpoints: [{lb_endpoints: [%s]}]}
                """.formatted(http("outbound/cart.shop/80").replace("timeout: 5s", "timeout: 60s"), endpoints);
    }

    private static String head(String workload, TestAuthority authority) {
        return """
                node:
                  id: sidecar~shop/%1$s-1
                  cluster: %1$s
                  metadata:
                    tracery:
                      namespace: shop
                      workload: %1$s
                      version: v1
                      identity:
                        trust_domain: tracery.local
                        service_account: %1$s
                        ca_address: 127.0.0.1:%2$d
                        token_file: %3$s
                        trust_anchor_file: %4$s
                      drain_timeout: 1s
                admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}
                """.formatted(workload, authority.port(), authority.tokenFile(), authority.rootFile());
    }

    private static String http(String cluster) {
        return """
                {name: http, typed_config: {
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager,
                  stat_prefix: x, codec_type: AUTO,
                  route_config: {name: x, virtual_hosts: [{name: all, domains: ["*"], routes: [
                    {name: default, match: {prefix: /}, route: {cluster: "%s", timeout: 5s}}]}]},
                  http_filters: [{name: router, typed_config: {
                    "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}]}}""".formatted(cluster).replaceAll("\\s*\\n\\s*", " ");
    }
}
