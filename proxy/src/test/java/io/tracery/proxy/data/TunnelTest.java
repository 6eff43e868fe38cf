package io.tracery.proxy.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.proxy.data.Http1Peer.Message;
import io.tracery.tracing.span.Fate;
import java.net.Socket;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Exchanges that leave HTTP behind: WebSocket and other upgrades, and CONNECT. */
@Timeout(30)
@ExtendWith(LeakCheck.class)
class TunnelTest {

    private static final String UPGRADE =
            "GET /chat HTTP/1.1\r\nHost: cart\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n";

    /** Agrees to what was asked, then says everything it hears, in brackets, until it hears an exclamation mark. */
    private static void echo(Socket socket) throws Exception {
        Http1Peer client = new Http1Peer(socket);
        Message request = client.receive(/* bodiless= */ true);
        client.send(
                request.method().equals("CONNECT")
                        ? "HTTP/1.1 200 Connection established\r\n\r\n"
                        : "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: "
                                + request.header("upgrade") + "\r\nX-Asked: " + request.header("connection")
                                + "\r\n\r\nwelcome");
        for (int b = socket.getInputStream().read();
                b >= 0 && b != '!';
                b = socket.getInputStream().read()) {
            client.send("[" + (char) b + "]");
        }
    }

    @Test
    void carriesWebSocketBothWaysThroughTwoSidecars() throws Exception {
        try (RawServer backend = new RawServer(TunnelTest::echo);
                TestProxy inner = new TestProxy()
                        .serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", backend.address()));
                TestProxy outer = new TestProxy()
                        .serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", inner.address()));
                Http1Peer client = Http1Peer.connect(outer.address())) {
            client.send(UPGRADE);
            Message answer = client.receive(/* bodiless= */ true);
            assertThat(answer.status()).isEqualTo(101);
            assertThat(answer.header("upgrade")).isEqualTo("websocket");
            assertThat(answer.header("connection")).isEqualToIgnoringCase("upgrade");
            assertThat(answer.header("x-asked")).isEqualToIgnoringCase("upgrade");
            assertThat(client.bytes("welcome".length())).isEqualTo("welcome");

            client.send("a\r\n\r\n");
            assertThat(client.bytes(15)).isEqualTo("[a][\r][\n][\r][\n]");
            client.send("!");
            assertThat(client.closed()).isTrue();

            for (TestProxy proxy : new TestProxy[] {outer, inner}) {
                assertThat(proxy.log.only().fate()).isEqualTo(Fate.SERVED);
                assertThat(proxy.log.only().status()).isEqualTo(101);
                assertThat(proxy.log.only().bytesReceived()).isEqualTo(6);
                assertThat(proxy.log.only().bytesSent()).isEqualTo(22);
            }
        }
    }

    @Test
    void carriesWhatWasSentAheadOfTheAnswer() throws Exception {
        try (RawServer backend = new RawServer(TunnelTest::echo);
                TestProxy proxy = new TestProxy()
                        .serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.send(UPGRADE + "early");
            assertThat(client.receive(/* bodiless= */ true).status()).isEqualTo(101);
            assertThat(client.bytes(22)).isEqualTo("welcome[e][a][r][l][y]");
        }
    }

    @Test
    void endsServedWhenTheClientLeavesTheTunnel() throws Exception {
        try (RawServer backend = new RawServer(TunnelTest::echo);
                TestProxy proxy = new TestProxy()
                        .serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", backend.address()))) {
            try (Http1Peer client = Http1Peer.connect(proxy.address())) {
                client.send(UPGRADE);
                assertThat(client.receive(/* bodiless= */ true).status()).isEqualTo(101);
                assertThat(client.bytes(7)).isEqualTo("welcome");
            }
            assertThat(proxy.log.only().fate()).isEqualTo(Fate.SERVED);
        }
    }

    @Test
    void goesOnWithHttpWhereTheServerDeclines() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("no, thank you");
                TestProxy proxy = new TestProxy()
                        .serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.send(UPGRADE + "GET /next HTTP/1.1\r\nHost: cart\r\n\r\n");
            assertThat(client.receive().text()).isEqualTo("no, thank you");
            assertThat(client.receive().text()).isEqualTo("no, thank you");
            assertThat(backend.requests().getLast().target()).isEqualTo("/next");
            proxy.log.ended(2);
        }
    }

    @Test
    void refusesASwitchThatNobodyAskedFor() throws Exception {
        RawServer.Talk pushy = socket -> {
            Http1Peer client = new Http1Peer(socket);
            client.receive(/* bodiless= */ true);
            client.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: mine\r\n\r\n");
            socket.getInputStream().read();
        };
        try (RawServer backend = new RawServer(pushy);
                TestProxy proxy = new TestProxy()
                        .serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            assertThat(client.get("/").header("x-tracery-fate")).isEqualTo("malformed_response");
        }
    }

    @Test
    void neverOffersHttp2ToTheServerAmongOtherProtocols() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("no, thank you");
                TestProxy proxy = new TestProxy()
                        .serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            for (String offered : List.of("websocket, h2c", "H2C,websocket", "h2c-14 , websocket,HTTP/2.0")) {
                client.sendHead(
                        "GET / HTTP/1.1",
                        "Host: cart",
                        "Connection: Upgrade",
                        "Upgrade: " + offered,
                        "HTTP2-Settings: AAMAAABkAAQAoAAA");
                assertThat(client.receive().text()).isEqualTo("no, thank you");
                assertThat(backend.requests().getLast().headers())
                        .containsEntry("upgrade", "websocket")
                        .doesNotContainKey("http2-settings");
            }
            client.sendHead(
                    "GET / HTTP/1.1",
                    "Host: cart",
                    "Connection: Upgrade",
                    "Upgrade: h2c",
                    "Upgrade: h2",
                    "HTTP2-Settings: AAMAAABkAAQAoAAA");
            assertThat(client.receive().text()).isEqualTo("no, thank you");
            assertThat(backend.requests().getLast().headers())
                    .doesNotContainKeys("upgrade", "connection", "http2-settings");
            proxy.log.ended(4);
        }
    }

    @Test
    void opensATunnelForConnect() throws Exception {
        try (RawServer backend = new RawServer(TunnelTest::echo);
                TestProxy proxy = new TestProxy()
                        .serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.sendHead("CONNECT example.org:443 HTTP/1.1", "Host: example.org:443");
            assertThat(client.receive(/* bodiless= */ true).status()).isEqualTo(200);
            client.send("x");
            assertThat(client.bytes(3)).isEqualTo("[x]");
            client.send("!");
            assertThat(client.closed()).isTrue();
            assertThat(proxy.log.only().fate()).isEqualTo(Fate.SERVED);
            assertThat(proxy.log.only().method()).isEqualTo("CONNECT");
        }
    }
}
