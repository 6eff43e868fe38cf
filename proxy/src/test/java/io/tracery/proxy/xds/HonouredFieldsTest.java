package io.tracery.proxy.xds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.StringValue;
import com.google.protobuf.UnknownFieldSet;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HonouredFieldsTest {

    @Test
    void acceptsWhatTheProxyDoes() {
        assertThatCode(() -> HonouredFields.check("l", Samples.outbound("l"))).doesNotThrowAnyException();
        assertThatCode(() -> HonouredFields.check("r", Samples.routesTo("r", "c")))
                .doesNotThrowAnyException();
        assertThatCode(() -> HonouredFields.check("c", Samples.discovered("c"))).doesNotThrowAnyException();
        assertThatCode(() -> HonouredFields.check("e", Samples.endpointAt("c", 80)))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            route: {cluster: c, auto_host_rewrite: true}                          | virtual_hosts.routes.route.auto_host_rewrite
            route: {cluster: c, retry_policy: {retriable_headers: [{name: x}]}}   | virtual_hosts.routes.route.retry_policy.retriable_headers
            route: {cluster: c}, decorator: {operation: x}                        | virtual_hosts.routes.decorator
            route: {weighted_clusters: {clusters: [{name: a, cluster_header: b}]}} | virtual_hosts.routes.route.weighted_clusters.clusters.cluster_header
            """)
    void refusesAFieldWithoutEffectByItsPath(String route, String path) {
        var routes =
                Samples.routes("{name: r, virtual_hosts: [{name: a, domains: [\"*\"], routes: [{match: {prefix: /}, "
                        + route + "}]}]}");
        assertThatThrownBy(() -> HonouredFields.check("r", routes)).hasMessage("r: " + path + " is not supported");
    }

    @Test
    void looksIntoWhatIsPackedInAnAny() {
        var listener = Samples.listener("""
                name: l
                filter_chains: [{filters: [{name: h, typed_config: {"@type": %s, access_log: [{name: x}]}}]}]
                """.formatted(Samples.HTTP_MANAGER));
        assertThatThrownBy(() -> HonouredFields.check("l", listener))
                .hasMessage("l: filter_chains.filters.typed_config.access_log is not supported");
    }

    @Test
    void refusesTypesItDoesNotKnow() {
        Cluster cluster = Cluster.newBuilder()
                .setTransportSocket(TransportSocket.newBuilder().setTypedConfig(Any.pack(StringValue.of("x"))))
                .build();
        assertThatThrownBy(() -> HonouredFields.check("c", cluster))
                .hasMessage("c: transport_socket.typed_config: type.googleapis.com/google.protobuf.StringValue"
                        + " is not supported");
    }

    @Test
    void refusesFieldsThatEvenTheTypesDoNotKnow() {
        Cluster cluster = Cluster.newBuilder()
                .setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(
                                9_999,
                                UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                        .build())
                .build();
        assertThatThrownBy(() -> HonouredFields.check("c", cluster)).hasMessage("c: field 9999 is not supported");
    }

    @Test
    void refusesBytesThatAreNoMessage() {
        Any broken = Any.newBuilder()
                .setTypeUrl(Samples.UPSTREAM_TLS)
                .setValue(ByteString.copyFrom(new byte[] {10, 100}))
                .build();
        Cluster cluster = Cluster.newBuilder()
                .setTransportSocket(TransportSocket.newBuilder().setTypedConfig(broken))
                .build();
        assertThatThrownBy(() -> HonouredFields.check("c", cluster))
                .isInstanceOf(InvalidResource.class)
                .hasMessageContaining("cannot be read");
        assertThat(broken.getValue()).isNotEmpty();
    }
}
