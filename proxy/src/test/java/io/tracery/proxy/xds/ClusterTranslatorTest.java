package io.tracery.proxy.xds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.tracery.proxy.mesh.AdaptiveConcurrency;
import io.tracery.proxy.mesh.Balancer;
import io.tracery.proxy.mesh.CircuitLimits;
import io.tracery.proxy.mesh.Cluster;
import io.tracery.proxy.mesh.ClusterPolicy;
import io.tracery.proxy.mesh.Endpoint;
import io.tracery.proxy.mesh.LatencyModel;
import io.tracery.proxy.mesh.OutlierPolicy;
import io.tracery.proxy.mesh.UpstreamProtocol;
import io.tracery.proxy.mesh.UpstreamTls;
import io.tracery.proxy.mesh.Workload;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterTranslatorTest {

    private static final String CART = "spiffe://mesh.test/ns/shop/sa/cart";

    private static String tls(String subjects) {
        return """
                transport_socket:
                  name: tls
                  typed_config:
                    "@type": %s
                    common_tls_context:
                      tls_certificate_sds_secret_configs: [{name: default}]
                      combined_validation_context:
                        default_validation_context: {match_typed_subject_alt_names: [%s]}
                        validation_context_sds_secret_config: {name: ROOTCA}
                """.formatted(Samples.UPSTREAM_TLS, subjects);
    }

    @Test
    void joinsAClusterWithItsEndpoints() throws InvalidResource {
        var cluster = Samples.cluster("""
                name: outbound/cart.shop/8080
                type: EDS
                lb_policy: LEAST_REQUEST
                connect_timeout: 1s
                metadata: {filter_metadata: {io.tracery: {namespace: shop, service: cart}}}
                %s
                """.formatted(tls("{san_type: URI, matcher: {exact: \"" + CART + "\"}}")));
        ClusterLoadAssignment endpoints = Samples.endpoints("""
                cluster_name: outbound/cart.shop/8080
                endpoints:
                  - locality: {zone: a}
                    lb_endpoints:
                      - endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: 21003}}}
                        load_balancing_weight: 3
                        metadata:
                          filter_metadata: {io.tracery: {namespace: shop, workload: cart, version: v1, identity: "%s"}}
                      - endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: 21004}}}
                        health_status: UNHEALTHY
                """.formatted(CART));
        assertThat(ClusterTranslator.translate(cluster, endpoints))
                .isEqualTo(new Cluster(
                        "outbound/cart.shop/8080",
                        "shop",
                        "cart",
                        List.of(new Endpoint(
                                new InetSocketAddress("127.0.0.1", 21003),
                                new Workload("shop", "cart", "v1", CART),
                                3,
                                "a")),
                        Duration.ofSeconds(1),
                        new UpstreamTls(Set.of(CART)),
                        UpstreamProtocol.HTTP1));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {explicit_http_config: {http2_protocol_options: {}}}                                    | HTTP2
            {explicit_http_config: {http_protocol_options: {}}}                                     | HTTP1
            {use_downstream_protocol_config: {http_protocol_options: {}, http2_protocol_options: {}}} | SAME_AS_DOWNSTREAM
            """)
    void readsTheHttpVersion(String options, UpstreamProtocol expected) throws InvalidResource {
        var cluster = Samples.cluster("""
                name: c
                lb_policy: LEAST_REQUEST
                typed_extension_protocol_options:
                  envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                    {"@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions, %s
                """.formatted(options.substring(1)));
        assertThat(ClusterTranslator.translate(cluster, null).protocol()).isEqualTo(expected);
    }

    @Test
    void refusesTlsTowardsAnyoneAtAll() {
        var cluster = Samples.cluster("{name: c, lb_policy: LEAST_REQUEST}").toBuilder()
                .setTransportSocket(Samples.cluster("name: c\n" + tls("")).getTransportSocket())
                .build();
        assertThatThrownBy(() -> ClusterTranslator.translate(cluster, null))
                .hasMessageStartingWith("cluster c: TLS needs match_typed_subject_alt_names");
    }

    @Test
    void readsHowRequestsAreSpread() throws Exception {
        assertThat(policy("{name: c, lb_policy: LEAST_REQUEST}")).isEqualTo(ClusterPolicy.DEFAULT);
        assertThat(policy("{name: c}").balancer()).isEqualTo(new Balancer.PeakEwma());
        assertThat(policy("{name: c, round_robin_lb_config: {}}").balancer()).isEqualTo(new Balancer.RoundRobin());
        assertThat(policy("{name: c, lb_policy: RANDOM}").balancer()).isEqualTo(new Balancer.Random());
        assertThat(policy("{name: c, lb_policy: LEAST_REQUEST, least_request_lb_config: {choice_count: 3}}")
                        .balancer())
                .isEqualTo(new Balancer.LeastRequest(3));
        assertThat(policy("{name: c, lb_policy: RING_HASH}").balancer()).isEqualTo(new Balancer.RingHash(1024, 65_536));
        assertThat(policy("{name: c, lb_policy: MAGLEV}").balancer()).isEqualTo(new Balancer.Maglev(65_537));
        assertThat(policy("""
                        {name: c, lb_policy: LEAST_REQUEST, least_request_lb_config: {slow_start_config: {
                          slow_start_window: 30s, aggression: {default_value: 2, runtime_key: x}, min_weight_percent: {value: 20}}}}
                        """).slowStart()).isEqualTo(new Balancer.SlowStart(Duration.ofSeconds(30), 2, 0.2));
        assertThat(policy("""
                        {name: c, metadata: {filter_metadata: {io.tracery: {peak_ewma_initial: PT0.1S, peak_ewma_decay: PT5S,
                          peak_ewma_penalty: PT2S, peak_ewma_penalize: "429,500"}}}}
                        """).latency())
                .isEqualTo(new LatencyModel(
                        Duration.ofMillis(100), Duration.ofSeconds(5), Duration.ofSeconds(2), Set.of(429, 500)));
    }

    @Test
    void readsWhenAnEndpointIsLeftOut() throws Exception {
        ClusterPolicy policy = policy("""
                {name: c, common_lb_config: {healthy_panic_threshold: {value: 20}}, outlier_detection: {
                  consecutive_5xx: 7, enforcing_consecutive_gateway_failure: 100, consecutive_gateway_failure: 3,
                  enforcing_success_rate: 0, enforcing_failure_percentage: 100, failure_percentage_threshold: 20,
                  failure_percentage_minimum_hosts: 1, failure_percentage_request_volume: 5, interval: 5s,
                  base_ejection_time: 1s, max_ejection_time: 60s, max_ejection_time_jitter: 0.5s, max_ejection_percent: 40}}
                """);
        assertThat(policy.panicPercent()).isEqualTo(20);
        assertThat(policy.outliers())
                .isEqualTo(new OutlierPolicy(
                        7,
                        3,
                        0,
                        new OutlierPolicy.SuccessRate(0.8, 5),
                        Duration.ofSeconds(5),
                        new OutlierPolicy.Ejection(
                                Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofMillis(500), 40)));
        assertThat(policy("{name: c, outlier_detection: {enforcing_success_rate: 0}}")
                        .outliers())
                .isEqualTo(new OutlierPolicy(5, 0, 0, null, Duration.ofSeconds(10), OutlierPolicy.Ejection.DEFAULT));
    }

    @Test
    void readsWhatAClusterMayHold() throws Exception {
        assertThat(policy("""
                        {name: c, circuit_breakers: {thresholds: [{max_connections: 1, max_requests: 3, max_retries: 4}]},
                         metadata: {filter_metadata: {io.tracery: {concurrency_least: "4", concurrency_most: "200",
                           concurrency_critical_paths: "/healthz /ready /healthz"}}}}
                        """).limits())
                .isEqualTo(new CircuitLimits(
                        1, Integer.MAX_VALUE, 3, 4, new AdaptiveConcurrency(4, 200, Set.of("/healthz", "/ready"))));
        assertThat(policy("{name: c}").limits()).isEqualTo(CircuitLimits.NONE);
    }

    /** A part that is there twice must not cost the sidecar its whole configuration. */
    @Test
    void readsTheZonesThatAnEndpointIsHintedTo() throws Exception {
        assertThat(ClusterTranslator.endpoints(Samples.endpoints("""
                        cluster_name: c
                        endpoints:
                          - lb_endpoints:
                              - endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: 1}}}
                                metadata: {filter_metadata: {io.tracery: {for_zones: "a,b,a"}}}
                        """))
                        .getFirst()
                        .hintedZones())
                .containsExactlyInAnyOrder("a", "b");
    }

    private static ClusterPolicy policy(String yaml) throws InvalidResource {
        return ClusterTranslator.translate(Samples.cluster(yaml), null).policy();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {name: c, type: STRICT_DNS}                       | type STRICT_DNS is not supported; STATIC and EDS are
            {name: c, lb_policy: CLUSTER_PROVIDED}            | lb_policy CLUSTER_PROVIDED is not supported
            {name: c, lb_policy: MAGLEV, maglev_lb_config: {table_size: 65536}} | a Maglev table's size is a prime up to 5000011, which 65536 is not
            {name: c, lb_policy: RING_HASH, ring_hash_lb_config: {minimum_ring_size: 9000000}} | a ring has 1 to 8388608 points
            {name: c, outlier_detection: {enforcing_consecutive_5xx: 50}} | enforcing_consecutive_5xx is 0 or 100 here, not 50
            {name: c, circuit_breakers: {thresholds: [{priority: HIGH}]}} | circuit_breakers has one entry here, of priority DEFAULT
            {name: c, outlier_detection: {enforcing_success_rate: 100}} | enforcing_success_rate compares endpoints with each other
            {name: c, common_lb_config: {zone_aware_lb_config: {routing_enabled: {value: 50}}}} | routing_enabled is 0 or 100 here
            {name: c, connect_timeout: -1s}                   | below zero
            """)
    void refusesWhatItDoesNotDo(String yaml, String problem) {
        assertThatThrownBy(() -> ClusterTranslator.translate(Samples.cluster(yaml), null))
                .isInstanceOf(InvalidResource.class)
                .hasMessageStartingWith("cluster c: ")
                .hasMessageContaining(problem);
    }
}
