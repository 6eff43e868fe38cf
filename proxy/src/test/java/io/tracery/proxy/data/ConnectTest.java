package io.tracery.proxy.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.tracery.proxy.data.Http1Peer.Message;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.mesh.DownstreamTls;
import io.tracery.proxy.mesh.UpstreamProtocol;
import io.tracery.tracing.span.Fate;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** CONNECT (RFC 9110 section 9.3.6) of clients of either version, to endpoints of either version (RFC 9113 section 8.5). */
@Timeout(30)
@ExtendWith(LeakCheck.class)
class ConnectTest {

    private static final TestCa CA = new TestCa();
    private static final String TARGET = "db.example:5432";

    private final Http2Peers peers = new Http2Peers();
    private final Queue<Message> requests = new ConcurrentLinkedQueue<>();

    @AfterEach
    void close() {
        peers.close();
    }

    // ---- the server ----

    /** Agrees, says everything it hears in brackets until an exclamation mark or the end, and takes its leave. */
    private void echo(Socket socket) throws Exception {
        Http1Peer client = new Http1Peer(socket);
        requests.add(client.receive(/* bodiless= */ true));
        // The length is of no meaning, and must not be passed on.
        client.sendHead("HTTP/1.1 200 Connection established", "Content-Length: 3");
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

    private Http2Talk ask(TestProxy proxy) throws InterruptedException {
        return new Http2Talk(peers.connect(proxy.address()), Http2Talk.connectTo(TARGET));
    }

    private static void talk(Http2Talk client) throws InterruptedException {
        Http2Headers head = client.head();
        assertThat(head.status()).hasToString("200");
        assertThat(head.contains("content-length")).isFalse();
        client.say("a");
        assertThat(client.hear(3)).isEqualTo("[a]");
        client.say("b!");
        assertThat(client.hear(6)).isEqualTo("[b]bye");
        assertThat(client.ended()).isEqualTo("end");
    }

    private static void talk(Http1Peer client) throws Exception {
        client.sendHead("CONNECT " + TARGET + " HTTP/1.1", "Host: " + TARGET);
        Message answer = client.receive(/* bodiless= */ true);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers()).doesNotContainKeys("content-length", "transfer-encoding");
        client.send("a!");
        assertThat(client.bytes(6)).isEqualTo("[a]bye");
        assertThat(client.closed()).isTrue();
    }

    // ---- from one version to the other ----

    @Test
    void anHttp2ClientReachesAnHttp1Server() throws Exception {
        try (RawServer backend = new RawServer(this::echo);
                TestProxy proxy = to(UpstreamProtocol.HTTP1, backend.address())) {
            talk(ask(proxy));

            Message request = requests.element();
            assertThat(request.start()).isEqualTo("CONNECT " + TARGET + " HTTP/1.1");
            assertThat(request.header("host")).isEqualTo(TARGET);
            assertThat(request.headers()).doesNotContainKeys("transfer-encoding", "content-length", "connection");
            assertThat(proxy.log.only().fate()).isEqualTo(Fate.SERVED);
            assertThat(proxy.log.only().method()).isEqualTo("CONNECT");
            assertThat(proxy.log.only().authority()).isEqualTo(TARGET);
            assertThat(proxy.log.only().protocol()).isEqualTo(Protocol.HTTP2);
            assertThat(proxy.log.only().bytesReceived()).isEqualTo(3);
            assertThat(proxy.log.only().bytesSent()).isEqualTo(9);
        }
    }

    @Test
    void clientsOfBothVersionsReachAnHttp2Endpoint() throws Exception {
        try (RawServer backend = new RawServer(this::echo);
                TestProxy second = to(UpstreamProtocol.HTTP1, backend.address());
                TestProxy first = to(UpstreamProtocol.HTTP2, second.address());
                Http1Peer old = Http1Peer.connect(first.address())) {
            talk(ask(first));
            talk(old);
            assertThat(first.log.ended(2)).allMatch(exchange -> exchange.fate() == Fate.SERVED);
            assertThat(second.log.ended(2)).allMatch(exchange -> exchange.protocol() == Protocol.HTTP2);
        }
    }

