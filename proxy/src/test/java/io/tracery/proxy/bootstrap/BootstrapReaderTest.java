package io.tracery.proxy.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracery.process.ConfigException;
import io.tracery.proxy.loop.Overload;
import io.tracery.proxy.mesh.MeshSnapshot;
import io.tracery.proxy.xds.InvalidResource;
import io.tracery.proxy.xds.XdsServer;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BootstrapReaderTest {

    static final String WHOLE = """
            node:
              id: sidecar~shop/cart-1
              cluster: cart
              locality: {region: r, zone: zone-a}
              metadata:
                tracery:
                  namespace: shop
                  workload: cart
                  version: v1
                  identity:
                    trust_domain: mesh.test
                    service_account: cart
                    ca_address: "127.0.0.1:15010"
                    token_file: /run/token.jwt
                    trust_anchor_file: /run/root.pem
                  telemetry: {kafka: "127.0.0.1:19092", spans_kib_per_second: 512, request_headers: [X-User, x-tenant]}
                  access_log: {path: /var/log/access.json, sample_percent: 10}
                  event_loops: 2
                  drain_timeout: 3s
            admin: {address: {socket_address: {address: 127.0.0.1, port_value: 23003}}}
            dynamic_resources:
              ads_config:
                api_type: DELTA_GRPC
                transport_api_version: V3
                grpc_services: [{envoy_grpc: {cluster_name: xds}}]
              lds_config: {ads: {}, resource_api_version: V3}
              cds_config: {ads: {}, resource_api_version: V3}
            static_resources:
              clusters:
                - name: xds
                  type: STATIC
                  load_assignment:
                    cluster_name: xds
                    endpoints:
                      - lb_endpoints:
                          - endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: 15010}}}
                  typed_extension_protocol_options:
                    envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                      "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                      explicit_http_config: {http2_protocol_options: {}}
                  transport_socket:
                    name: envoy.transport_sockets.tls
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
                      common_tls_context: {validation_context: {trusted_ca: {filename: /run/root.pem}}}
            """;

    static final String STATIC = """
            node: {id: lab, metadata: {tracery: {namespace: lab, workload: lab}}}
            admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}
            static_resources:
              listeners:
                - name: in
                  address: {socket_address: {address: 127.0.0.1, port_value: 10000}}
                  traffic_direction: INBOUND
                  filter_chains:
                    - filters:
                        - name: tcp
                          typed_config:
                            "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy
                            stat_prefix: in
                            cluster: app
              clusters:
                - name: app
                  connect_timeout: 1s
                  lb_policy: LEAST_REQUEST
                  load_assignment:
                    cluster_name: app
                    endpoints:
                      - lb_endpoints:
                          - endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: 8080}}}
            """;

    @Test
    void readsEveryField() {
        ProxyBootstrap read = BootstrapReader.read("b.yaml", WHOLE);
        assertThat(read.nodeId()).isEqualTo("sidecar~shop/cart-1");
        assertThat(read.nodeCluster()).isEqualTo("cart");
        assertThat(read.settings())
                .isEqualTo(new ProxyBootstrap.Settings(
                        "shop",
                        "cart",
                        "v1",
                        "zone-a",
                        new ProxyBootstrap.IdentitySettings(
                                "mesh.test",
                                "cart",
                                "127.0.0.1",
                                15010,
                                Path.of("/run/token.jwt"),
                                Path.of("/run/root.pem")),
                        "127.0.0.1:19092",
                        null,
                        512 * 1024,
                        List.of("x-user", "x-tenant"),
                        new ProxyBootstrap.AccessLogSettings("/var/log/access.json", 10),
                        2,
                        Duration.ofSeconds(3),
                        Overload.DEFAULT));
        assertThat(read.admin()).isEqualTo(new InetSocketAddress("127.0.0.1", 23003));
        assertThat(read.xds()).isEqualTo(new XdsServer("127.0.0.1", 15010, Path.of("/run/root.pem")));
        assertThat(read.resources().clusters()).isEmpty();
    }

    @Test
    void headersThatLetSomebodyInAreRecordedNowhere() {
        for (String name : List.of("Authorization", "cookie", "a b")) {
            String wrong = WHOLE.replace("X-User", name);
            assertThatThrownBy(() -> BootstrapReader.read("b.yaml", wrong))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("request_headers")
                    .hasMessageContaining(name.toLowerCase(Locale.ROOT));
        }
    }

    @Test
    void theProcesssBoundsAreReadAndMustBeInOrder() {
        String bounds =
                "      overload: {shed_kib: 4096, drop_kib: %d, max_connections: 50}\n      drain_timeout: 3s\n";
        String right = WHOLE.replace("      drain_timeout: 3s\n", bounds.formatted(8192));
        assertThat(BootstrapReader.read("b.yaml", right).settings().overload())
                .isEqualTo(new Overload(4096 * 1024, 8192 * 1024, 50));
        String wrong = WHOLE.replace("      drain_timeout: 3s\n", bounds.formatted(4096));
        assertThatThrownBy(() -> BootstrapReader.read("b.yaml", wrong))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("overload.drop_kib must be more than shed_kib, 4096, not 4096");
    }

    @Test
    void runsOnStaticResourcesAlone(@TempDir Path scratch) throws Exception {
        Path file = Files.writeString(scratch.resolve("b.yaml"), STATIC);
        ProxyBootstrap read = BootstrapReader.read(file);
        assertThat(read.xds()).isNull();
        assertThat(read.settings().identity()).isNull();
        assertThat(read.settings().kafka()).isNull();
        assertThat(read.settings().eventLoops()).isEqualTo(1);
        assertThat(read.settings().drainTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(snapshot(read).listeners()).containsOnlyKeys("in");
        assertThat(snapshot(read).clusters()).containsOnlyKeys("app");
    }

    private static MeshSnapshot snapshot(ProxyBootstrap bootstrap) throws InvalidResource {
        return bootstrap.resources().snapshot(1);
    }

    @Test
    void telemetryGoesToAnEndpointInsteadOfKafka() {
        ProxyBootstrap.Settings settings = BootstrapReader.read(
                        "b.yaml", WHOLE.replace("kafka: \"127.0.0.1:19092\"", "otlp: \"http://127.0.0.1:4318\""))
                .settings();
        assertThat(settings).isNotNull();
        assertThat(settings.kafka()).isNull();
        assertThat(settings.otlp()).isEqualTo(URI.create("http://127.0.0.1:4318"));
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                Arguments.of(
                        WHOLE.replace("event_loops: 2", "event_loop: 2"),
                        "node.metadata.tracery.event_loop is not known here; did you mean event_loops?"),
                Arguments.of(
                        WHOLE.replace("event_loops: 2", "event_loops: 200"),
                        "node.metadata.tracery.event_loops must be 1..64, not 200"),
                Arguments.of(
                        WHOLE.replace("drain_timeout: 3s", "drain_timeout: soon"),
                        "node.metadata.tracery.drain_timeout must be seconds such as 10s, not \"soon\""),
                Arguments.of(
                        WHOLE.replace("kafka: \"127.0.0.1:19092\"", "kafka: \"k:1\", otlp: \"http://127.0.0.1:4318\""),
                        "node.metadata.tracery.telemetry.otlp stands beside kafka"),
                Arguments.of(WHOLE.replace("      workload: cart\n", ""), "node.metadata.tracery.workload is missing"),
                Arguments.of(
                        WHOLE.replace("127.0.0.1:15010", "ca"),
                        "node.metadata.tracery.identity.ca_address must be host:port, not \"ca\""),
                Arguments.of(WHOLE.replace("DELTA_GRPC", "GRPC"), "must be DELTA_GRPC"),
                Arguments.of(
                        WHOLE.replace("lds_config: {ads: {}", "lds_config: {path: x"),
                        "dynamic_resources.lds_config must be {ads: {}}"),
                Arguments.of(
                        WHOLE.replace("cluster_name: xds}}]", "cluster_name: other}}]"), "no usable cluster other"),
                Arguments.of(
                        WHOLE.replace("      type: STATIC", "      type: EDS"),
                        "static_resources.clusters[0].type must be one of [STATIC, STRICT_DNS, LOGICAL_DNS], not EDS"),
                Arguments.of(
                        WHOLE.replace("      type: STATIC", "      connect_timeout: 1s"),
                        "static_resources.clusters[0].connect_timeout is not known here"),
                Arguments.of(
                        WHOLE.replace("port_value: 15010", "port_value: 0"),
                        "endpoints[0].lb_endpoints[0].endpoint.address.socket_address.port_value must be 1..65535"),
                Arguments.of(
                        WHOLE.replace("- lb_endpoints:", "- {}\n          - lb_endpoints:"),
                        "static_resources.clusters[0].load_assignment.endpoints must have one element, not 2"),
                Arguments.of(
                        WHOLE.replace("v3.UpstreamTlsContext", "v3.DownstreamTlsContext"),
                        "static_resources.clusters[0].transport_socket.typed_config.@type must be"),
                Arguments.of(
                        WHOLE.replace("trusted_ca: {filename: /run/root.pem}", "trusted_ca: {}"),
                        "trusted_ca.filename is missing"),
                Arguments.of(WHOLE + "stats_sinks: []\n", "stats_sinks is not known here"),
                Arguments.of("[]", "the bootstrap must be a mapping"),
                Arguments.of("node: {", "is not YAML"),
                Arguments.of("node: {id: a, id: b}", "is not YAML: Duplicate field 'id'"),
                Arguments.of(
                        STATIC.replace("cluster: app", "clutser: app"),
                        "static_resources.listeners[0] cannot be read: Cannot find field: clutser"),
                Arguments.of(
                        STATIC.replace("lb_policy: LEAST_REQUEST", "lb_policy: CLUSTER_PROVIDED"),
                        "static_resources: cluster app: lb_policy CLUSTER_PROVIDED is not supported"),
                Arguments.of(
                        STATIC.replace(
                                "lb_policy: LEAST_REQUEST", "lb_policy: LEAST_REQUEST\n      dns_refresh_rate: 1s"),
                        "static_resources.clusters[0] cannot be read: Cannot find field: dns_refresh_rate"),
                Arguments.of(STATIC.replace("connect_timeout: 1s", "type: EDS"), "a static cluster is of type STATIC"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void refusesAMistakeByItsPath(String yaml, String problem) {
        assertThatThrownBy(() -> BootstrapReader.read("b.yaml", yaml))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(problem);
    }

    @Test
    void aFileThatIsNotThereIsNamed(@TempDir Path scratch) {
        assertThatThrownBy(() -> BootstrapReader.read(scratch.resolve("none.yaml")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("none.yaml")
                .hasMessageContaining("cannot be read");
    }
}
