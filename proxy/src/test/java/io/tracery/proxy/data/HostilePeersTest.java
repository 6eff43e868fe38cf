package io.tracery.proxy.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tracery.proxy.data.Http1Peer.Message;
import io.tracery.proxy.mesh.DownstreamTls;
import io.tracery.tracing.span.Fate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be done to a port that demands mutual TLS by those who have no right to it: nothing, and it is counted. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
class HostilePeersTest {

    private static final TestCa CA = new TestCa();
    private static final String FRONT = TestCa.spiffeId("front");
    private final Instant soon = Instant.now().plus(Duration.ofHours(1));
    private static final int HANDSHAKE = 0x16;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void randomBytesAsTlsRecordsAreTurnedAway(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        int times = 30;
        try (Http1Backend backend = Http1Backend.saying("fine");
                TestProxy proxy = strict(backend);
                Bystander other = bystander(proxy)) {
            for (int i = 0; i < times; i++) {
                byte[] record = new byte[5 + random.nextInt(1, 4_000)];
                random.nextBytes(record);
                ByteBuffer.wrap(record)
                        .put((byte) (random.nextBoolean() ? HANDSHAKE : random.nextInt(256)))
                        .put((byte) 3)
                        .put((byte) random.nextInt(5))
                        .putShort((short) (record.length - 5));
                try (Http1Peer garbage = Http1Peer.connect(proxy.address())) {
                    garbage.socket.getOutputStream().write(record);
                    garbage.socket.shutdownOutput();
                    drain(garbage.socket);
                }
            }
            assertUnharmed(proxy, other, times, "seed " + seed);
        }
    }

    /** Cut off at every length by its end, or by the proxy's patience. */
    @Test
    void handshakesThatAreCutOffAreCounted() throws Exception {
        byte[] hello = clientHello();
        int times = 0;
        try (Http1Backend backend = Http1Backend.saying("fine");
                TestProxy proxy = strict(backend);
                Bystander other = bystander(proxy)) {
            for (int length = 0; length < hello.length; length += 37) {
                try (Http1Peer gone = Http1Peer.connect(proxy.address())) {
                    gone.socket.getOutputStream().write(hello, 0, length);
                }
                times++;
            }
            assertUnharmed(proxy, other, times, "");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100})
    void handshakesThatStallEndByTheirDeadline(int length) throws Exception {
        for (DownstreamTls tls : new DownstreamTls[] {DownstreamTls.STRICT, DownstreamTls.PERMISSIVE}) {
            try (Http1Backend backend = Http1Backend.saying("fine");
                    TestProxy proxy = inbound(tls, Duration.ofSeconds(2), backend);
                    Bystander other = bystander(proxy);
                    Http1Peer stalled = Http1Peer.connect(proxy.address())) {
                stalled.socket.getOutputStream().write(clientHello(), 0, length);
                other.isServed();
                assertThat(stalled.closed()).isTrue();
                other.isServed();
                assertThat(proxy.dataPath.refusals().ofSilentClients()).isEqualTo(1);
                assertThat(proxy.dataPath.refusals().ofUnverifiedPeers()).isZero();
                assertThat(proxy.log.fates()).containsOnlyKeys(Fate.SERVED);
            }
        }
    }

    @Test
    void anExpiredCertificateIsTurnedAway() throws Exception {
        Instant before = Instant.now().minusSeconds(60);
        turnsAway(CA.certificate(FRONT, before, 0).client("TLSv1.3"));
    }

    @Test
    void aCertificateOfAnotherAuthorityIsTurnedAway() throws Exception {
        turnsAway(new TestCa().certificate(FRONT, soon, 0).client("TLSv1.3"));
    }

