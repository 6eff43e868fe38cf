package io.tracery.proxy.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracery.proxy.data.Http1Peer.Message;
import io.tracery.proxy.data.RawHttp2.Frame;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.mesh.DownstreamTls;
import io.tracery.proxy.mesh.UpstreamProtocol;
import io.tracery.proxy.route.Rate;
import io.tracery.tracing.span.Fate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** HTTP/2 that begins as HTTP/1.1 (RFC 7540 section 3.2). */
@Timeout(30)
@ExtendWith(LeakCheck.class)
class Http2UpgradeTest {

    /** SETTINGS_MAX_CONCURRENT_STREAMS 100, SETTINGS_INITIAL_WINDOW_SIZE 5. */
    private static final String SETTINGS = "AAMAAABkAAQAAAAF";

    /** To an application that speaks HTTP/1.1 alone, which nobody has said. */
    private static TestProxy proxy(Http1Backend backend) {
        return new TestProxy().serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", backend.address()));
    }

    private static String offer(String line, String... fields) {
        return line + "\r\nHost: cart\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                + String.join("\r\n", fields) + "\r\n\r\n";
    }

    private static Frame next(RawHttp2 client, Integer... types) throws IOException {
        Frame frame = client.next(types);
        if (frame == null) {
            throw new AssertionError("the connection has ended");
        }
        return frame;
    }

