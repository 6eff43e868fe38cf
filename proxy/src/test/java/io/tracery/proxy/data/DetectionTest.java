package io.tracery.proxy.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.mesh.Direction;
import io.tracery.proxy.mesh.DownstreamTls;
import io.tracery.proxy.upstream.Limits;
import io.tracery.tracing.span.Fate;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a port speaks whose protocol nobody has declared. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
class DetectionTest {

    private static final TestCa CA = new TestCa();
    private static final int PATIENCE_MILLIS = 20_000;
    private static final String OUT = "outbound/kv.shop/6379";
    private static final String IN = "inbound/kv.shop/6379";
    private static final Duration SHORT = Duration.ofMillis(50);

    /** No test lives so long: what does not wait for it needs no clock to show that. */
    private static final Duration NEVER = Duration.ofHours(1);

    private static final RawServer.Talk GREETER = socket -> {
        say(socket, "hello\n");
        echo(socket);
    };
    private static final RawServer.Talk ECHO = DetectionTest::echo;

    @ParameterizedTest
    @EnumSource(DownstreamTls.class)
    void aServerMaySpeakFirstThroughTwoSidecars(DownstreamTls tls) throws Exception {
        try (RawServer backend = new RawServer(GREETER);
                TestProxy inbound = inbound(tls, SHORT, backend.address());
                TestProxy outbound = outbound(tls, SHORT, inbound.address())) {
            for (int i = 1; i <= 2; i++) {
                try (Socket client = connect(outbound.address())) {
                    assertThat(hear(client, 6)).isEqualTo("hello\n");
                    say(client, "x");
                    client.shutdownOutput();
                    assertThat(client.getInputStream().readAllBytes()).hasSize(1);
                }
            }
            assertThat(outbound.log.ended(2)).allMatch(DetectionTest::servedAsTcp);
            assertThat(inbound.log.ended(2)).allMatch(DetectionTest::servedAsTcp);
            assertThat(outbound.dataPath.detections().latest(OUT)).isEqualTo(Opening.SERVER_FIRST);
            assertThat(inbound.dataPath.detections().latest(IN)).isEqualTo(Opening.SERVER_FIRST);
            assertThat(outbound.dataPath.detections().all()).singleElement().satisfies(view -> {
                assertThat(view.connections()).containsEntry("server_first", 2L);
                assertThat(view.declare()).isEqualTo("tcp");
            });
        }
    }

    @Test
    void aServerKnownToSpeakFirstIsConnectedAtOnce() throws Exception {
        try (RawServer backend = new RawServer(GREETER);
                TestProxy proxy = outbound(DownstreamTls.NONE, NEVER, backend.address())) {
            proxy.dataPath.detections().found(OUT, Opening.SERVER_FIRST, 0);
            try (Socket client = connect(proxy.address())) {
                assertThat(hear(client, 6)).isEqualTo("hello\n");
            }
            assertThat(proxy.log.ended(1)).allMatch(DetectionTest::servedAsTcp);
        }
    }

