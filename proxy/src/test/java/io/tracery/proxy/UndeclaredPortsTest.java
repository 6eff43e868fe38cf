package io.tracery.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.proxy.data.Detections;
import io.tracery.proxy.mesh.Direction;
import io.tracery.proxy.mesh.DownstreamTls;
import io.tracery.proxy.mesh.Listener;
import io.tracery.proxy.mesh.MeshSnapshot;
import io.tracery.proxy.route.ClusterSplit;
import io.tracery.proxy.route.RouteTable;
import io.tracery.proxy.telemetry.UndeclaredPort;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UndeclaredPortsTest {

    private static final String KV = "outbound/kv.shop/6379";
    private static final ClusterSplit TO_KV = ClusterSplit.to(KV);
    private static final Listener.Handler UNDECLARED =
            new Listener.Handler.Auto(new RouteTable(KV, List.of()), TO_KV, Duration.ofMillis(200));
    private static final Detections.View FOUND =
            new Detections.View(KV, "server_first", Map.of("server_first", 3L, "undecided", 1L), "tcp");

    @Test
    void countsConnectionsOnWhichSomebodySpoke() {
        assertThat(UndeclaredPorts.of(with(UNDECLARED), List.of(FOUND)))
                .containsExactly(new UndeclaredPort(KV, Map.of("server_first", 3L), 200));
        Detections.View silent = new Detections.View(KV, "undecided", Map.of("undecided", 1L), null);
        assertThat(UndeclaredPorts.of(with(UNDECLARED), List.of(silent))).isEmpty();
    }

    @Test
    void adviceThatWasFollowedIsNotRepeated() {
        assertThat(UndeclaredPorts.of(with(new Listener.Handler.Tcp(TO_KV)), List.of(FOUND)))
                .isEmpty();
        assertThat(UndeclaredPorts.of(new MeshSnapshot(2, Map.of(), Map.of()), List.of(FOUND)))
                .as("a port that is gone")
                .isEmpty();
    }

    private static MeshSnapshot with(Listener.Handler handler) {
        Listener listener = new Listener(
                KV,
                Direction.OUTBOUND,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 6379),
                DownstreamTls.NONE,
                handler);
        return new MeshSnapshot(1, Map.of(KV, listener), Map.of());
    }
}
