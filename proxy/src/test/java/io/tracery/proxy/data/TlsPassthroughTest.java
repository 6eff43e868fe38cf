package io.tracery.proxy.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.mesh.Cluster;
import io.tracery.proxy.mesh.Direction;
import io.tracery.proxy.mesh.DownstreamTls;
import io.tracery.proxy.mesh.Listener;
import io.tracery.proxy.route.ClusterSplit;
import io.tracery.proxy.route.ServerNames;
import io.tracery.tracing.span.Fate;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS of the application's own, which nobody between its ends opens. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
class TlsPassthroughTest {

    private static final TestCa CA = new TestCa();
    private static final TestCa.Certified SERVER = certified("server");
    private static final TestCa.Certified CLIENT = certified("client");
    private static final int PATIENCE_MILLIS = 20_000;

    private static TestCa.Certified certified(String who) {
        return CA.certificate("urn:app:" + who, Instant.now().plus(Duration.ofHours(1)), 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void reachesTheServerUnopenedThroughTwoSidecars(String version) throws Exception {
        try (RawServer backend = secure("hello");
                TestProxy inbound = new TestProxy()
                        .with(CA.identity("db"))
                        .serving(
                                Mesh.tcp(Direction.INBOUND, DownstreamTls.STRICT, "app"),
                                Mesh.cluster("app", backend.address()));
                TestProxy outbound = new TestProxy()
                        .with(CA.identity("cart"))
                        .serving(
                                tls(Map.of("*.example.com", "db"), null),
                                Mesh.secured("db", TestCa.spiffeId("db"), inbound.address()))) {
            try (SSLSocket client = connect(outbound.address(), version, "DB.example.com")) {
                assertThat(client.getInputStream().readNBytes(5)).asString().isEqualTo("hello");
                assertThat(client.getSession().getProtocol()).isEqualTo(version);
                assertThat(client.getApplicationProtocol()).isEqualTo("app/1");
                assertThat(client.getSession().getPeerCertificates()).containsExactly(SERVER.leaf());
                assertThat(client.getInputStream().readNBytes(1))
                        .as("the server saw the client's own certificate")
                        .containsExactly('y');
            }
            Exchange sent = outbound.log.only();
            assertThat(sent.fate()).isEqualTo(Fate.SERVED);
            assertThat(sent.protocol()).isEqualTo(Protocol.TCP);
            assertThat(sent.authority()).isEqualTo("db.example.com");
            assertThat(sent.mutualTls()).isTrue();
            assertThat(inbound.log.only().fate()).isEqualTo(Fate.SERVED);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "db.example.com, exact",
        "web.example.com, wildcard",
        "example.org, rest",
        ", rest",
    })
    void goesToTheServerItAsksFor(@Nullable String name, String expected) throws Exception {
        try (RawServer exact = secure("exact");
                RawServer wildcard = secure("wildcard");
                RawServer rest = secure("rest");
                TestProxy proxy = new TestProxy()
                        .serving(
                                List.of(tls(Map.of("db.example.com", "exact", "*.example.com", "wildcard"), "rest")),
                                List.of(
                                        Mesh.cluster("exact", exact.address()),
                                        Mesh.cluster("wildcard", wildcard.address()),
                                        Mesh.cluster("rest", rest.address())));
                SSLSocket client = connect(proxy.address(), "TLSv1.3", name)) {
            assertThat(client.getInputStream().readNBytes(expected.length()))
                    .asString()
                    .isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u0016\u0003\u0001\u0000\u0005\u0001\u0000\u0000\u0001\u0003", "hello"})
    void whatNoRouteNamesIsRefused(String bytes) throws Exception {
        try (RawServer backend = secure("never");
                TestProxy proxy = outbound(Map.of("db.example.com", "db"), null, backend.address());
                Socket client = plain(proxy.address())) {
            client.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            assertThat(client.getInputStream().read()).isNegative();
            assertThat(proxy.log.only().fate()).isEqualTo(Fate.NO_ROUTE);
            assertThat(backend.accepted()).isZero();
        }
    }

    @Test
    void whatIsNoTlsGoesWhereTheRestGoes() throws Exception {
        try (RawServer backend = new RawServer(socket -> socket.getInputStream().transferTo(socket.getOutputStream()));
                TestProxy proxy = outbound(Map.of(), "db", backend.address());
                Socket client = plain(proxy.address())) {
            client.getOutputStream().write("STARTTLS".getBytes(StandardCharsets.US_ASCII));
            client.shutdownOutput();
            assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("STARTTLS");
            assertThat(proxy.log.only().fate()).isEqualTo(Fate.SERVED);
        }
    }

    @Test
    void aHelloInPiecesIsWaitedForAndPassedOnWhole() throws Exception {
        byte[] hello = {0x16, 3, 1, 0, 5, 1, 0, 0, 1, 3};
        try (RawServer backend = new RawServer(socket -> socket.getInputStream().transferTo(socket.getOutputStream()));
                TestProxy proxy = outbound(Map.of(), "db", backend.address());
                Socket client = plain(proxy.address())) {
            client.getOutputStream().write(hello, 0, 3);
            await().until(() -> proxy.dataPath.connections() == 1);
            assertThat(backend.accepted()).isZero();
            client.getOutputStream().write(hello, 3, hello.length - 3);
            assertThat(client.getInputStream().readNBytes(hello.length)).isEqualTo(hello);
        }
    }

    @Test
    void aClientThatGoesBeforeItHasSaidAnythingLeavesNothing() throws Exception {
        try (RawServer backend = secure("never");
                TestProxy proxy = outbound(Map.of(), "db", backend.address())) {
            Socket client = plain(proxy.address());
            await().until(() -> proxy.dataPath.connections() == 1);
            client.close();
            await().until(() -> proxy.dataPath.connections() == 0);
            assertThat(proxy.log.started()).isZero();
        }
    }

    @Test
    void anUndeclaredPortPassesItToo() throws Exception {
        try (RawServer backend = secure("hello");
                TestProxy proxy = new TestProxy()
                        .serving(
                                Mesh.auto(Direction.OUTBOUND, DownstreamTls.NONE, Duration.ofHours(1), "db"),
                                Mesh.cluster("db", backend.address()))) {
            try (SSLSocket client = connect(proxy.address(), "TLSv1.3", "db.example.com")) {
                assertThat(client.getInputStream().readNBytes(5)).asString().isEqualTo("hello");
                assertThat(client.getSession().getPeerCertificates()).containsExactly(SERVER.leaf());
            }
            assertThat(proxy.log.only().authority()).isEqualTo("db.example.com");
            assertThat(proxy.dataPath.detections().latest("outbound/kv.shop/6379"))
                    .isEqualTo(Opening.TLS);
        }
    }

    @Test
    void undeclaredPortsOnBothSidesPassItToo() throws Exception {
        try (RawServer backend = secure("hello");
                TestProxy inbound = new TestProxy()
                        .with(CA.identity("db"))
                        .serving(
                                Mesh.auto(Direction.INBOUND, DownstreamTls.PERMISSIVE, Duration.ofHours(1), "app"),
                                Mesh.cluster("app", backend.address()));
                TestProxy outbound = new TestProxy()
                        .with(CA.identity("cart"))
                        .serving(
                                Mesh.auto(Direction.OUTBOUND, DownstreamTls.NONE, Duration.ofHours(1), "db"),
                                Mesh.secured("db", TestCa.spiffeId("db"), inbound.address()))) {
            try (SSLSocket client = connect(outbound.address(), "TLSv1.3", "db.example.com")) {
                assertThat(client.getInputStream().readNBytes(5)).asString().isEqualTo("hello");
                assertThat(client.getSession().getPeerCertificates()).containsExactly(SERVER.leaf());
            }
            assertThat(outbound.log.only().detected()).isEqualTo("tls");
            assertThat(inbound.log.only().detected()).isEqualTo("tls");
            assertThat(inbound.log.only().peerIdentity()).isEqualTo(TestCa.spiffeId("cart"));
        }
    }

    private static TestProxy outbound(Map<String, String> names, @Nullable String rest, InetSocketAddress to) {
        Cluster db = Mesh.cluster("db", to);
        return new TestProxy().serving(tls(names, rest), db);
    }

    private static Listener tls(Map<String, String> names, @Nullable String rest) {
        Map<String, ClusterSplit> splits = new java.util.HashMap<>();
        names.forEach((name, cluster) -> splits.put(name, ClusterSplit.to(cluster)));
        return new Listener(
                "outbound/db.shop/5432",
                Direction.OUTBOUND,
                Mesh.ANY_PORT,
                DownstreamTls.NONE,
                new Listener.Handler.Tls(new ServerNames(splits, rest == null ? null : ClusterSplit.to(rest))));
    }

    /** Says hello over TLS, then whether it saw the client's certificate. */
    private static RawServer secure(String greeting) {
        return new RawServer(socket -> {
            try (SSLSocket tls = (SSLSocket)
                    SERVER.client("TLS").getSocketFactory().createSocket(socket, null, /* autoClose= */ true)) {
                tls.setNeedClientAuth(true);
                SSLParameters parameters = tls.getSSLParameters();
                parameters.setApplicationProtocols(new String[] {"app/1"});
                tls.setSSLParameters(parameters);
                tls.getOutputStream().write(greeting.getBytes(StandardCharsets.US_ASCII));
                X509Certificate seen = (X509Certificate) tls.getSession().getPeerCertificates()[0];
                tls.getOutputStream().write(seen.equals(CLIENT.leaf()) ? 'y' : 'n');
                tls.getInputStream().readAllBytes();
            }
        });
    }

    private static SSLSocket connect(InetSocketAddress address, String version, @Nullable String name)
            throws IOException {
        SSLSocket client = (SSLSocket) CLIENT.client("TLS")
                .getSocketFactory()
                .createSocket(plain(address), "", address.getPort(), /* autoClose= */ true);
        client.setSoTimeout(PATIENCE_MILLIS);
        SSLParameters parameters = client.getSSLParameters();
        parameters.setProtocols(new String[] {version});
        parameters.setApplicationProtocols(new String[] {"app/1", "app/0"});
        parameters.setServerNames(name == null ? List.of() : List.of(new SNIHostName(name)));
        client.setSSLParameters(parameters);
        return client;
    }

    private static Socket plain(InetSocketAddress address) throws IOException {
        Socket socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }
}
