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
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

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

    /** Each is a field of Envoy's that the messages here leave out, by its number in Envoy's. */
    @Test
    void refusesAFieldWithoutEffectByWhereItStands() {
        RouteConfiguration routes = Samples.routesTo("r", "c");
        UnknownFieldSet decorator = unknown(5);
        RouteConfiguration decorated = edit(routes, route -> route.setUnknownFields(decorator));
        assertThatThrownBy(() -> HonouredFields.check("r", decorated))
                .hasMessage("r: virtual_hosts.routes: field 5 of envoy.config.route.v3.Route is not supported");

        RouteConfiguration rewritten =
                edit(routes, route -> route.getRouteBuilder().setUnknownFields(unknown(7)));
        assertThatThrownBy(() -> HonouredFields.check("r", rewritten))
                .hasMessage("r: virtual_hosts.routes.route: field 7 of envoy.config.route.v3.RouteAction"
                        + " is not supported");
    }

    @Test
    void looksIntoWhatIsPackedInAnAny() {
        var manager =
                HttpConnectionManager.newBuilder().setUnknownFields(unknown(13)).build();
        Listener listener = Listener.newBuilder()
                .addFilterChains(
                        FilterChain.newBuilder().addFilters(Filter.newBuilder().setTypedConfig(Any.pack(manager))))
                .build();
        assertThatThrownBy(() -> HonouredFields.check("l", listener))
                .hasMessage("l: filter_chains.filters.typed_config: field 13 of"
                        + " envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"
                        + " is not supported");
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
    void namesAFieldOfTheResourceItself() {
        Cluster cluster = Cluster.newBuilder().setUnknownFields(unknown(9_999)).build();
        assertThatThrownBy(() -> HonouredFields.check("c", cluster))
                .hasMessage("c: field 9999 of envoy.config.cluster.v3.Cluster is not supported");
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

    private static UnknownFieldSet unknown(int field) {
        return UnknownFieldSet.newBuilder()
                .addField(field, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                .build();
    }

    private static RouteConfiguration edit(RouteConfiguration routes, Consumer<Route.Builder> change) {
        RouteConfiguration.Builder edited = routes.toBuilder();
        change.accept(edited.getVirtualHostsBuilder(0).getRoutesBuilder(0));
        return edited.build();
    }
}
