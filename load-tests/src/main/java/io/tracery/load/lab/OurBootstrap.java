package io.tracery.load.lab;

import java.util.List;
import java.util.stream.Collectors;

/** The bootstrap of our proxy for the lab: one outbound HTTP listener over static endpoints, with Kafka behind it. */
final class OurBootstrap {

    private OurBootstrap() {}

    static String outbound(int listenPort, int adminPort, List<Integer> backendPorts, String kafka) {
        String endpoints = backendPorts.stream()
                .map(port ->
                        "            - {endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}}\n"
                                .formatted(port))
                .collect(Collectors.joining());
        return """
                node:
                  id: sidecar~lab/tracery
                  cluster: lab
                  metadata:
                    tracery: {namespace: lab, workload: lab, version: v1, event_loops: 1, telemetry: {kafka: "%s"}}
                admin: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}
                static_resources:
                  listeners:
                    - name: outbound/servers.lab/80
                      traffic_direction: OUTBOUND
                      address: {socket_address: {address: 127.0.0.1, port_value: %d}}
                      filter_chains:
                        - filters:
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
                  clusters:
                    - name: servers
                      type: STATIC
                      connect_timeout: 1s
                      lb_policy: LEAST_REQUEST
                      metadata: {filter_metadata: {io.tracery: {namespace: lab, service: servers}}}
                      load_assignment:
                        cluster_name: servers
                        endpoints:
                        - lb_endpoints:
                %s""".formatted(kafka, adminPort, listenPort, endpoints);
    }
}
