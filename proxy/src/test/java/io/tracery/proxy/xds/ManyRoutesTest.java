package io.tracery.proxy.xds;

import static io.tracery.controlplane.api.XdsNames.CLUSTER_TYPE;
import static io.tracery.controlplane.api.XdsNames.ENDPOINT_TYPE;
import static io.tracery.controlplane.api.XdsNames.LISTENER_TYPE;
import static io.tracery.controlplane.api.XdsNames.ROUTE_TYPE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.tracery.proxy.mesh.Listener;
import io.tracery.proxy.mesh.MeshSnapshots;
import io.tracery.proxy.route.RequestView;
import io.tracery.proxy.route.RouteTable;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A hundred thousand routes, as a control plane publishes them: in one message, which has a bound, and again when one changes. */
@Timeout(120)
class ManyRoutesTest {

    private static final String NAME = "outbound/a.shop/80";
    private static final int ROUTES = 100_000;

    /** Heap that one published route may keep, its resource for the configuration dump included. */
    private static final long MOST_BYTES_PER_ROUTE = 3 * 1024;

    @Test
    void aHundredThousandRoutesArePublishedFoundAndBounded() throws Exception {
        EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        MeshSnapshots snapshots = new MeshSnapshots();
        FakeControlPlane controlPlane = new FakeControlPlane(0);
        XdsClient client = new XdsClient(
                "sidecar~shop/front-1",
                "front",
                ControlPlaneChannel.to(new XdsServer("127.0.0.1", controlPlane.port(), null), loop),
                Resources.NONE,
                snapshots);
        try {
            client.start();
            controlPlane.next(LISTENER_TYPE);
            controlPlane.send(CLUSTER_TYPE, Map.of(NAME, Samples.discovered(NAME)));
            controlPlane.next(ENDPOINT_TYPE);
            controlPlane.send(ENDPOINT_TYPE, Map.of(NAME, Samples.endpointAt(NAME, 1001)));
            controlPlane.send(LISTENER_TYPE, Map.of(NAME, Samples.outbound(NAME)));
            controlPlane.next(ROUTE_TYPE);
            long before = heapInUse();
            controlPlane.send(ROUTE_TYPE, Map.of(NAME, routes(0)));
            await().atMost(Duration.ofSeconds(60)).until(client::ready);
            assertThat(found(snapshots, "/service/" + (ROUTES - 1) + "/item")).isEqualTo("r" + (ROUTES - 1));
            assertThat(found(snapshots, "/service/" + ROUTES)).isNull();

            // The next publication takes the place of the last one, and is not kept beside it.
            controlPlane.send(ROUTE_TYPE, Map.of(NAME, routes(1)));
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> snapshots.current().version() == 2);
            assertThat(found(snapshots, "/service/" + ROUTES)).isEqualTo("r" + ROUTES);
            assertThat(found(snapshots, "/service/0")).isNull();
            assertThat(heapInUse() - before).isLessThan(ROUTES * MOST_BYTES_PER_ROUTE);
        } finally {
            client.close();
            controlPlane.close();
            loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }

    private static RouteConfiguration routes(int from) {
        RouteConfiguration one = Samples.routesTo(NAME, NAME);
        Route like = one.getVirtualHosts(0).getRoutes(0);
        RouteConfiguration.Builder many = one.toBuilder();
        many.getVirtualHostsBuilder(0).clearRoutes();
        for (int i = from; i < from + ROUTES; i++) {
            Route.Builder route = like.toBuilder().setName("r" + i);
            route.getMatchBuilder().setPathSeparatedPrefix("/service/" + i);
            many.getVirtualHostsBuilder(0).addRoutes(route);
        }
        return many.build();
    }

    private static @Nullable String found(MeshSnapshots snapshots, String path) {
        Listener listener =
                Objects.requireNonNull(snapshots.current().listeners().get(NAME));
        RouteTable table = Objects.requireNonNull(listener.handler().routes());
        var route = table.find(new Get(path));
        return route == null ? null : route.name();
    }

    private record Get(String path) implements RequestView {

        @Override
        public String method() {
            return "GET";
        }

        @Override
        public @Nullable String header(String name) {
            return new DefaultHttpHeaders().get(name);
        }

        @Override
        public @Nullable String query(String name) {
            return null;
        }
    }

    private static long heapInUse() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
