package io.tracery.proxy.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.proxy.data.Http1Peer.Message;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.mesh.DownstreamTls;
import io.tracery.tracing.span.Fate;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** HTTP/1.1 that travels between two sidecars as HTTP/2, and neither application can tell. */
@Timeout(30)
@ExtendWith(LeakCheck.class)
class NextHopTest {

    private static final TestCa CA = new TestCa();

    private static TestProxy inbound(DownstreamTls tls, InetSocketAddress application) throws IOException {
        return new TestProxy()
                .with(CA.identity("cart"))
                .serving(Mesh.inbound(tls, Mesh.route("inbound/8080")), Mesh.cluster("inbound/8080", application));
    }

    private static TestProxy outbound(TestProxy inbound) {
        return new TestProxy()
                .with(CA.identity("front"))
                .serving(
                        Mesh.outbound(Mesh.route("cart")),
                        Mesh.secured("cart", TestCa.spiffeId("cart"), inbound.address()));
    }

    @Test
    void manyClientsShareOneConnectionBetweenTheSidecars() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("shared");
                TestProxy inbound = inbound(DownstreamTls.STRICT, backend.address());
                TestProxy outbound = outbound(inbound)) {
            List<Http1Peer> clients = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                clients.add(Http1Peer.connect(outbound.address()));
            }
            for (Http1Peer client : clients) {
                client.send("GET / HTTP/1.1\r\nHost: cart\r\n\r\n");
            }
            for (Http1Peer client : clients) {
                assertThat(client.receive().text()).isEqualTo("shared");
                client.close();
            }

            assertThat(inbound.dataPath.connections()).isEqualTo(1);
            assertThat(outbound.log.ended(8)).allMatch(exchange -> exchange.protocol() == Protocol.HTTP1);
            assertThat(inbound.log.ended(8)).allMatch(exchange -> exchange.protocol() == Protocol.HTTP1);
        }
    }

    @Test
    void theApplicationGetsTheRequestThatTheClientSent() throws Exception {
        try (Http1Backend backend = new Http1Backend((request, client) -> client.send("""
                        HTTP/1.1 201 Created
                        Transfer-Encoding: chunked
                        X-Two: a
                        X-Two: b

                        3
                        one
                        0
                        X-Sum: 3

                        """.replace("\n", "\r\n")));
                TestProxy inbound = inbound(DownstreamTls.STRICT, backend.address());
                TestProxy outbound = outbound(inbound);
                Http1Peer client = Http1Peer.connect(outbound.address())) {
            client.send("""
                    POST /orders?x=1%20&y HTTP/1.1
                    Host: Cart:80
                    Transfer-Encoding: chunked
                    Cookie: a=1; b=2
                    X-Bytes: café
                    TE: trailers

                    2
                    hi
                    0
                    X-End: 1

                    """.replace("\n", "\r\n"));
            Message answer = client.receive();

            assertThat(answer.status()).isEqualTo(201);
            assertThat(answer.header("x-two")).isEqualTo("a,b");
            assertThat(answer.text()).isEqualTo("one");
            assertThat(answer.trailers()).containsEntry("x-sum", "3");
            Message request = backend.requests().getFirst();
            assertThat(request.start()).isEqualTo("POST /orders?x=1%20&y HTTP/1.1");
            assertThat(request.header("host")).isEqualTo("Cart:80");
            assertThat(request.header("cookie")).isEqualTo("a=1; b=2");
            assertThat(request.header("x-bytes")).isEqualTo("caf\u00e9");
            assertThat(request.header("te")).isEqualTo("trailers");
            assertThat(request.text()).isEqualTo("hi");
            assertThat(request.trailers()).containsEntry("x-end", "1");
            assertThat(request.headers()).doesNotContainKey("tracery-came-as");
        }
    }

    @Test
    void answersWithoutABodyStaySo() throws Exception {
        try (Http1Backend backend = new Http1Backend((request, client) -> client.send(
                        request.method().equals("HEAD")
                                ? "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
                                : "HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n"));
                TestProxy inbound = inbound(DownstreamTls.STRICT, backend.address());
                TestProxy outbound = outbound(inbound);
                Http1Peer client = Http1Peer.connect(outbound.address())) {
            client.sendHead("HEAD / HTTP/1.1", "Host: cart");
            assertThat(client.receive(/* bodiless= */ true).header("content-length"))
                    .isEqualTo("5");
            client.sendHead("GET / HTTP/1.1", "Host: cart");
            assertThat(client.receive(/* bodiless= */ true).status()).isEqualTo(304);
            client.sendHead("OPTIONS * HTTP/1.1", "Host: cart");
            assertThat(client.receive(/* bodiless= */ true).status()).isEqualTo(304);
            assertThat(backend.requests().getLast().start()).isEqualTo("OPTIONS * HTTP/1.1");
        }
    }

    @Test
    void aClientOfHttp10IsServedToo() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("old");
                TestProxy inbound = inbound(DownstreamTls.STRICT, backend.address());
                TestProxy outbound = outbound(inbound);
                Http1Peer client = Http1Peer.connect(outbound.address())) {
            client.sendHead("GET / HTTP/1.0");
            assertThat(client.receive().text()).isEqualTo("old");
            assertThat(client.closed()).isTrue();
        }
    }

    @Test
    void aClientThatWaitsForAnInterimAnswerGetsIt() throws Exception {
        try (RawServer backend = new RawServer(socket -> {
                    Http1Peer client = new Http1Peer(socket);
                    client.receive(/* bodiless= */ true);
                    client.sendHead("HTTP/1.1 100 Continue");
                    client.bytes(4);
                    client.answer(200, "taken");
                });
                TestProxy inbound = inbound(DownstreamTls.STRICT, backend.address());
                TestProxy outbound = outbound(inbound);
                Http1Peer client = Http1Peer.connect(outbound.address())) {
            client.sendHead("PUT / HTTP/1.1", "Host: cart", "Content-Length: 4", "Expect: 100-continue");
            assertThat(client.receive(/* bodiless= */ true).status()).isEqualTo(100);
            client.send("body");
            assertThat(client.receive().text()).isEqualTo("taken");
        }
    }

    @Test
    void whatIsHttp1sOwnStaysHttp1() throws Exception {
        try (RawServer backend = new RawServer(socket -> {
                    Http1Peer client = new Http1Peer(socket);
                    client.receive(/* bodiless= */ true);
                    client.sendHead("HTTP/1.1 101 Switching Protocols", "Connection: upgrade", "Upgrade: websocket");
                    client.send(client.bytes(3));
                });
                TestProxy inbound = inbound(DownstreamTls.STRICT, backend.address());
                TestProxy outbound = outbound(inbound);
                Http1Peer client = Http1Peer.connect(outbound.address())) {
            client.sendHead("GET /chat HTTP/1.1", "Host: cart", "Connection: Upgrade", "Upgrade: websocket");
            assertThat(client.receive(/* bodiless= */ true).status()).isEqualTo(101);
            client.send("abc");
            assertThat(client.bytes(3)).isEqualTo("abc");
            assertThat(client.closed()).isTrue();
            assertThat(inbound.log.only().fate()).isEqualTo(Fate.SERVED);
        }
    }

    @Test
    void nobodyIsBelievedWithoutACertificateAndNobodysWordIsPassedOn() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("plain");
                TestProxy inbound = inbound(DownstreamTls.NONE, backend.address());
                Http1Peer client = Http1Peer.connect(inbound.address())) {
            client.sendHead("GET / HTTP/1.1", "Host: cart", "Tracery-Came-As: http/1.1");
            assertThat(client.receive().text()).isEqualTo("plain");
            assertThat(backend.requests().getFirst().headers()).doesNotContainKey("tracery-came-as");
        }
    }

    @Test
    void clientsThatDoNotReadHoldUpNobodyElse() throws Exception {
        try (Http1Backend backend = new Http1Backend(NextHopTest::smallOrEndless);
                TestProxy inbound = inbound(DownstreamTls.STRICT, backend.address());
                TestProxy outbound = outbound(inbound)) {
            List<Http1Peer> still = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                Http1Peer client = withLittleRoom(outbound.address());
                still.add(client);
                client.sendHead("GET /endless HTTP/1.1", "Host: cart");
                assertThat(client.head()).contains("200");
            }
            try (Http1Peer reader = Http1Peer.connect(outbound.address())) {
                for (int i = 0; i < 10; i++) {
                    assertThat(reader.get("/small").text()).isEqualTo("small");
                }
            }
            assertThat(inbound.dataPath.connections()).isGreaterThan(1).isLessThan(40);
            for (Http1Peer client : still) {
                client.close();
            }
        }
    }

    private static Http1Peer withLittleRoom(InetSocketAddress address) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(address);
        return new Http1Peer(socket);
    }

    private static void smallOrEndless(Message request, Http1Peer client) throws IOException {
        if (request.target().equals("/small")) {
            client.answer(200, "small");
            return;
        }
        client.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        String chunk = "4000\r\n" + "x".repeat(0x4000) + "\r\n";
        while (true) {
            client.send(chunk);
        }
    }

    @Test
    void largeBodiesHaveConnectionsOfTheirOwn() throws Exception {
        String large = "x".repeat(100_000);
        try (Http1Backend backend = new Http1Backend(
                        (request, client) -> client.answer(200, request.target().equals("/large") ? large : "small"));
                TestProxy inbound = inbound(DownstreamTls.STRICT, backend.address());
                TestProxy outbound = outbound(inbound);
                Http1Peer client = Http1Peer.connect(outbound.address())) {
            assertThat(client.get("/small").text()).isEqualTo("small");
            assertThat(inbound.dataPath.connections()).isEqualTo(1);

            assertThat(client.post("/small", large).text()).isEqualTo("small");
            assertThat(inbound.dataPath.connections()).isEqualTo(2);
            assertThat(client.get("/large").text()).isEqualTo(large);
            assertThat(client.get("/large").text()).isEqualTo(large);
            assertThat(inbound.dataPath.connections()).isEqualTo(2);
        }
    }

    @Test
    void anApplicationThatBreaksOffAnswersBreaksOffTheClientsToo() throws Exception {
        try (RawServer backend = new RawServer(socket -> {
                    Http1Peer client = new Http1Peer(socket);
                    client.receive();
                    client.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
                });
                TestProxy inbound = inbound(DownstreamTls.STRICT, backend.address());
                TestProxy outbound = outbound(inbound);
                Http1Peer client = Http1Peer.connect(outbound.address())) {
            client.sendHead("GET / HTTP/1.1", "Host: cart");
            client.head();
            assertThat(client.bytes(4)).isEqualTo("half");
            assertThat(client.closed()).isTrue();
            assertThat(outbound.log.only().fate()).isEqualTo(Fate.RESET_AFTER_HEADERS);
            assertThat(inbound.log.only().fate()).isEqualTo(Fate.RESET_AFTER_HEADERS);
        }
    }
}
