package io.tracery.proxy.xds;

import static io.tracery.controlplane.api.XdsNames.CLUSTER_TYPE;
import static io.tracery.controlplane.api.XdsNames.ENDPOINT_TYPE;
import static io.tracery.controlplane.api.XdsNames.LISTENER_TYPE;
import static io.tracery.controlplane.api.XdsNames.ROUTE_TYPE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.envoyproxy.envoy.config.cluster.v3.Cluster.DiscoveryType;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.tracery.proxy.mesh.MeshSnapshots;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The client against a control plane over a real socket. */
@Timeout(120)
class XdsClientTest {

    private static final String A = "outbound/a.shop/80";
    private static final String B = "outbound/b.shop/80";

    private final MeshSnapshots snapshots = new MeshSnapshots();
    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private FakeControlPlane controlPlane;
    private XdsClient client;

    @BeforeEach
    void connect() throws IOException {
        controlPlane = new FakeControlPlane(0);
        client = client(new XdsServer("127.0.0.1", controlPlane.port(), null));
        client.start();
    }

    private XdsClient client(XdsServer server) {
        return new XdsClient(
                "sidecar~shop/front-1", "front", ControlPlaneChannel.to(server, loop), Resources.NONE, snapshots);
    }

    @AfterEach
    void end() throws InterruptedException {
        client.close();
        controlPlane.close();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    /** Answers everything that leads to one listener with one route to one cluster. */
    private void serve(String name, int port) throws InterruptedException {
        controlPlane.next(LISTENER_TYPE);
        controlPlane.send(CLUSTER_TYPE, Map.of(name, Samples.discovered(name)));
        assertThat(controlPlane.next(ENDPOINT_TYPE).getResourceNamesSubscribeList())
                .containsExactly(name);
        controlPlane.send(ENDPOINT_TYPE, Map.of(name, Samples.endpointAt(name, port)));
        controlPlane.send(LISTENER_TYPE, Map.of(name, Samples.outbound(name)));
        assertThat(controlPlane.next(ROUTE_TYPE).getResourceNamesSubscribeList())
                .containsExactly(name);
        controlPlane.send(ROUTE_TYPE, Map.of(name, Samples.routesTo(name, name)));
    }

    private void awaitEndpointAt(String cluster, int port) {
        await().untilAsserted(() -> assertThat(snapshots.current().clusters().get(cluster))
                .satisfies(found -> assertThat(found.endpoints())
                        .extracting(endpoint -> endpoint.address().getPort())
                        .containsExactly(port)));
    }

    @Test
    void saysWhoItIsAndAsksForClustersAndListeners() throws InterruptedException {
        DeltaDiscoveryRequest first = controlPlane.next();
        assertThat(first.getNode().getId()).isEqualTo("sidecar~shop/front-1");
        assertThat(first.getTypeUrl()).isEqualTo(CLUSTER_TYPE);
        DeltaDiscoveryRequest second = controlPlane.next();
        assertThat(second.hasNode()).isFalse();
        assertThat(second.getTypeUrl()).isEqualTo(LISTENER_TYPE);
    }

    @Test
    void publishesOneSnapshotWhenNothingIsMissingAnyMore() throws InterruptedException {
        serve(A, 1001);
        awaitEndpointAt(A, 1001);
        assertThat(snapshots.current().version()).isEqualTo(1);
        assertThat(snapshots.current().listeners()).containsOnlyKeys(A);
        assertThat(client.ready()).isTrue();
        assertThat(client.connected()).isTrue();
    }

    @Test
    void isNotReadyWhileOnlyClustersAreKnown() throws InterruptedException {
        controlPlane.next(LISTENER_TYPE);
        controlPlane.send(
                CLUSTER_TYPE, Map.of("inbound/80", Samples.cluster("{name: inbound/80, lb_policy: LEAST_REQUEST}")));
        assertThat(controlPlane.next(CLUSTER_TYPE).getResponseNonce()).isEqualTo("1");
        assertThat(client.ready()).isFalse();
        assertThat(snapshots.current().version()).isZero();
    }

    @Test
    void refusesAResponseWithItsReasonsAndTakesNothingOfIt() throws InterruptedException {
        serve(A, 1001);
        awaitEndpointAt(A, 1001);
        controlPlane.send(
                CLUSTER_TYPE,
                Map.of(
                        A,
                                Samples.discovered(A).toBuilder()
                                        .setType(DiscoveryType.LOGICAL_DNS)
                                        .build(),
                        B, Samples.discovered(B)));
        DeltaDiscoveryRequest answer = controlPlane.next(CLUSTER_TYPE);
        while (!answer.hasErrorDetail()) {
            answer = controlPlane.next(CLUSTER_TYPE);
        }
        assertThat(answer.getErrorDetail().getMessage()).contains("cluster " + A);
        assertThat(client.rejected()).isEqualTo(1);
        assertThat(snapshots.current().clusters()).containsOnlyKeys(A);
        assertThat(snapshots.current().version()).isEqualTo(1);

        controlPlane.send(ENDPOINT_TYPE, Map.of(A, Samples.endpointAt(A, 1002)));
        awaitEndpointAt(A, 1002);
    }

    @Test
    void keepsWhatIsInForceWhileTheControlPlaneIsAwayAndTellsItOnReturn() throws Exception {
        serve(A, 1001);
        awaitEndpointAt(A, 1001);
        int port = controlPlane.port();
        controlPlane.close();
        await().until(() -> !client.connected());
        assertThat(snapshots.current().clusters()).containsOnlyKeys(A);
        assertThat(client.ready()).isTrue();

        controlPlane = new FakeControlPlane(port);
        DeltaDiscoveryRequest clusters = controlPlane.next();
        assertThat(clusters.getNode().getId()).isEqualTo("sidecar~shop/front-1");
        assertThat(clusters.getInitialResourceVersionsMap()).containsExactly(Map.entry(A, "1"));
        DeltaDiscoveryRequest endpoints = controlPlane.next(ENDPOINT_TYPE);
        assertThat(endpoints.getResourceNamesSubscribeList()).containsExactly(A);
        assertThat(endpoints.getInitialResourceVersionsMap()).containsExactly(Map.entry(A, "1"));
        controlPlane.next(ROUTE_TYPE);
        controlPlane.send(ENDPOINT_TYPE, Map.of(A, Samples.endpointAt(A, 1003)));
        awaitEndpointAt(A, 1003);
    }

    @Test
    void letsGoOfWhatIsRemoved() throws InterruptedException {
        serve(A, 1001);
        awaitEndpointAt(A, 1001);
        controlPlane.send(LISTENER_TYPE, Map.of(), A);
        assertThat(controlPlane.next(ROUTE_TYPE)).isNotNull();
        controlPlane.send(CLUSTER_TYPE, Map.of(), A);
        await().untilAsserted(() -> assertThat(snapshots.current().clusters()).isEmpty());
        assertThat(snapshots.current().listeners()).isEmpty();
    }

    @Test
    void aNewClusterTakesEffectTogetherWithItsEndpoints() throws InterruptedException {
        serve(A, 1001);
        awaitEndpointAt(A, 1001);
        controlPlane.send(CLUSTER_TYPE, Map.of(B, Samples.discovered(B)));
        controlPlane.send(ROUTE_TYPE, Map.of(A, Samples.routesTo(A, B)));
        DeltaDiscoveryRequest wanted = controlPlane.next(ENDPOINT_TYPE);
        while (wanted.getResourceNamesSubscribeCount() == 0) {
            wanted = controlPlane.next(ENDPOINT_TYPE);
        }
        assertThat(wanted.getResourceNamesSubscribeList()).containsExactly(B);
        assertThat(snapshots.current().version()).isEqualTo(1);
        controlPlane.send(ENDPOINT_TYPE, Map.of(B, Samples.endpointAt(B, 1002)));
        awaitEndpointAt(B, 1002);
        assertThat(snapshots.current().version()).isEqualTo(2);
    }

    @Test
    void triesAgainWhileTheTrustAnchorIsNotThereYet() throws InterruptedException {
        controlPlane.next(LISTENER_TYPE);
        AtomicInteger dials = new AtomicInteger();
        var reachable = ControlPlaneChannel.to(new XdsServer("127.0.0.1", controlPlane.port(), null), loop);
        XdsClient early = new XdsClient(
                "sidecar~shop/early-1",
                "early",
                executor -> {
                    if (dials.getAndIncrement() < 2) {
                        throw new IllegalStateException("root.pem cannot be read");
                    }
                    return reachable.apply(executor);
                },
                Resources.NONE,
                snapshots);
        early.start();
        assertThat(controlPlane.next().getNode().getId()).isEqualTo("sidecar~shop/early-1");
        early.close();
    }

    @Test
    void aTrustAnchorThatCannotBeReadIsNamed(@TempDir Path empty) {
        var dial = ControlPlaneChannel.to(new XdsServer("127.0.0.1", 1, empty.resolve("root.pem")), loop);
        try (ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor()) {
            assertThatThrownBy(() -> dial.apply(executor))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("root.pem cannot be read");
        }
    }

    @Test
    void closesTwiceAndBeforeAStart() {
        XdsClient idle = client(new XdsServer("127.0.0.1", controlPlane.port(), null));
        idle.close();
        idle.close();
    }
}
