package io.tracery.proxy.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.tracery.proxy.data.Http1Peer.Message;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.mesh.DownstreamTls;
import io.tracery.proxy.mesh.UpstreamProtocol;
import io.tracery.proxy.upstream.Limits;
import io.tracery.tracing.span.Fate;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** WebSocket over HTTP/2 (RFC 8441), and from one HTTP version to the other. */
@Timeout(30)
@ExtendWith(LeakCheck.class)
class WebSocketTest {

    private static final TestCa CA = new TestCa();

    /** RFC 6455 section 1.3 has both. */
    private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

    private static final String PROOF = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    private static final String[] UPGRADE = {
        "GET /chat HTTP/1.1",
        "Host: cart",
        "Connection: Upgrade",
        "Upgrade: WebSocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: " + KEY
    };

    private final Http2Peers peers = new Http2Peers();
    private final Queue<Message> requests = new ConcurrentLinkedQueue<>();

    @AfterEach
    void close() {
        peers.close();
    }

    // ---- the server ----

    private void agree(Http1Peer client) throws Exception {
        Message request = client.receive(/* bodiless= */ true);
        requests.add(request);
        client.sendHead(
                "HTTP/1.1 101 Switching Protocols",
                "Connection: upgrade",
                "Upgrade: websocket",
                "Sec-WebSocket-Protocol: chat",
                "Sec-WebSocket-Accept: " + proof(request.header("sec-websocket-key")));
    }

