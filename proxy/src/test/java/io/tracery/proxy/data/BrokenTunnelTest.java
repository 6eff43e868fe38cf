package io.tracery.proxy.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.tracery.proxy.mesh.UpstreamProtocol;
import io.tracery.tracing.span.Fate;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A reset is no end: what is bytes until the connection ends, tunnels and bodies of unknown length, is broken off for one side
 * where the other broke it off, in whatever words that side has.
 */
@Timeout(30)
@ExtendWith(LeakCheck.class)
class BrokenTunnelTest {

    private static final String TARGET = "db.example:5432";

    private final Http2Peers peers = new Http2Peers();
    private final Queue<String> heard = new ConcurrentLinkedQueue<>();

    @AfterEach
    void close() {
        peers.close();
    }

    /** Agrees to whatever it is asked for, and breaks the connection off when it hears an exclamation mark. */
    private void breaksOff(Socket socket) throws Exception {
        Http1Peer client = new Http1Peer(socket);
        Http1Peer.Message request = client.receive(/* bodiless= */ true);
        if (request.method().equals("CONNECT")) {
            client.sendHead("HTTP/1.1 200 Connection established");
        } else {
            client.sendHead(
                    "HTTP/1.1 101 Switching Protocols",
                    "Connection: upgrade",
                    "Upgrade: websocket",
                    "Sec-WebSocket-Accept: " + proof(request.header("sec-websocket-key")));
        }
        client.send("hello");
        try {
            int b = socket.getInputStream().read();
            while (b >= 0 && b != '!') {
                b = socket.getInputStream().read();
            }
            heard.add(b < 0 ? "end" : "!");
        } catch (SocketException e) {
            heard.add("reset");
        }
        socket.setSoLinger(true, 0);
    }

    private static String proof(String key) throws Exception {
        byte[] text = (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII);
        return Base64.getEncoder()
                .encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
    }

    /** Two sidecars, the server speaking HTTP/1.1. */
    private record Pair(TestProxy first, TestProxy second) implements AutoCloseable {

        static Pair to(InetSocketAddress backend, UpstreamProtocol between) {
            TestProxy second = to(UpstreamProtocol.HTTP1, backend);
            return new Pair(to(between, second.address()), second);
        }

        private static TestProxy to(UpstreamProtocol protocol, InetSocketAddress backend) {
            return new TestProxy().serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", protocol, backend));
        }

        void ended(Fate fate) {
            assertThat(first.log.only().fate()).isEqualTo(fate);
            assertThat(second.log.only().fate()).isEqualTo(fate);
        }

        @Override
        public void close() {
            first.close();
            second.close();
        }
    }

    private static Http1Peer connect(Pair pair) throws IOException {
        Http1Peer client = Http1Peer.connect(pair.first().address());
        client.sendHead("CONNECT " + TARGET + " HTTP/1.1", "Host: " + TARGET);
        assertThat(client.receive(/* bodiless= */ true).status()).isEqualTo(200);
        assertThat(client.bytes(5)).isEqualTo("hello");
        return client;
    }

    private Http2Talk ask(Pair pair, Http2Headers head) throws InterruptedException {
        Http2Talk client = new Http2Talk(peers.connect(pair.first().address()), head);
        assertThat(client.head().status()).hasToString("200");
        assertThat(client.hear(5)).isEqualTo("hello");
        return client;
    }

    // ---- by the server ----