    @Test
    void whatIsRememberedDoesNotMakeItWrong() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("hi");
                TestProxy proxy = outbound(DownstreamTls.NONE, NEVER, backend.address())) {
            proxy.dataPath.detections().found(OUT, Opening.SERVER_FIRST, 0);
            try (Socket client = connect(proxy.address())) {
                await().until(() -> backend.connections() == 1);
                get(client);
            }
            assertThat(proxy.log.ended(1)).allMatch(DetectionTest::servedAsHttp);
            assertThat(proxy.dataPath.detections().latest(OUT)).isEqualTo(Opening.HTTP_1);
        }
    }

    @ParameterizedTest
    @EnumSource(DownstreamTls.class)
    void httpIsHttp(DownstreamTls tls) throws Exception {
        try (Http1Backend backend = Http1Backend.saying("hi");
                TestProxy inbound = inbound(tls, NEVER, backend.address());
                TestProxy outbound = outbound(tls, NEVER, inbound.address());
                Socket client = connect(outbound.address())) {
            get(client);
            get(client);
            assertThat(outbound.log.ended(2)).allMatch(DetectionTest::servedAsHttp);
            assertThat(inbound.log.ended(2)).allMatch(DetectionTest::servedAsHttp);
            assertThat(outbound.dataPath.detections().all().getFirst().declare())
                    .isEqualTo("http");
        }
    }

    @Test
    void httpThatComesLateLeavesNoTraceOfTheConnectionMadeMeanwhile() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("hi");
                TestProxy proxy = outbound(DownstreamTls.NONE, SHORT, backend.address());
                Socket client = connect(proxy.address())) {
            await().until(() -> backend.connections() == 1);
            say(client, "GET / HT");
            say(client, "TP/1.1\r\nhost: kv\r\n\r\n");
            assertThat(hear(client, 12)).isEqualTo("HTTP/1.1 200");
            assertThat(proxy.log.ended(1)).allMatch(DetectionTest::servedAsHttp);
        }
    }

    @Test
    void thePrefaceMeansHttp2() throws Exception {
        try (RawServer backend = new RawServer(ECHO);
                TestProxy proxy = outbound(DownstreamTls.NONE, NEVER, backend.address());
                Socket client = connect(proxy.address())) {
            say(client, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
            client.getOutputStream().write(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0});
            byte[] frame = client.getInputStream().readNBytes(9);
            assertThat(frame[3]).as("type of the first frame: SETTINGS").isEqualTo((byte) 4);
            assertThat(proxy.dataPath.detections().latest(OUT)).isEqualTo(Opening.HTTP_2);
            assertThat(backend.accepted()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u0016\u0003\u0001\u0000\u0010\u0001", "*1\r\n$4\r\nPING\r\n", "EHLO me\r\n", "\u0000"})
    void anythingElsePassesAtOnceAsItIs(String bytes) throws Exception {
        try (RawServer backend = new RawServer(ECHO);
                TestProxy proxy = outbound(DownstreamTls.NONE, NEVER, backend.address())) {
            try (Socket client = connect(proxy.address())) {
                say(client, bytes);
                assertThat(hear(client, bytes.length())).isEqualTo(bytes);
            }
            Exchange only = proxy.log.only();
            assertThat(only.fate()).isEqualTo(Fate.SERVED);
            assertThat(only.bytesReceived()).isEqualTo(bytes.length());
            assertThat(proxy.dataPath.detections().latest(OUT))
                    .isEqualTo(bytes.charAt(0) == 0x16 ? Opening.TLS : Opening.OPAQUE);
            assertThat(proxy.dataPath.detections().all().getFirst().declare())
                    .isEqualTo(bytes.charAt(0) == 0x16 ? "tls" : "tcp");
        }
    }

    @Test
    void halfAPrefaceIsPassedOnWhenTheRestDoesNotCome() throws Exception {
        Limits limits = headTimeout(Duration.ofMillis(200));
        try (RawServer backend = new RawServer(ECHO);
                TestProxy proxy = new TestProxy(limits, 1)
                        .serving(
                                Mesh.auto(Direction.OUTBOUND, DownstreamTls.NONE, NEVER, "kv"),
                                Mesh.cluster("kv", backend.address()));
                Socket client = connect(proxy.address())) {
            say(client, "PRI * HTTP");
            assertThat(hear(client, 10)).isEqualTo("PRI * HTTP");
        }
    }

    @Test
    void aServerMaySpeakWhileItsClientHasSaidHalf() throws Exception {
        try (RawServer backend = new RawServer(GREETER);
                TestProxy proxy = outbound(DownstreamTls.NONE, SHORT, backend.address());
                Socket client = connect(proxy.address())) {
            say(client, "abc");
            assertThat(hear(client, 9)).isEqualTo("hello\nabc");
        }
    }

    @Test
    void aClientThatOnlyListensIsJoinedToItsServer() throws Exception {
        try (RawServer backend = new RawServer(socket -> say(socket, "the time"));
                TestProxy proxy = outbound(DownstreamTls.NONE, NEVER, backend.address());
                Socket client = connect(proxy.address())) {
            client.shutdownOutput();
            assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("the time");
            assertThat(proxy.log.ended(1)).allMatch(DetectionTest::servedAsTcp);
        }
    }

    @Test
    void silenceOnBothSidesEndsWithTheClient() throws Exception {
        try (RawServer backend = new RawServer(ECHO);
                TestProxy proxy = outbound(DownstreamTls.NONE, SHORT, backend.address())) {
            Socket client = connect(proxy.address());
            await().until(() -> backend.accepted() == 1);
            assertThat(proxy.log.started()).isZero();
            client.setSoLinger(true, 0);
            client.close();
            assertThat(proxy.log.only().fate()).isEqualTo(Fate.CLIENT_GONE);
        }
    }

    @Test
    void anEndpointThatCannotBeReachedEndsASilentConnection() throws Exception {
        try (TestProxy proxy = outbound(DownstreamTls.NONE, SHORT, RawServer.nobody());
                Socket client = connect(proxy.address())) {
            assertThat(client.getInputStream().read()).isNegative();
            assertThat(proxy.log.only().fate()).isEqualTo(Fate.CONNECT_REFUSED);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void drainingEndsWhatHasNotBegun(boolean speculating) throws Exception {
        try (RawServer backend = new RawServer(ECHO);
                TestProxy proxy = outbound(DownstreamTls.NONE, speculating ? SHORT : NEVER, backend.address());
                Socket client = connect(proxy.address())) {
            await().until(() -> speculating ? backend.accepted() == 1 : proxy.dataPath.connections() == 1);
            proxy.dataPath.drain(Duration.ofSeconds(1));
            assertThat(client.getInputStream().read()).isNegative();
            assertThat(proxy.log.started()).isZero();
        }
    }

    @Test
    void whoGoesBeforeAnybodyHasSpokenIsCounted() throws Exception {
        try (RawServer backend = new RawServer(ECHO);
                TestProxy proxy = outbound(DownstreamTls.NONE, NEVER, backend.address())) {
            for (String half : new String[] {"", "GET / HT"}) {
                Socket client = connect(proxy.address());
                say(client, half);
                await().until(() -> proxy.dataPath.connections() == 1);
                client.setSoLinger(true, 0);
                client.close();
                await().until(() -> proxy.dataPath.connections() == 0);
            }
            assertThat(proxy.log.started()).isZero();
            assertThat(proxy.dataPath.detections().all()).singleElement().satisfies(view -> {
                assertThat(view.connections()).containsOnly(Map.entry("undecided", 2L));
                assertThat(view.declare()).isNull();
            });
        }
    }

    @Test
    void theRecordSaysHowAConnectionWasUnderstood() throws Exception {
        try (RawServer backend = new RawServer(GREETER);
                TestProxy proxy = outbound(DownstreamTls.NONE, SHORT, backend.address())) {
            try (Socket client = connect(proxy.address())) {
                say(client, "*1\r\n$4\r\nPING\r\n");
                hear(client, 6);
            }
            assertThat(proxy.log.ended(1).getLast().detected()).isEqualTo("opaque");
            try (Socket client = connect(proxy.address())) {
                hear(client, 6);
            }
            assertThat(proxy.log.ended(2).getLast().detected()).isEqualTo("server_first");
        }
        try (Http1Backend backend = Http1Backend.saying("hi");
                TestProxy auto = outbound(DownstreamTls.NONE, NEVER, backend.address());
                TestProxy declared = new TestProxy()
                        .serving(Mesh.outbound(Mesh.route("kv")), Mesh.cluster("kv", backend.address()))) {
            for (TestProxy proxy : new TestProxy[] {auto, declared}) {
                try (Socket client = connect(proxy.address())) {
                    get(client);
                }
            }
            assertThat(auto.log.only().detected()).isEqualTo("http_1");
            assertThat(declared.log.only().detected()).isEmpty();
        }
    }

    private static TestProxy outbound(DownstreamTls tls, Duration greeting, InetSocketAddress to) {
        return new TestProxy()
                .with(CA.identity("cart"))
                .serving(
                        Mesh.auto(Direction.OUTBOUND, DownstreamTls.NONE, greeting, "kv"),
                        tls == DownstreamTls.STRICT
                                ? Mesh.secured("kv", TestCa.spiffeId("kv"), to)
                                : Mesh.cluster("kv", to));
    }

    private static TestProxy inbound(DownstreamTls tls, Duration greeting, InetSocketAddress to) {
        return new TestProxy()
                .with(CA.identity("kv"))
                .serving(Mesh.auto(Direction.INBOUND, tls, greeting, "app"), Mesh.cluster("app", to));
    }

    private static Limits headTimeout(Duration most) {
        Limits usual = Limits.DEFAULT;
        return new Limits(
                usual.maxInitialLineBytes(),
                usual.maxHeaderBytes(),
                most,
                usual.idleTimeout(),
                usual.tcpIdleTimeout(),
                usual.maxConnectionsPerListener(),
                usual.maxConnectionsPerEndpoint(),
                usual.maxStreamsPerConnection(),
                usual.maxPending(),
                usual.poolIdleTimeoutPlain(),
                usual.poolIdleTimeoutTls(),
                usual.replayBytes());
    }

    private static boolean servedAsTcp(Exchange exchange) {
        return exchange.fate() == Fate.SERVED && exchange.protocol() == Protocol.TCP;
    }

    private static boolean servedAsHttp(Exchange exchange) {
        return exchange.fate() == Fate.SERVED && exchange.protocol() != Protocol.TCP;
    }

    private static void get(Socket client) throws IOException {
        say(client, "GET / HTTP/1.1\r\nhost: kv\r\n\r\n");
        StringBuilder answer = new StringBuilder();
        while (!answer.toString().endsWith("\r\n\r\nhi")) {
            answer.append(hear(client, 1));
        }
        assertThat(answer).startsWith("HTTP/1.1 200");
    }

    private static void echo(Socket socket) throws IOException {
        socket.getInputStream().transferTo(socket.getOutputStream());
    }

    private static void say(Socket socket, String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String hear(Socket socket, int bytes) throws IOException {
        byte[] heard = socket.getInputStream().readNBytes(bytes);
        assertThat(heard).as("bytes before the end").hasSize(bytes);
        return new String(heard, StandardCharsets.ISO_8859_1);
    }

    private static Socket connect(InetSocketAddress address) throws IOException {
        Socket socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }
}