    private static String proof(String key) throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-1")
                .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.ISO_8859_1));
        return Base64.getEncoder().encodeToString(digest);
    }

    /** Says everything it hears, in brackets, until it hears an exclamation mark or the end. */
    private void echo(Socket socket) throws Exception {
        Http1Peer client = new Http1Peer(socket);
        agree(client);
        client.send("hello");
        int b = socket.getInputStream().read();
        while (b >= 0 && b != '!') {
            client.send("[" + (char) b + "]");
            b = socket.getInputStream().read();
        }
        client.send("bye");
    }

    private static TestProxy to(UpstreamProtocol protocol, InetSocketAddress backend) {
        return new TestProxy().serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", protocol, backend));
    }

    private Http2Talk ask(TestProxy proxy, String protocol) throws InterruptedException {
        return new Http2Talk(peers.connect(proxy.address()), Http2Talk.connect(protocol));
    }

    private static void talk(Http2Talk client) throws InterruptedException {
        assertThat(client.hear(5)).isEqualTo("hello");
        client.say("a\r\n");
        assertThat(client.hear(9)).isEqualTo("[a][\r][\n]");
        client.say("b!");
        assertThat(client.hear(6)).isEqualTo("[b]bye");
        assertThat(client.ended()).isEqualTo("end");
    }

    // ---- from one version to the other ----

    @Test
    void anHttp2ClientSpeaksToAnHttp1Server() throws Exception {
        try (RawServer backend = new RawServer(this::echo);
                TestProxy proxy = to(UpstreamProtocol.HTTP1, backend.address())) {
            Http2Talk client = ask(proxy, "websocket");
            Http2Headers head = client.head();
            assertThat(head.status()).hasToString("200");
            assertThat(head.get("sec-websocket-protocol")).hasToString("chat");
            assertThat(head.names()).map(Object::toString).doesNotContain("upgrade", "sec-websocket-accept");
            talk(client);

            Message request = requests.element();
            assertThat(request.start()).isEqualTo("GET /chat HTTP/1.1");
            assertThat(request.header("upgrade")).isEqualTo("websocket");
            assertThat(request.header("connection")).isEqualToIgnoringCase("upgrade");
            assertThat(request.header("host")).isEqualTo("cart");
            assertThat(Base64.getDecoder().decode(request.header("sec-websocket-key")))
                    .hasSize(16);
            assertThat(request.headers()).doesNotContainKeys("transfer-encoding", "content-length");

            assertThat(proxy.log.only().fate()).isEqualTo(Fate.SERVED);
            assertThat(proxy.log.only().protocol()).isEqualTo(Protocol.HTTP2);
            assertThat(proxy.log.only().bytesReceived()).isEqualTo(5);
            assertThat(proxy.log.only().bytesSent()).isEqualTo(20);
        }
    }

    @Test
    void anHttp1ClientSpeaksToAnHttp2Endpoint() throws Exception {
        try (RawServer backend = new RawServer(this::echo);
                TestProxy second = to(UpstreamProtocol.HTTP1, backend.address());
                TestProxy first = to(UpstreamProtocol.HTTP2, second.address());
                Http1Peer client = Http1Peer.connect(first.address())) {
            client.sendHead(UPGRADE);
            Message answer = client.receive(/* bodiless= */ true);
            assertThat(answer.status()).isEqualTo(101);
            assertThat(answer.header("upgrade")).isEqualToIgnoringCase("websocket");
            assertThat(answer.header("sec-websocket-accept")).isEqualTo(PROOF);
            assertThat(client.bytes(5)).isEqualTo("hello");
            client.send("a!");
            assertThat(client.bytes(6)).isEqualTo("[a]bye");
            assertThat(client.closed()).isTrue();

            assertThat(requests.element().header("sec-websocket-key")).isNotEqualTo(KEY);
            assertThat(first.log.only().fate()).isEqualTo(Fate.SERVED);
            assertThat(second.log.only().fate()).isEqualTo(Fate.SERVED);
            assertThat(second.log.only().protocol()).isEqualTo(Protocol.HTTP2);
        }
    }

    @Test
    void bothVersionsGoThroughTwoSidecarsWithMutualTls() throws Exception {
        try (RawServer backend = new RawServer(this::echo);
                TestProxy inbound = new TestProxy()
                        .with(CA.identity("cart"))
                        .serving(
                                Mesh.inbound(DownstreamTls.STRICT, Mesh.route("inbound/8080")),
                                Mesh.cluster("inbound/8080", UpstreamProtocol.HTTP1, backend.address()));
                TestProxy outbound = new TestProxy()
                        .with(CA.identity("front"))
                        .serving(
                                Mesh.outbound(Mesh.route("cart")),
                                Mesh.secured("cart", TestCa.spiffeId("cart"), inbound.address()));
                Http1Peer old = Http1Peer.connect(outbound.address())) {
            Http2Talk client = ask(outbound, "websocket");
            assertThat(client.head().status()).hasToString("200");
            talk(client);
            assertThat(outbound.log.only().fate()).isEqualTo(Fate.SERVED);
            assertThat(inbound.log.only().protocol()).isEqualTo(Protocol.HTTP2);

            old.sendHead(UPGRADE);
            assertThat(old.receive(/* bodiless= */ true).header("sec-websocket-accept"))
                    .isEqualTo(PROOF);
            assertThat(old.bytes(5)).isEqualTo("hello");
            old.send("!");
            assertThat(old.bytes(3)).isEqualTo("bye");
            assertThat(inbound.log.ended(2).getLast().protocol()).isEqualTo(Protocol.HTTP1);
        }
    }

    // ---- who does not agree ----

    @Test
    void aServersRefusalReachesTheClient() throws Exception {
        try (Http1Backend backend = new Http1Backend((request, client) -> client.answer(403, "not you"));
                TestProxy second = to(UpstreamProtocol.HTTP1, backend.address());
                TestProxy first = to(UpstreamProtocol.HTTP2, second.address())) {
            Http2Talk client = ask(first, "websocket");
            client.say("GET /smuggled HTTP/1.1\r\nHost: cart\r\n\r\n");
            assertThat(client.head().status()).hasToString("403");
            assertThat(client.hear(7)).isEqualTo("not you");
            assertThat(client.ended()).isEqualTo("end");
            assertThat(first.log.only().status()).isEqualTo(403);
            assertThat(second.log.only().status()).isEqualTo(403);
            assertThat(backend.requests()).hasSize(1);
        }
    }

    @Test
    void aServerThatOnlySeemsToAgreeIsNotBelieved() throws Exception {
        List<String> answers = List.of(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: " + PROOF + "\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        for (String said : answers) {
            try (RawServer backend = new RawServer(socket -> {
                        Http1Peer client = new Http1Peer(socket);
                        client.receive(/* bodiless= */ true);
                        client.send(said);
                        socket.getInputStream().read();
                    });
                    TestProxy proxy = to(UpstreamProtocol.HTTP1, backend.address())) {
                Http2Headers head = ask(proxy, "websocket").head();
                assertThat(head.status()).hasToString("502");
                assertThat(head.get("x-tracery-fate")).hasToString("malformed_response");
                assertThat(proxy.log.only().fate()).isEqualTo(Fate.MALFORMED_RESPONSE);
            }
        }
    }

    @Test
    void anEndpointThatDoesNotOfferExtendedConnectIsNotAskedForIt() throws Exception {
        InetSocketAddress backend = peers.serve(Http2Settings.defaultSettings(), (stream, request, body) -> {
            throw new AssertionError("asked: " + request);
        });
        try (TestProxy proxy = to(UpstreamProtocol.HTTP2, backend);
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.sendHead(UPGRADE);
            Message refusal = client.receive();
            assertThat(refusal.status()).isEqualTo(503);
            assertThat(refusal.text()).contains("does not offer extended CONNECT");
            assertThat(ask(proxy, "websocket").head().status()).hasToString("503");
            assertThat(proxy.log.ended(2)).allMatch(exchange -> exchange.fate() == Fate.NO_ENDPOINT);
        }
    }

    @Test
    void whatIsNoExtendedConnectIsRefused() throws Exception {
        try (RawServer backend = new RawServer(this::echo);
                TestProxy proxy = to(UpstreamProtocol.HTTP1, backend.address())) {
            assertThat(ask(proxy, "h2c").head().status()).hasToString("400");
            for (Http2Headers wrong : List.of(
                    Http2Talk.connect("websocket").method("GET"),
                    Http2Talk.connect("web socket"),
                    Http2Talk.connect(""),
                    Http2Talk.connect("websocket").set("content-length", "5"))) {
                assertThat(new Http2Talk(peers.connect(proxy.address()), wrong).ended())
                        .as(wrong.toString())
                        .isEqualTo("reset 1");
            }
            assertThat(proxy.log.ended(5)).allMatch(exchange -> exchange.fate() == Fate.MALFORMED_REQUEST);
            assertThat(requests).isEmpty();
        }
    }

    // ---- how it goes on, and ends ----

    @Test
    void whatIsSaidAheadOfTheAnswerWaitsForIt() throws Exception {
        Queue<Integer> ahead = new ConcurrentLinkedQueue<>();
        try (RawServer backend = new RawServer(socket -> {
                    Http1Peer client = new Http1Peer(socket);
                    agree(client);
                    ahead.add(client.bytes(5).length());
                    client.send("heard");
                    socket.getInputStream().read();
                });
                TestProxy proxy = to(UpstreamProtocol.HTTP1, backend.address())) {
            Http2Talk client = ask(proxy, "websocket");
            for (char c : "early".toCharArray()) {
                client.say(String.valueOf(c));
            }
            assertThat(client.head().status()).hasToString("200");
            assertThat(client.hear(5)).isEqualTo("heard");
            assertThat(ahead).containsExactly(5);
        }
    }

    @Test
    void aClientThatHasSaidAllStillHearsTheRest() throws Exception {
        try (RawServer backend = new RawServer(this::echo);
                TestProxy second = to(UpstreamProtocol.HTTP1, backend.address());
                TestProxy first = to(UpstreamProtocol.HTTP2, second.address())) {
            Http2Talk client = ask(first, "websocket");
            assertThat(client.head().status()).hasToString("200");
            assertThat(client.hear(5)).isEqualTo("hello");
            client.say("x");
            client.end();
            assertThat(client.hear(6)).isEqualTo("[x]bye");
            assertThat(client.ended()).isEqualTo("end");
            assertThat(first.log.only().fate()).isEqualTo(Fate.SERVED);
            assertThat(second.log.only().fate()).isEqualTo(Fate.SERVED);
        }
    }

    @Test
    void whatAClientSaidLastArrivesThoughItLeavesAtOnce() throws Exception {
        Queue<String> heard = new ConcurrentLinkedQueue<>();
        try (RawServer backend = new RawServer(socket -> {
                    Http1Peer client = new Http1Peer(socket);
                    agree(client);
                    heard.add(client.bytes(4));
                });
                TestProxy second = to(UpstreamProtocol.HTTP1, backend.address());
                TestProxy first = to(UpstreamProtocol.HTTP2, second.address())) {
            try (Http1Peer client = Http1Peer.connect(first.address())) {
                client.sendHead(UPGRADE);
                assertThat(client.receive(/* bodiless= */ true).status()).isEqualTo(101);
                client.send("last");
            }
            await().untilAsserted(() -> assertThat(heard).containsExactly("last"));
            assertThat(first.log.only().fate()).isEqualTo(Fate.SERVED);
        }
    }

    @Test
    void aClientsResetEndsTheServersConnection() throws Exception {
        try (RawServer backend = new RawServer(this::echo);
                TestProxy second = to(UpstreamProtocol.HTTP1, backend.address());
                TestProxy first = to(UpstreamProtocol.HTTP2, second.address())) {
            Http2Talk client = ask(first, "websocket");
            assertThat(client.head().status()).hasToString("200");
            assertThat(client.hear(5)).isEqualTo("hello");
            client.reset(Http2Error.CANCEL);
            assertThat(first.log.only().fate()).isEqualTo(Fate.CLIENT_GONE);
            assertThat(second.log.only().fate()).isEqualTo(Fate.CLIENT_GONE);
            await().untilAsserted(() -> assertThat(backend.open()).isZero());
        }
    }

    @Test
    void silenceEndsItAndIsNobodysFault() throws Exception {
        Limits usual = Limits.DEFAULT;
        Limits impatient = new Limits(
                usual.maxInitialLineBytes(),
                usual.maxHeaderBytes(),
                usual.headTimeout(),
                Duration.ofMillis(500),
                usual.tcpIdleTimeout(),
                usual.maxConnectionsPerListener(),
                usual.maxConnectionsPerEndpoint(),
                usual.maxStreamsPerConnection(),
                usual.maxPending(),
                usual.poolIdleTimeoutPlain(),
                usual.poolIdleTimeoutTls(),
                usual.replayBytes());
        try (RawServer backend = new RawServer(this::echo);
                TestProxy proxy = new TestProxy(impatient, 1)
                        .serving(
                                Mesh.outbound(Mesh.route("cart")),
                                Mesh.cluster("cart", UpstreamProtocol.HTTP1, backend.address()))) {
            Http2Talk client = ask(proxy, "websocket");
            assertThat(client.head().status()).hasToString("200");
            assertThat(client.hear(5)).isEqualTo("hello");
            assertThat(client.ended()).isEqualTo("reset " + Http2Error.CANCEL.code());
            assertThat(proxy.log.only().fate()).isEqualTo(Fate.DEADLINE);
            await().untilAsserted(() -> assertThat(backend.open()).isZero());
        }
    }
}
