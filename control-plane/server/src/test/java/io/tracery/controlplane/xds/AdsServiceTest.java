package io.tracery.controlplane.xds;

import static io.tracery.controlplane.api.XdsNames.CLUSTER_TYPE;
import static io.tracery.controlplane.api.XdsNames.ENDPOINT_TYPE;
import static io.tracery.controlplane.api.XdsNames.LISTENER_TYPE;
import static io.tracery.controlplane.api.XdsNames.ROUTE_TYPE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AdsServiceTest {

    private static final String NODE = "sidecar~shop/front-1";
    private static final String A = "outbound/a.shop/80";
    private static final String B = "outbound/b.shop/80";

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final AdsService ads = new AdsService("mesh.test", registry);

    @TempDir
    private Path scratch;

    private Server server;
    private ManagedChannel channel;

    @BeforeEach
    void serve() throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
                .addService(ads)
                .build()
                .start();
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                .usePlaintext()
                .build();
    }

    @AfterEach
    void end() throws InterruptedException {
        channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }

    private void publishCalling(String... services) throws IOException {
        ads.publish(Meshes.of(scratch, Meshes.calling(services)));
    }

    private static Map<String, String> versions(DeltaDiscoveryResponse response) {
        return response.getResourcesList().stream().collect(Collectors.toMap(Resource::getName, Resource::getVersion));
    }

    @Test
    void sendsEverythingOnceAndThenOnlyWhatChanged() throws Exception {
        publishCalling("a");
        DeltaClient proxy = new DeltaClient(channel, NODE);
        proxy.subscribe(CLUSTER_TYPE);
        DeltaDiscoveryResponse first = proxy.next();
        assertThat(DeltaClient.names(first)).containsExactly(A);
        proxy.accept(first);

        publishCalling("a", "b");
        DeltaDiscoveryResponse second = proxy.next();
        assertThat(DeltaClient.names(second)).containsExactly(B);
        assertThat(second.getNonce()).isNotEqualTo(first.getNonce());
    }

    @Test
    void sendsNamedResourcesOnlyToThoseWhoNameThem() throws Exception {
        publishCalling("a", "b");
        DeltaClient proxy = new DeltaClient(channel, NODE);
        proxy.subscribe(ENDPOINT_TYPE, B, "outbound/nowhere.shop/80");
        DeltaDiscoveryResponse response = proxy.next();
        assertThat(DeltaClient.names(response)).containsExactly(B);
        assertThat(response.getRemovedResourcesList()).containsExactly("outbound/nowhere.shop/80");
    }

    @Test
    void sendsAgainWhatIsAskedForAgain() throws Exception {
        publishCalling("a");
        DeltaClient proxy = new DeltaClient(channel, NODE);
        proxy.subscribe(ENDPOINT_TYPE, A);
        proxy.accept(proxy.next());
        proxy.subscribe(ENDPOINT_TYPE, A);
        assertThat(DeltaClient.names(proxy.next())).containsExactly(A);
    }

    @Test
    void waitsForTheAnswerBeforeItSendsMore() throws Exception {
        publishCalling("a");
        DeltaClient proxy = new DeltaClient(channel, NODE);
        proxy.subscribe(CLUSTER_TYPE);
        DeltaDiscoveryResponse first = proxy.next();
        publishCalling("a", "b");
        publishCalling("a", "b", "c");
        assertThat(proxy.nothing()).isNull();
        proxy.accept(first);
        assertThat(DeltaClient.names(proxy.next())).containsExactly(B, "outbound/c.shop/80");
    }

    @Test
    void countsARefusalAndDoesNotInsist() throws Exception {
        publishCalling("a");
        DeltaClient proxy = new DeltaClient(channel, NODE);
        proxy.subscribe(CLUSTER_TYPE);
        proxy.refuse(proxy.next(), "no room");
        await().untilAsserted(() -> assertThat(
                        registry.get("tracery.xds.refusals").counter().count())
                .isEqualTo(1));
        publishCalling("a", "b");
        assertThat(DeltaClient.names(proxy.next())).containsExactly(B);
    }

    @Test
    void sendsAReturningProxyOnlyWhatItMissed() throws Exception {
        publishCalling("a", "b");
        DeltaClient proxy = new DeltaClient(channel, NODE);
        proxy.subscribe(CLUSTER_TYPE);
        DeltaDiscoveryResponse known = proxy.next();
        proxy.accept(known);
        proxy.end();

        publishCalling("b", "c");
        DeltaClient returned = new DeltaClient(channel, NODE);
        returned.resume(CLUSTER_TYPE, versions(known));
        DeltaDiscoveryResponse missed = returned.next();
        assertThat(DeltaClient.names(missed)).containsExactly("outbound/c.shop/80");
        assertThat(missed.getRemovedResourcesList()).containsExactly(A);
    }

    @Test
    void saysNothingBeforeThereIsAMesh() throws Exception {
        DeltaClient returned = new DeltaClient(channel, NODE);
        returned.resume(CLUSTER_TYPE, Map.of(A, "of an earlier control plane"));
        await().untilAsserted(() ->
                assertThat(registry.get("tracery.xds.streams").gauge().value()).isEqualTo(1));
        assertThat(returned.nothing()).isNull();

        publishCalling("a");
        DeltaDiscoveryResponse first = returned.next();
        assertThat(DeltaClient.names(first)).containsExactly(A);
        assertThat(first.getRemovedResourcesList()).isEmpty();
    }

    @Test
    void takesEverythingFromANodeThatNoSidecarDescribes() throws Exception {
        publishCalling("a");
        DeltaClient stranger = new DeltaClient(channel, "sidecar~shop/nobody");
        stranger.resume(CLUSTER_TYPE, Map.of(A, "1"));
        assertThat(stranger.next().getRemovedResourcesList()).containsExactly(A);
    }

    @Test
    void removesAClusterOnlyWhenNoListenerAndNoRouteNamesItAnyMore() throws Exception {
        publishCalling("a", "b");
        DeltaClient proxy = new DeltaClient(channel, NODE);
        proxy.subscribe(CLUSTER_TYPE);
        proxy.accept(proxy.next());
        proxy.subscribe(LISTENER_TYPE);
        proxy.accept(proxy.next());
        proxy.subscribe(ROUTE_TYPE, A, B);
        proxy.accept(proxy.next());

        publishCalling("a");
        DeltaDiscoveryResponse listeners = proxy.next();
        DeltaDiscoveryResponse routes = proxy.next();
        assertThat(listeners.getTypeUrl()).isEqualTo(LISTENER_TYPE);
        assertThat(routes.getTypeUrl()).isEqualTo(ROUTE_TYPE);
        proxy.accept(listeners);
        assertThat(proxy.nothing()).isNull();
        proxy.accept(routes);

        DeltaDiscoveryResponse clusters = proxy.next();
        assertThat(clusters.getTypeUrl()).isEqualTo(CLUSTER_TYPE);
        assertThat(clusters.getRemovedResourcesList()).containsExactly(B);
    }

    @Test
    void forgetsAProxyThatHasGone() throws Exception {
        publishCalling("a");
        DeltaClient proxy = new DeltaClient(channel, NODE);
        proxy.subscribe(CLUSTER_TYPE);
        proxy.next();
        channel.shutdownNow();
        await().untilAsserted(() ->
                assertThat(registry.get("tracery.xds.streams").gauge().value()).isZero());
        publishCalling("a", "b");
    }
}