    @ParameterizedTest
    @EnumSource(names = {"HTTP1", "HTTP2"})
    void theServersResetReachesAnHttp1ClientAsOne(UpstreamProtocol between) throws Exception {
        try (RawServer backend = new RawServer(this::breaksOff);
                Pair pair = Pair.to(backend.address(), between);
                Http1Peer client = connect(pair)) {
            client.send("!");
            assertThatThrownBy(() -> client.bytes(1)).isInstanceOf(SocketException.class);
            pair.ended(Fate.RESET_AFTER_HEADERS);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP1", "HTTP2"})
    void theServersResetReachesAnHttp2ClientInItsWords(UpstreamProtocol between) throws Exception {
        try (RawServer backend = new RawServer(this::breaksOff);
                Pair pair = Pair.to(backend.address(), between)) {
            Http2Talk client = ask(pair, Http2Talk.connectTo(TARGET));
            client.say("!");
            assertThat(client.ended()).isEqualTo("reset " + Http2Error.CONNECT_ERROR.code());
            pair.ended(Fate.RESET_AFTER_HEADERS);
        }
    }

    @Test
    void aWebSocketsServersResetIsACancel() throws Exception {
        try (RawServer backend = new RawServer(this::breaksOff);
                Pair pair = Pair.to(backend.address(), UpstreamProtocol.HTTP2)) {
            Http2Talk client = ask(pair, Http2Talk.connect("websocket"));
            client.say("!");
            assertThat(client.ended()).isEqualTo("reset " + Http2Error.CANCEL.code());
            pair.ended(Fate.RESET_AFTER_HEADERS);
        }
    }

    // ---- by the client ----

    @ParameterizedTest
    @EnumSource(names = {"HTTP1", "HTTP2"})
    void anHttp1ClientsResetReachesTheServer(UpstreamProtocol between) throws Exception {
        try (RawServer backend = new RawServer(this::breaksOff);
                Pair pair = Pair.to(backend.address(), between);
                Http1Peer client = connect(pair)) {
            client.socket.setSoLinger(true, 0);
            client.socket.close();
            await().untilAsserted(() -> assertThat(heard).containsExactly("reset"));
            pair.ended(Fate.CLIENT_GONE);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP1", "HTTP2"})
    void anHttp2ClientsResetReachesTheServer(UpstreamProtocol between) throws Exception {
        try (RawServer backend = new RawServer(this::breaksOff);
                Pair pair = Pair.to(backend.address(), between)) {
            ask(pair, Http2Talk.connectTo(TARGET)).reset(Http2Error.CONNECT_ERROR);
            await().untilAsserted(() -> assertThat(heard).containsExactly("reset"));
            pair.ended(Fate.CLIENT_GONE);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP1", "HTTP2"})
    void aClientThatLeavesInGoodOrderIsNoReset(UpstreamProtocol between) throws Exception {
        try (RawServer backend = new RawServer(this::breaksOff);
                Pair pair = Pair.to(backend.address(), between)) {
            connect(pair).close();
            await().untilAsserted(() -> assertThat(heard).containsExactly("end"));
            pair.ended(Fate.SERVED);
        }
    }

    // ---- bodies that end with the connection ----

    @Test
    void aBodyOfUnknownLengthThatIsBrokenOffIsNotComplete() throws Exception {
        RawServer.Talk cut = socket -> {
            Http1Peer client = new Http1Peer(socket);
            client.receive(/* bodiless= */ true);
            client.send("HTTP/1.1 200 OK\r\n\r\nhalf");
            client.bytes(1);
            socket.setSoLinger(true, 0);
        };
        try (RawServer backend = new RawServer(cut);
                Pair pair = Pair.to(backend.address(), UpstreamProtocol.HTTP1);
                Http1Peer client = Http1Peer.connect(pair.first().address());
                Http1Peer old = Http1Peer.connect(pair.first().address())) {
            // The rest of its request, so that there is something to wait for.
            client.send("POST / HTTP/1.1\r\nHost: cart\r\nContent-Length: 1\r\n\r\n");
            assertThat(client.head()).contains("200").contains("chunked");
            assertThat(client.bytes(9)).isEqualTo("4\r\nhalf\r\n");
            client.send("x");
            assertThat(client.closed()).as("without the last chunk").isTrue();

            old.send("POST / HTTP/1.0\r\nContent-Length: 1\r\n\r\n");
            assertThat(old.head()).contains("200");
            assertThat(old.bytes(4)).isEqualTo("half");
            old.send("x");
            assertThatThrownBy(() -> old.bytes(1)).isInstanceOf(SocketException.class);
            assertThat(pair.first().log.ended(2)).allMatch(exchange -> exchange.fate() == Fate.RESET_AFTER_HEADERS);
            assertThat(pair.second().log.ended(2)).allMatch(exchange -> exchange.fate() == Fate.RESET_AFTER_HEADERS);
        }
    }
}