    @Test
    void goesOnOverHttp2WithTheRequestThatOfferedItAsItsFirst() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("0123456789");
                TestProxy proxy = proxy(backend);
                Socket socket =
                        new Socket(proxy.address().getAddress(), proxy.address().getPort())) {
            try (Http1Peer another = Http1Peer.connect(proxy.address())) {
                // Leaves a connection to the application for the next request.
                assertThat(another.get("/warm").text()).isEqualTo("0123456789");
            }
            Http1Peer before = new Http1Peer(socket);
            before.send(offer("GET /first HTTP/1.1", "HTTP2-Settings: " + SETTINGS, "X-Mine: 1"));
            Message accepted = head(socket);
            assertThat(accepted.status()).isEqualTo(101);
            assertThat(accepted.header("upgrade")).isEqualTo("h2c");

            RawHttp2 client = new RawHttp2(socket);
            assertThat(next(client, RawHttp2.HEADERS).stream()).isEqualTo(1);
            // The window that its settings open, and no more than that until it opens it further.
            assertThat(next(client, RawHttp2.DATA).payload()).isEqualTo("01234");
            client.send(RawHttp2.frame(RawHttp2.WINDOW_UPDATE, 0, 1, RawHttp2.number(100)));
            assertThat(next(client, RawHttp2.DATA).payload()).isEqualTo("56789");

            client.send(RawHttp2.frame(RawHttp2.SETTINGS, 0, 0, new byte[] {0, 4, 0, 1, 0, 0}));
            client.send(
                    RawHttp2.frame(RawHttp2.HEADERS, RawHttp2.END_STREAM | RawHttp2.END_HEADERS, 3, RawHttp2.get()));
            assertThat(next(client, RawHttp2.HEADERS).stream()).isEqualTo(3);
            assertThat(next(client, RawHttp2.DATA).payload()).isEqualTo("0123456789");

            List<Exchange> exchanges = proxy.log.ended(3);
            assertThat(exchanges).extracting(Exchange::path).containsExactly("/warm", "/first", "/");
            // It offered HTTP/2 to its neighbour; of the application it knows that it speaks HTTP/1.1.
            assertThat(exchanges).allMatch(exchange -> exchange.protocol() == Protocol.HTTP1);
            assertThat(exchanges).allMatch(exchange -> exchange.fate() == Fate.SERVED);
            assertThat(proxy.log.started()).isEqualTo(3);
            Message first = backend.requests().get(1);
            assertThat(first.start()).isEqualTo("GET /first HTTP/1.1");
            assertThat(first.headers())
                    .containsEntry("x-mine", "1")
                    .doesNotContainKeys("upgrade", "connection", "http2-settings");
        }
    }

    /** Exactly the head: what follows it is for who reads on. */
    private static Message head(Socket socket) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (!bytes.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int b = socket.getInputStream().read();
            if (b < 0) {
                throw new AssertionError("closed after " + bytes);
            }
            bytes.write(b);
        }
        String[] lines = bytes.toString(StandardCharsets.ISO_8859_1).split("\r\n", -1);
        return new Message(lines[0], Map.of("upgrade", lines[2].substring("Upgrade: ".length())), "", Map.of());
    }

    @Test
    void aClientThatDoesNotWaitForTheAnswerIsUnderstoodToo() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("eager");
                TestProxy proxy = proxy(backend);
                Socket socket =
                        new Socket(proxy.address().getAddress(), proxy.address().getPort())) {
            new Http1Peer(socket).send(offer("HEAD / HTTP/1.1", "HTTP2-Settings: "));
            RawHttp2 client = new RawHttp2(socket);
            client.send(
                    RawHttp2.frame(RawHttp2.HEADERS, RawHttp2.END_STREAM | RawHttp2.END_HEADERS, 3, RawHttp2.get()));
            assertThat(head(socket).status()).isEqualTo(101);
            // Both are under way at once; which is answered first is the backend's affair.
            Set<Integer> answered = new HashSet<>();
            while (answered.size() < 2) {
                answered.add(next(client, RawHttp2.HEADERS).stream());
            }
            assertThat(answered).containsExactlyInAnyOrder(1, 3);
            proxy.log.ended(2);
        }
    }

    @Test
    void whatIsNotAsItShouldBeIsAnOrdinaryRequest() throws Exception {
        String settings = "HTTP2-Settings: " + SETTINGS;
        List<String> requests = List.of(
                offer("GET / HTTP/1.1", "HTTP2-Settings: AAMAAABkAAQAAAA"),
                offer("GET / HTTP/1.1", "HTTP2-Settings: not base64"),
                offer("GET / HTTP/1.1", "HTTP2-Settings: AAT_____"),
                offer("GET / HTTP/1.1", settings, settings),
                offer("GET / HTTP/1.1", "X-No-Settings: 1"),
                offer("POST / HTTP/1.1", settings, "Content-Length: 2") + "hi",
                offer("POST / HTTP/1.1", settings, "Transfer-Encoding: chunked") + "0\r\n\r\n",
                offer("GET / HTTP/1.1", settings).replace("Upgrade, HTTP2-Settings", "Upgrade"),
                offer("GET / HTTP/1.1", settings).replace("Upgrade: h2c", "Upgrade: websocket, h2c"));
        try (Http1Backend backend = Http1Backend.saying("as before");
                TestProxy proxy = proxy(backend)) {
            for (String request : requests) {
                try (Http1Peer client = Http1Peer.connect(proxy.address())) {
                    client.send(request);
                    Message answer = client.receive();
                    assertThat(answer.status()).as(request).isEqualTo(200);
                    assertThat(answer.text()).isEqualTo("as before");
                    assertThat(client.get("/next").text()).isEqualTo("as before");
                }
            }
            assertThat(proxy.log.ended(2 * requests.size()))
                    .allMatch(exchange -> exchange.protocol() == Protocol.HTTP1);
            assertThat(backend.requests())
                    .noneMatch(request -> request.headers().containsKey("http2-settings")
                            || request.header("upgrade").contains("h2c"));
        }
    }

    @Test
    void neverHappensUnderTls() throws Exception {
        TestCa ca = new TestCa();
        try (Http1Backend backend = Http1Backend.saying("as before");
                TestProxy proxy = new TestProxy()
                        .with(ca.identity("cart"))
                        .serving(
                                Mesh.inbound(DownstreamTls.STRICT, Mesh.route("inbound/8080")),
                                Mesh.cluster("inbound/8080", UpstreamProtocol.HTTP1, backend.address()));
                Socket socket = ca.certificate(
                                TestCa.spiffeId("front"), Instant.now().plusSeconds(600), 0)
                        .client("TLSv1.3")
                        .getSocketFactory()
                        .createSocket(
                                proxy.address().getAddress(), proxy.address().getPort())) {
            Http1Peer client = new Http1Peer(socket);
            client.send(offer("GET / HTTP/1.1", "HTTP2-Settings: " + SETTINGS));
            assertThat(client.receive().text()).isEqualTo("as before");
        }
    }

    @Test
    void theFirstRequestIsLimitedAndCountedLikeAnyOther() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("once");
                TestProxy proxy = new TestProxy()
                        .serving(
                                Mesh.outbound(RateLimitTest.limited(new Rate(1, Duration.ofHours(1), 1), null)),
                                Mesh.cluster("cart", backend.address()))) {
            for (String data : List.of("once", "rate_limited")) {
                try (Socket socket =
                        new Socket(proxy.address().getAddress(), proxy.address().getPort())) {
                    new Http1Peer(socket).send(offer("GET / HTTP/1.1", "HTTP2-Settings: "));
                    assertThat(head(socket).status()).isEqualTo(101);
                    RawHttp2 client = new RawHttp2(socket);
                    assertThat(next(client, RawHttp2.DATA).payload()).startsWith(data);
                }
            }
            assertThat(proxy.log.ended(2)).extracting(Exchange::fate).containsExactly(Fate.SERVED, Fate.RATE_LIMITED);
        }
    }

    @Test
    void whatFollowsTheOfferMustBeHttp2() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("x");
                TestProxy proxy = proxy(backend);
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.send(offer("GET / HTTP/1.1", "HTTP2-Settings: ") + "GET /more HTTP/1.1\r\nHost: cart\r\n\r\n");
            assertThat(client.head()).contains("101");
            assertThatThrownBy(() -> client.bytes(1_000)).isInstanceOf(IOException.class);
            assertThat(proxy.log.only().path()).isEqualTo("/");
        }
    }
}
