package io.tracery.proxy.xds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.tracery.proxy.mesh.Cluster;
import io.tracery.proxy.mesh.Endpoint;
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

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {name: c, type: STRICT_DNS}                       | type STRICT_DNS is not supported; STATIC and EDS are
            {name: c, lb_policy: RING_HASH}                   | lb_policy RING_HASH is not supported
            {name: c, connect_timeout: -1s}                   | below zero
            """)
    void refusesWhatItDoesNotDo(String yaml, String problem) {
        assertThatThrownBy(() -> ClusterTranslator.translate(Samples.cluster(yaml), null))
                .isInstanceOf(InvalidResource.class)
                .hasMessageStartingWith("cluster c: ")
                .hasMessageContaining(problem);
    }
}