    @Test
    void clientsOfBothVersionsGoThroughTwoSidecarsWithMutualTls() throws Exception {
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
            talk(ask(outbound));
            talk(old);
            assertThat(outbound.log.ended(2)).allMatch(exchange -> exchange.fate() == Fate.SERVED);
            assertThat(inbound.log.ended(2))
                    .extracting(exchange -> exchange.protocol())
                    .containsExactly(Protocol.HTTP2, Protocol.HTTP1);
        }
    }

    // ---- what is said when ----

    @Test
    void whatIsSaidAheadOfTheAnswerIsNoRequestToAServerThatDeclines() throws Exception {
        try (Http1Backend backend = new Http1Backend((request, client) -> client.answer(403, "not you"));
                TestProxy proxy = to(UpstreamProtocol.HTTP1, backend.address())) {
            Http2Talk client = ask(proxy);
            client.say("GET /smuggled HTTP/1.1\r\nHost: cart\r\n\r\n");
            assertThat(client.head().status()).hasToString("403");
            assertThat(client.hear(7)).isEqualTo("not you");
            assertThat(client.ended()).isEqualTo("end");
            assertThat(proxy.log.only().status()).isEqualTo(403);
            assertThat(backend.requests()).hasSize(1);
        }
    }

    @Test
    void aClientThatHasSaidAllStillHearsTheRest() throws Exception {
        try (RawServer backend = new RawServer(this::echo);
                TestProxy second = to(UpstreamProtocol.HTTP1, backend.address());
                TestProxy first = to(UpstreamProtocol.HTTP2, second.address())) {
            Http2Talk client = ask(first);
            client.say("x");
            client.end();
            assertThat(client.head().status()).hasToString("200");
            assertThat(client.hear(6)).isEqualTo("[x]bye");
            assertThat(client.ended()).isEqualTo("end");
            assertThat(first.log.only().fate()).isEqualTo(Fate.SERVED);
            assertThat(second.log.only().fate()).isEqualTo(Fate.SERVED);
        }
    }

    @Test
    void whatIsNoConnectIsRefused() throws Exception {
        try (RawServer backend = new RawServer(this::echo);
                TestProxy proxy = to(UpstreamProtocol.HTTP1, backend.address())) {
            for (Http2Headers wrong : List.of(
                    Http2Talk.connectTo(TARGET).path("/"),
                    Http2Talk.connectTo(TARGET).scheme("https"),
                    Http2Talk.connectTo(TARGET).set("content-length", "5"))) {
                assertThat(new Http2Talk(peers.connect(proxy.address()), wrong).ended())
                        .as(wrong.toString())
                        .isEqualTo("reset 1");
            }
            for (String target :
                    List.of("db.example", "db.example:", "db.example:0", "db.example:65536", ":80", "a/b:80")) {
                Http2Headers head = Http2Talk.connectTo(target);
                assertThat(new Http2Talk(peers.connect(proxy.address()), head)
                                .head()
                                .status())
                        .as(target)
                        .hasToString("400");
            }
            for (String field : List.of("Content-Length: 5", "Transfer-Encoding: chunked")) {
                try (Http1Peer client = Http1Peer.connect(proxy.address())) {
                    client.sendHead("CONNECT " + TARGET + " HTTP/1.1", "Host: " + TARGET, field);
                    assertThat(client.receive().status()).isEqualTo(400);
                }
            }
            assertThat(proxy.log.ended(11)).allMatch(exchange -> exchange.fate() == Fate.MALFORMED_REQUEST);
            assertThat(requests).isEmpty();
        }
    }

    @Test
    void headersInATunnelEndIt() throws Exception {
        try (RawServer backend = new RawServer(this::echo);
                TestProxy proxy = to(UpstreamProtocol.HTTP1, backend.address())) {
            Http2Talk client = ask(proxy);
            assertThat(client.head().status()).hasToString("200");
            client.trail();
            assertThat(client.ended()).isEqualTo("reset " + Http2Error.PROTOCOL_ERROR.code());
            assertThat(proxy.log.only().fate()).isEqualTo(Fate.MALFORMED_REQUEST);
            await().untilAsserted(() -> assertThat(backend.open()).isZero());
        }
    }
}
