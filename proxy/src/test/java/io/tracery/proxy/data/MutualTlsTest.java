package io.tracery.proxy.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tracery.proxy.data.Http1Peer.Message;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.mesh.DownstreamTls;
import io.tracery.proxy.mesh.MeshSnapshot;
import io.tracery.tracing.context.TraceContext;
import io.tracery.tracing.span.Fate;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(30)
@ExtendWith(LeakCheck.class)
class MutualTlsTest {

    private static final TestCa CA = new TestCa();

    @Test
    void twoProxiesKnowEachOtherAndKeepOneTrace() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("safe");
                TestProxy inbound = inbound(DownstreamTls.STRICT, backend);
                TestProxy outbound = outbound(inbound, TestCa.spiffeId("cart"));
                Http1Peer client = Http1Peer.connect(outbound.address())) {
            assertThat(client.get("/").text()).isEqualTo("safe");
            assertThat(client.get("/").text()).isEqualTo("safe");

            Exchange sent = outbound.log.ended(2).getFirst();
            Exchange received = inbound.log.ended(2).getFirst();
            TraceContext sentTrace = Objects.requireNonNull(sent.trace());
            TraceContext receivedTrace = Objects.requireNonNull(received.trace());
            assertThat(receivedTrace.traceIdHex()).isEqualTo(sentTrace.traceIdHex());
            assertThat(received.parentSpanId()).isEqualTo(sentTrace.spanId());
            assertThat(backend.requests().getFirst().header("traceparent")).contains(receivedTrace.spanIdHex());

            assertThat(sent.mutualTls()).isTrue();
            assertThat(sent.peerIdentity()).isEqualTo(TestCa.spiffeId("cart"));
            assertThat(received.mutualTls()).isTrue();
            assertThat(received.peerIdentity()).isEqualTo(TestCa.spiffeId("front"));
            assertThat(received.peer().namespace()).isEqualTo("shop");
            assertThat(received.peer().name()).isEqualTo("front");
            assertThat(inbound.dataPath.connections()).isEqualTo(1);
        }
    }

    @Test
    void refusesAnEndpointThatIsSomebodyElse() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("not for you");
                TestProxy inbound = inbound(DownstreamTls.STRICT, backend);
                TestProxy outbound = outbound(inbound, TestCa.spiffeId("payment"));
                Http1Peer client = Http1Peer.connect(outbound.address())) {
            Message answer = client.get("/");

            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.header("x-tracery-fate")).isEqualTo("tls_verification");
            assertThat(answer.text()).contains("is " + TestCa.spiffeId("cart"));
            assertThat(outbound.log.only().fate()).isEqualTo(Fate.TLS_VERIFICATION);
            assertThat(outbound.log.only().mutualTls()).isFalse();
            assertThat(backend.requests()).isEmpty();
        }
    }

    @Test
    void refusesACallerWhoseCertificateIsOfAnotherAuthority() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("no");
                TestProxy inbound = inbound(DownstreamTls.STRICT, backend);
                TestProxy outbound = outbound(inbound, TestCa.spiffeId("cart")).with(new TestCa().identity("front"));
                Http1Peer client = Http1Peer.connect(outbound.address())) {
            assertThat(client.get("/").header("x-tracery-fate")).isEqualTo("tls_verification");
            assertThat(backend.requests()).isEmpty();
            await().untilAsserted(() ->
                    assertThat(inbound.dataPath.refusals().ofUnverifiedPeers()).isPositive());
        }
    }

    @Test
    void refusesPlainTextWhereMutualTlsIsStrict() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("no");
                TestProxy inbound = inbound(DownstreamTls.STRICT, backend);
                Http1Peer client = Http1Peer.connect(inbound.address())) {
            client.sendHead("GET / HTTP/1.1", "Host: cart");
            assertThat(client.closed()).isTrue();
            assertThat(inbound.log.started()).isZero();
            await().untilAsserted(() ->
                    assertThat(inbound.dataPath.refusals().ofUnverifiedPeers()).isEqualTo(1));
        }
    }

    @Test
    void takesBothWherePolicyIsPermissive() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("both");
                TestProxy inbound = inbound(DownstreamTls.PERMISSIVE, backend);
                TestProxy outbound = outbound(inbound, TestCa.spiffeId("cart"));
                Http1Peer plain = Http1Peer.connect(inbound.address());
                Http1Peer meshed = Http1Peer.connect(outbound.address())) {
            assertThat(plain.get("/").text()).isEqualTo("both");
            assertThat(meshed.get("/").text()).isEqualTo("both");

            assertThat(inbound.log.ended(2)).extracting(Exchange::mutualTls).containsExactly(false, true);
        }
    }

    @Test
    void failsClosedWithoutAnIdentity() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("no");
                TestProxy inbound = inbound(DownstreamTls.STRICT, backend);
                TestProxy outbound = outbound(inbound, TestCa.spiffeId("cart"));
                Http1Peer client = Http1Peer.connect(outbound.address())) {
            outbound.identity.set(null);
            assertThat(client.get("/").header("x-tracery-fate")).isEqualTo("tls_verification");

            outbound.with(CA.identity("front"));
            inbound.identity.set(null);
            assertThat(client.get("/").status()).isEqualTo(502);
            await().untilAsserted(() ->
                    assertThat(inbound.dataPath.refusals().withoutIdentity()).isPositive());
            assertThat(backend.requests()).isEmpty();
        }
    }

    @Test
    void usesARotatedIdentityForNewConnections() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("rotated");
                TestProxy inbound = inbound(DownstreamTls.STRICT, backend);
                TestProxy outbound = outbound(inbound, TestCa.spiffeId("cart"));
                Http1Peer client = Http1Peer.connect(outbound.address())) {
            client.get("/");
            outbound.with(CA.identity("front-two"));
            // Whatever makes the pool begin anew: here the cluster goes and comes back.
            MeshSnapshot snapshot = outbound.snapshots.current();
            outbound.snapshots.publish(new MeshSnapshot(2, snapshot.listeners(), Map.of()));
            await().until(() ->
                    outbound.dataPath.endpoints(Duration.ofSeconds(1)).isEmpty());
            outbound.snapshots.publish(new MeshSnapshot(3, snapshot.listeners(), snapshot.clusters()));
            assertThat(client.get("/").text()).isEqualTo("rotated");

            assertThat(inbound.log.ended(2))
                    .extracting(Exchange::peerIdentity)
                    .containsExactly(TestCa.spiffeId("front"), TestCa.spiffeId("front-two"));
        }
    }

    private static TestProxy inbound(DownstreamTls tls, Http1Backend backend) throws IOException {
        return new TestProxy()
                .with(CA.identity("cart"))
                .serving(
                        Mesh.inbound(tls, Mesh.route("inbound/8080")), Mesh.cluster("inbound/8080", backend.address()));
    }

    private static TestProxy outbound(TestProxy inbound, String expected) {
        return new TestProxy()
                .with(CA.identity("front"))
                .serving(Mesh.outbound(Mesh.route("cart")), Mesh.secured("cart", expected, inbound.address()));
    }
}
