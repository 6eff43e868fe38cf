package io.tracery.proxy.xds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.tracery.proxy.mesh.Direction;
import io.tracery.proxy.mesh.DownstreamTls;
import io.tracery.proxy.mesh.Listener.Handler;
import io.tracery.proxy.route.ClusterSplit;
import io.tracery.proxy.route.ClusterSplit.Share;
import io.tracery.proxy.route.RouteTable;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ListenerTranslatorTest {

    private static final String MUTUAL_TLS = """
            {name: tls, typed_config: {"@type": %s, require_client_certificate: true, common_tls_context: {
              tls_certificate_sds_secret_configs: [{name: default}],
              validation_context_sds_secret_config: {name: ROOTCA}}}}""".formatted(Samples.DOWNSTREAM_TLS);
    private static final String TCP =
            "[{name: tcp, typed_config: {\"@type\": %s, stat_prefix: t, cluster: c}}]".formatted(Samples.TCP_PROXY);

    private static Listener inbound(String filterChains) {
        return Samples.listener("""
                name: inbound/21003
                address: {socket_address: {address: 127.0.0.1, port_value: 21003}}
                traffic_direction: INBOUND
                filter_chains: [%s]
                """.formatted(filterChains));
    }

    private static io.tracery.proxy.mesh.Listener translated(Listener listener) throws InvalidResource {
        return Objects.requireNonNull(ListenerTranslator.translate(listener, Map.of()));
    }

    @Test
    void oneChainWithTlsIsStrict() throws InvalidResource {
        assertThat(translated(inbound("{filters: %s, transport_socket: %s}".formatted(TCP, MUTUAL_TLS))))
                .isEqualTo(new io.tracery.proxy.mesh.Listener(
                        "inbound/21003",
                        Direction.INBOUND,
                        new InetSocketAddress("127.0.0.1", 21003),
                        DownstreamTls.STRICT,
                        new Handler.Tcp(ClusterSplit.to("c"))));
    }

    @Test
    void chainsForHttpAndForTheRestMeanThatEachConnectionIsDetected() throws InvalidResource {
        String http = """
                [{name: http, typed_config: {"@type": %s, codec_type: AUTO, route_config: {
                  name: r, virtual_hosts: [{name: all, domains: ["*"]}]}}}]
                """.formatted(Samples.HTTP_MANAGER).strip();
        String chains = """
                {filter_chain_match: {application_protocols: [http/1.0, http/1.1, h2c]}, filters: %s}, {filters: %s}
                """.formatted(http, TCP).strip();
        Listener.Builder auto = inbound(chains).toBuilder();
        assertThatThrownBy(() -> translated(auto.build()))
                .hasMessageContaining("continue_on_listener_filters_timeout must be true");
        auto.setContinueOnListenerFiltersTimeout(true)
                .getListenerFiltersTimeoutBuilder()
                .setNanos(200_000_000);
        assertThat(translated(auto.build()).handler()).isInstanceOfSatisfying(Handler.Auto.class, handler -> {
            assertThat(handler.greeting()).hasMillis(200);
            assertThat(handler.split()).isEqualTo(ClusterSplit.to("c"));
        });
    }

    @Test
    void whereHashesDecideAConnectionGoesByItsClientsAddressIfTheFilterSaysSo() throws InvalidResource {
        String hashing = TCP.replace("cluster: c", "cluster: c, hash_policy: [%s]");
        assertThat(translated(inbound("{filters: %s}".formatted(hashing.formatted("{source_ip: {}}"))))
                        .handler())
                .isEqualTo(new Handler.Tcp(new ClusterSplit(List.of(new Share("c", 1)), /* bySource= */ true)));
        for (String other : List.of("{}", "{source_ip: {}}, {source_ip: {}}")) {
            refused(inbound("{filters: %s}".formatted(hashing.formatted(other))))
                    .hasMessageContaining("hash_policy is one with source_ip, or none");
        }
    }

    @Test
    void aChainWithTlsAndOneWithoutIsPermissive() throws InvalidResource {
        Listener both = inbound("""
                {filter_chain_match: {transport_protocol: tls}, filters: %1$s, transport_socket: %2$s},
                {filter_chain_match: {transport_protocol: raw_buffer}, filters: %1$s}
                """.formatted(TCP, MUTUAL_TLS));
        assertThat(translated(both).tls()).isEqualTo(DownstreamTls.PERMISSIVE);
    }

    @Test
    void aListenerWaitsForItsRoutes() throws InvalidResource {
        Listener outbound = Samples.outbound("outbound/kv.shop/80");
        assertThat(ListenerTranslator.routesName(outbound)).isEqualTo("outbound/kv.shop/80");
        assertThat(ListenerTranslator.translate(outbound, Map.of())).isNull();

        RouteTable table = new RouteTable("outbound/kv.shop/80", List.of());
        assertThat(ListenerTranslator.translate(outbound, Map.of("outbound/kv.shop/80", table)))
                .extracting(io.tracery.proxy.mesh.Listener::handler)
                .isEqualTo(new Handler.Http(table));
    }

    @Test
    void refusesTlsThatAsksForNoClientCertificate() {
        refused(inbound("{filters: %s, transport_socket: %s}"
                        .formatted(TCP, MUTUAL_TLS.replace("require_client_certificate: true, ", ""))))
                .hasMessageContaining("require_client_certificate");
    }

    @Test
    void refusesCertificatesThatTheProxyDoesNotHave() {
        refused(inbound("{filters: %s, transport_socket: %s}"
                        .formatted(TCP, MUTUAL_TLS.replace("name: default", "name: other"))))
                .hasMessageContaining("must name default, not other");
        refused(inbound("{filters: %s, transport_socket: %s}"
                        .formatted(TCP, MUTUAL_TLS.replace("name: ROOTCA", "name: other"))))
                .hasMessageContaining("must name ROOTCA, not other");
    }

    @Test
    void refusesAChainForTlsThatHasNone() {
        refused(inbound("{filter_chain_match: {transport_protocol: tls}, filters: %s}".formatted(TCP)))
                .hasMessageContaining("raw_buffer without, not tls");
    }

    @Test
    void refusesChainsThatDoDifferentThings() {
        refused(inbound("""
                {filters: %s, transport_socket: %s}, {filters: %s}
                """.formatted(TCP, MUTUAL_TLS, TCP.replace("cluster: c", "cluster: d"))))
                .hasMessageContaining("the same in each");
    }

    @Test
    void refusesAFixedHttpVersionAndFiltersOtherThanTheRouter() {
        String manager = "[{name: http, typed_config: {\"@type\": %s, %s, rds: {route_config_name: r}}}]";
        refused(inbound("{filters: %s}".formatted(manager.formatted(Samples.HTTP_MANAGER, "codec_type: HTTP2"))))
                .hasMessageContaining("codec_type must be AUTO");
        refused(inbound("{filters: %s}"
                        .formatted(manager.formatted(
                                Samples.HTTP_MANAGER,
                                "http_filters: [{name: tls, typed_config: {\"@type\": %s}}]"
                                        .formatted(Samples.DOWNSTREAM_TLS)))))
                .hasMessageContaining("http_filters: tls is not supported");
    }

    @Test
    void refusesAnAddressThatIsAName() {
        Listener named = Samples.outbound("o").toBuilder()
                .setAddress(io.envoyproxy.envoy.config.core.v3.Address.newBuilder()
                        .setSocketAddress(io.envoyproxy.envoy.config.core.v3.SocketAddress.newBuilder()
                                .setAddress("localhost")
                                .setPortValue(80)))
                .build();
        refused(named).hasMessage("listener o: address must be an IP address and a port, not \"localhost:80\"");
    }

    private static org.assertj.core.api.AbstractThrowableAssert<?, ? extends Throwable> refused(Listener listener) {
        return assertThatThrownBy(() -> ListenerTranslator.check(listener)).isInstanceOf(InvalidResource.class);
    }
}
