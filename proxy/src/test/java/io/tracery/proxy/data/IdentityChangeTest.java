package io.tracery.proxy.data;

import static io.tracery.controlplane.api.XdsNames.CLUSTER_TYPE;
import static io.tracery.controlplane.api.XdsNames.ENDPOINT_TYPE;
import static io.tracery.controlplane.api.XdsNames.LISTENER_TYPE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.tracery.proxy.data.Http1Peer.Message;
import io.tracery.proxy.mesh.Cluster;
import io.tracery.proxy.mesh.DownstreamTls;
import io.tracery.proxy.mesh.MeshSnapshot;
import io.tracery.proxy.mesh.MeshSnapshots;
import io.tracery.proxy.xds.ControlPlaneChannel;
import io.tracery.proxy.xds.FakeControlPlane;
import io.tracery.proxy.xds.Resources;
import io.tracery.proxy.xds.Samples;
import io.tracery.proxy.xds.XdsClient;
import io.tracery.proxy.xds.XdsServer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who serves changes, and the control plane says so in two messages: the cluster's identities and its endpoints. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
class IdentityChangeTest {

    private static final String NAME = "outbound/cart.shop/80";
    private static final TestCa CA = new TestCa();
    private static final String CART = TestCa.spiffeId("cart");
    private static final String PAYMENT = TestCa.spiffeId("payment");

    private final MeshSnapshots told = new MeshSnapshots();
    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private Http1Backend cartApp;
    private Http1Backend paymentApp;
    private TestProxy cart;
    private TestProxy payment;
    private TestProxy caller;
    private FakeControlPlane controlPlane;
    private XdsClient xds;

    @BeforeEach
    void start() throws Exception {
        cartApp = Http1Backend.saying("cart");
        paymentApp = Http1Backend.saying("payment");
        cart = callee("cart", cartApp);
        payment = callee("payment", paymentApp);
        caller = new TestProxy().with(CA.identity("front"));
        caller.serving(Mesh.outbound(Mesh.route(NAME)));
        told.onPublish(this::carryOut);
        controlPlane = new FakeControlPlane(0);
        xds = new XdsClient(
                "sidecar~shop/front-1",
                "front",
                ControlPlaneChannel.to(new XdsServer("127.0.0.1", controlPlane.port(), null), loop),
                Resources.NONE,
                told);
        xds.start();
        controlPlane.next(LISTENER_TYPE);
        controlPlane.send(LISTENER_TYPE, Map.of());
        accepting(CART);
        servedAt(cart, CART);
        awaitCluster(cluster -> !cluster.endpoints().isEmpty());
    }

    @AfterEach
    void end() throws Exception {
        xds.close();
        controlPlane.close();
        caller.close();
        cart.close();
        payment.close();
        cartApp.close();
        paymentApp.close();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private static TestProxy callee(String account, Http1Backend app) throws IOException {
        return new TestProxy()
                .with(CA.identity(account))
                .serving(
                        Mesh.inbound(DownstreamTls.STRICT, Mesh.route("inbound/8080")),
                        Mesh.cluster("inbound/8080", app.address()));
    }

    /** The clusters as they were told, behind a listener that takes any port. */
    private void carryOut(MeshSnapshot snapshot) {
        caller.serving(
                List.of(Mesh.outbound(Mesh.route(NAME))),
                List.copyOf(snapshot.clusters().values()));
    }

    private void accepting(String... identities) {
        String matchers = Stream.of(identities)
                .map(identity -> "{san_type: URI, matcher: {exact: \"" + identity + "\"}}")
                .collect(Collectors.joining(", "));
        String tls = identities.length == 0 ? "" : """
                transport_socket:
                  name: envoy.transport_sockets.tls
                  typed_config:
                    "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
                    common_tls_context:
                      tls_certificate_sds_secret_configs: [{name: default}]
                      combined_validation_context:
                        default_validation_context: {match_typed_subject_alt_names: [%s]}
                        validation_context_sds_secret_config: {name: ROOTCA}
                """.formatted(matchers);
        controlPlane.send(CLUSTER_TYPE, Map.of(NAME, Samples.cluster("""
                name: %s
                type: EDS
                eds_cluster_config: {eds_config: {ads: {}}}
                lb_policy: LEAST_REQUEST
                connect_timeout: 2s
                %s
                """.formatted(NAME, tls))));
    }

    private void servedAt(TestProxy callee, String identity) {
        controlPlane.send(ENDPOINT_TYPE, Map.of(NAME, Samples.endpoints("""
                cluster_name: %s
                endpoints:
                  - lb_endpoints:
                      - endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}
                        metadata: {filter_metadata: {io.tracery: {identity: "%s"}}}
                """.formatted(
                        NAME, callee.address().getPort(), identity))));
    }

    private void awaitCluster(Predicate<Cluster> as) {
        await().until(() -> {
            Cluster known = caller.snapshots.current().clusters().get(NAME);
            return known != null && as.test(known);
        });
    }

    private void awaitAccepted(String identity) {
        awaitCluster(cluster ->
                cluster.tls() != null && cluster.tls().acceptedIdentities().contains(identity));
    }

    private void awaitServedAt(TestProxy callee) {
        awaitCluster(cluster -> cluster.endpoints().getFirst().address().getPort()
                == callee.address().getPort());
    }

    private Message ask() throws IOException {
        try (Http1Peer client = Http1Peer.connect(caller.address())) {
            return client.get("/");
        }
    }

    @Test
    void whoServedGoesOnUntilTheNewEndpointsAreKnown() throws Exception {
        assertThat(ask().text()).isEqualTo("cart");

        accepting(PAYMENT);
        awaitAccepted(PAYMENT);
        assertThat(ask().text()).isEqualTo("cart");

        servedAt(payment, PAYMENT);
        awaitServedAt(payment);
        assertThat(ask().text()).isEqualTo("payment");
    }

    @Test
    void endpointsThatCameBeforeTheirIdentitiesServeAtOnce() throws Exception {
        servedAt(payment, PAYMENT);
        awaitServedAt(payment);
        assertThat(ask().text()).isEqualTo("payment");
    }

    @Test
    void theLastIdentityThatGoesLeavesNothingInPlainText() throws Exception {
        accepting();
        awaitCluster(cluster -> cluster.tls() == null);
        assertThat(ask().text()).isEqualTo("cart");
        assertThat(caller.log.only().mutualTls()).isTrue();
    }

    @Test
    void anEndpointIsNoOtherOfItsCluster() throws Exception {
        accepting(CART, PAYMENT);
        awaitAccepted(PAYMENT);
        servedAt(payment, CART);
        awaitServedAt(payment);
        assertThat(ask().header("x-tracery-fate")).isEqualTo("tls_verification");
    }

    @Test
    void connectionsOutliveAChangeThatDoesNotConcernThem() throws Exception {
        ask();
        accepting(CART, PAYMENT);
        awaitAccepted(PAYMENT);
        ask();
        assertThat(cart.dataPath.connections()).isEqualTo(1);
        assertThat(caller.log.ended(2).getLast().attempts().getFirst().connectionReused())
                .isTrue();
    }
}