    @Test
    void anEnormousCertificateIsTurnedAway() throws Exception {
        turnsAway(CA.certificate(FRONT, soon, 20_000).client("TLSv1.3"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://tracery.local/ns/shop/sa/front", "urn:front"})
    void aNameThatIsNoSpiffeIdIsTurnedAway(String uri) throws Exception {
        turnsAway(CA.certificate(uri, soon, 0).client("TLSv1.3"));
    }

    @Test
    void aCertificateOfTwoNamesIsTurnedAway() throws Exception {
        turnsAway(CA.certificate(FRONT, soon, 1).client("TLSv1.3"));
    }

    /** Where a peer could ask to renegotiate, or to be compressed or resumed: there is no TLS below 1.3. */
    @Test
    void olderVersionsAreTurnedAway() throws Exception {
        turnsAway(CA.certificate(FRONT, soon, 0).client("TLSv1.2"));
    }

    @Test
    void nobodyIsTurnedAwayWhoMayCome() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("fine");
                TestProxy proxy = strict(backend)) {
            assertThat(ask(CA.certificate(FRONT, soon, 0).client("TLSv1.3"), proxy))
                    .contains(" 200 ");
            assertThat(proxy.log.only().peerIdentity()).isEqualTo(FRONT);
        }
    }

    @Test
    void anEndpointThatTalksGarbageIsNotBelieved() throws Exception {
        RawServer.Talk garbage = socket -> {
            socket.getInputStream().read();
            socket.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            socket.getInputStream().readAllBytes();
        };
        try (RawServer backend = new RawServer(garbage);
                TestProxy proxy = new TestProxy()
                        .with(CA.identity("front"))
                        .serving(
                                Mesh.outbound(Mesh.route("cart")),
                                Mesh.secured("cart", TestCa.spiffeId("cart"), backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            assertThat(client.get("/").header("x-tracery-fate")).isEqualTo("tls_verification");
            assertThat(proxy.log.only().fate()).isEqualTo(Fate.TLS_VERIFICATION);
            await().until(() -> backend.open() == 0);
        }
    }

    private void turnsAway(SSLContext client) throws Exception {
        try (Http1Backend backend = Http1Backend.saying("fine");
                TestProxy proxy = strict(backend);
                Bystander other = bystander(proxy)) {
            assertThat(ask(client, proxy)).isEmpty();
            assertUnharmed(proxy, other, 1, "");
            assertThat(backend.requests()).extracting(Message::target).containsOnly("/bystander");
        }
    }

    /** What is answered; nothing where the peer is turned away, which TLS 1.3 tells a client after its handshake. */
    private static String ask(SSLContext context, TestProxy proxy) throws IOException {
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory()
                .createSocket(proxy.address().getAddress(), proxy.address().getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write("GET / HTTP/1.1\r\nHost: cart\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (SSLException | SocketException e) {
            return "";
        }
    }

    private static void drain(Socket socket) {
        try {
            socket.getInputStream().readAllBytes();
        } catch (IOException e) {
            // Reset: turned away as well.
        }
    }

    private byte[] clientHello() throws Exception {
        SSLEngine engine = CA.certificate(FRONT, soon, 0).client("TLSv1.3").createSSLEngine();
        engine.setUseClientMode(true);
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), out);
        ByteArrayOutputStream hello = new ByteArrayOutputStream();
        hello.write(out.array(), 0, out.position());
        return hello.toByteArray();
    }

    private static void assertUnharmed(TestProxy proxy, Bystander other, int turnedAway, String about) {
        await().untilAsserted(() -> assertThat(proxy.dataPath.refusals().ofUnverifiedPeers())
                .as(about)
                .isEqualTo(turnedAway));
        await().until(() -> proxy.dataPath.connections() == 1);
        other.isServed();
        assertThat(proxy.log.fates()).containsOnlyKeys(Fate.SERVED);
    }

    /** One who may come, on a connection that is there before the others'. */
    private Bystander bystander(TestProxy proxy) throws Exception {
        Socket socket = CA.certificate(FRONT, soon, 0)
                .client("TLSv1.3")
                .getSocketFactory()
                .createSocket(proxy.address().getAddress(), proxy.address().getPort());
        Bystander other = new Bystander(new Http1Peer(socket), "/bystander");
        other.isServed();
        return other;
    }

    private static TestProxy strict(Http1Backend backend) {
        return inbound(DownstreamTls.STRICT, Duration.ofSeconds(10), backend);
    }

    private static TestProxy inbound(DownstreamTls tls, Duration patience, Http1Backend backend) {
        return new TestProxy(BadInputTest.limits(patience, Duration.ofSeconds(5), 1_000), 1)
                .with(CA.identity("cart"))
                .serving(Mesh.inbound(tls, Mesh.route("app")), Mesh.cluster("app", backend.address()));
    }
}
