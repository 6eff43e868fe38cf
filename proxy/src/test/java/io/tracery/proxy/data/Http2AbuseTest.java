package io.tracery.proxy.data;

import static io.tracery.proxy.data.RawHttp2.frame;
import static io.tracery.proxy.data.RawHttp2.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.tracery.proxy.data.RawHttp2.Frame;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.mesh.UpstreamProtocol;
import io.tracery.proxy.upstream.Limits;
import io.tracery.tracing.span.Fate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a client can do to an HTTP/2 listener with frames that are each allowed, and with some that are not. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
class Http2AbuseTest {

    private static final int FLOW_CONTROL_ERROR = 3;
    private static final int REFUSED_STREAM = 7;
    private static final int ENHANCE_YOUR_CALM = 11;
    private static final byte[] NOTHING = {};

    @Test
    void endsAConnectionThatOpensStreamsToResetThem() throws Exception {
        try (RawServer backend = silent();
                TestProxy proxy = proxy(backend, Limits.DEFAULT);
                RawHttp2 client = new RawHttp2(proxy.address())) {
            ByteArrayOutputStream pair = new ByteArrayOutputStream();
            for (int i = 0; i < 502; i++) {
                int id = 2 * i + 1;
                pair.writeBytes(
                        frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS | RawHttp2.END_STREAM, id, RawHttp2.get()));
                pair.writeBytes(frame(RawHttp2.RST_STREAM, 0, id, number(8)));
            }
            client.flood(pair.toByteArray(), 1);
            assertEndsFor(client, ENHANCE_YOUR_CALM);
            assertThat(proxy.dataPath.refusals().ofAbusiveClients()).isEqualTo(1);
            await().until(() -> proxy.dataPath.connections() == 0);
            assertThat(proxy.log.ended(proxy.log.started()))
                    .hasSizeGreaterThan(400)
                    .allMatch(exchange -> exchange.fate() == Fate.CLIENT_GONE);
        }
    }

    @Test
    void letsAClientCancelWhatItMust() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("fine");
                TestProxy proxy = proxy(backend);
                RawHttp2 client = new RawHttp2(proxy.address())) {
            for (int id = 1; id < 600; id += 2) {
                client.send(frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS | RawHttp2.END_STREAM, id, RawHttp2.get()));
                client.send(frame(RawHttp2.RST_STREAM, 0, id, number(8)));
            }
            client.send(frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS | RawHttp2.END_STREAM, 601, RawHttp2.get()));
            Frame answer = client.next(RawHttp2.HEADERS);
            while (answer != null && answer.stream() != 601) {
                answer = client.next(RawHttp2.HEADERS);
            }
            assertThat(answer).isNotNull();
            assertThat(proxy.dataPath.refusals().ofAbusiveClients()).isZero();
        }
    }

    @Test
    void endsAConnectionOfFramesThatCarryNothing() throws Exception {
        byte[] ping = frame(RawHttp2.PING, 0, 0, new byte[8]);
        byte[] settings = frame(RawHttp2.SETTINGS, 0, 0, NOTHING);
        byte[] update = frame(RawHttp2.WINDOW_UPDATE, 0, 0, number(1));
        byte[] priority = frame(2, 0, 99, new byte[5]);
        byte[] unknown = frame(0x77, 0, 0, new byte[10]);
        try (Http1Backend backend = Http1Backend.saying("fine");
                TestProxy proxy = proxy(backend)) {
            int ended = 0;
            for (byte[] nothing : new byte[][] {ping, settings, update, priority, unknown}) {
                try (RawHttp2 client = new RawHttp2(proxy.address())) {
                    client.flood(nothing, 1_002);
                    assertEndsFor(client, ENHANCE_YOUR_CALM);
                    assertThat(proxy.dataPath.refusals().ofAbusiveClients()).isEqualTo(++ended);
                }
            }
            assertServesOthers(proxy);
        }
    }

    @Test
    void endsAConnectionOfEmptyData() throws Exception {
        try (RawServer backend = silent();
                TestProxy proxy = proxy(backend, Limits.DEFAULT);
                RawHttp2 client = new RawHttp2(proxy.address())) {
            client.send(frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1, RawHttp2.get()));
            client.flood(frame(RawHttp2.DATA, 0, 1, NOTHING), 5);
            assertEndsFor(client, ENHANCE_YOUR_CALM);
            assertThat(proxy.log.only().fate()).isEqualTo(Fate.CLIENT_GONE);
        }
    }

    @Test
    void endsAConnectionWhoseHeadersNeverEnd() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("fine");
                TestProxy proxy = proxy(backend);
                RawHttp2 client = new RawHttp2(proxy.address())) {
            client.send(frame(RawHttp2.HEADERS, RawHttp2.END_STREAM, 1, RawHttp2.get()));
            client.flood(frame(RawHttp2.CONTINUATION, 0, 1, new byte[] {(byte) 0x84}), 20);
            assertEndsFor(client, ENHANCE_YOUR_CALM);
            assertThat(proxy.log.started()).isZero();
            assertServesOthers(proxy);
        }
    }

    /** A few hundred bytes that unpack to megabytes: one long header, kept in the table, named again and again. */
    @Test
    void refusesHeadersThatUnpackToTooMuch() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("fine");
                TestProxy proxy = proxy(backend);
                RawHttp2 client = new RawHttp2(proxy.address())) {
            ByteArrayOutputStream block = new ByteArrayOutputStream();
            block.writeBytes(RawHttp2.get());
            // Literal with incremental indexing, a name of one byte, a value of 3,000.
            block.writeBytes(new byte[] {0x40, 1, 'x', 0x7f, (byte) 0xb9, 0x16});
            block.writeBytes(new byte[3_000]);
            byte[] text = block.toByteArray();
            for (int i = text.length - 3_000; i < text.length; i++) {
                text[i] = 'x';
            }
            ByteArrayOutputStream bomb = new ByteArrayOutputStream();
            bomb.writeBytes(text);
            for (int i = 0; i < 1_000; i++) {
                bomb.write(0x80 | 62);
            }
            client.send(frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS | RawHttp2.END_STREAM, 1, bomb.toByteArray()));
            Frame end = client.next(RawHttp2.RST_STREAM, RawHttp2.GOAWAY);
            assertThat(end).isNotNull();
            assertThat(proxy.log.only().fate()).isEqualTo(Fate.MALFORMED_REQUEST);
            assertThat(backend.requests()).isEmpty();
            assertServesOthers(proxy);
        }
    }

    @Test
    void refusesStreamsBeyondWhatItTakes() throws Exception {
        try (RawServer backend = silent();
                TestProxy proxy = proxy(backend, Limits.DEFAULT);
                RawHttp2 client = new RawHttp2(proxy.address())) {
            int most = Limits.DEFAULT.maxStreamsPerConnection();
            for (int i = 0; i <= most; i++) {
                client.send(
                        frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS | RawHttp2.END_STREAM, 2 * i + 1, RawHttp2.get()));
            }
            Frame refused = client.next(RawHttp2.RST_STREAM, RawHttp2.GOAWAY);
            assertThat(refused).isNotNull();
            if (refused != null) {
                assertThat(refused.type()).isEqualTo(RawHttp2.RST_STREAM);
                assertThat(refused.stream()).isEqualTo(2 * most + 1);
                assertThat(refused.errorCode()).isEqualTo(REFUSED_STREAM);
            }
            await().until(() -> proxy.log.started() == most);
        }
    }

    @Test
    void endsAConnectionWhoseWindowOverflows() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("fine");
                TestProxy proxy = proxy(backend);
                RawHttp2 client = new RawHttp2(proxy.address())) {
            client.send(frame(RawHttp2.WINDOW_UPDATE, 0, 0, number(Integer.MAX_VALUE)));
            assertEndsFor(client, FLOW_CONTROL_ERROR);
        }
    }

    /** The client takes nothing of a large answer: what waits is bounded, and in the end so is the time. */
    @Test
    void endsAStreamWhoseClientOpensNoWindow() throws Exception {
        AtomicLong written = new AtomicLong();
        RawServer.Talk endless = socket -> {
            Http1Peer peer = new Http1Peer(socket);
            peer.receive();
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
            byte[] piece = new byte[10_000];
            for (int i = 0; i < 10_000; i++) {
                socket.getOutputStream().write(piece);
                written.addAndGet(piece.length);
            }
        };
        Limits impatient = BadInputTest.limits(Duration.ofSeconds(5), Duration.ofSeconds(2), 100);
        try (RawServer backend = new RawServer(endless);
                TestProxy proxy = proxy(backend, impatient);
                RawHttp2 client = new RawHttp2(proxy.address())) {
            // SETTINGS_INITIAL_WINDOW_SIZE = 0
            client.send(frame(RawHttp2.SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 0, 0}));
            client.send(frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS | RawHttp2.END_STREAM, 1, RawHttp2.get()));
            Exchange stalled = proxy.log.only();
            assertThat(stalled.fate()).isEqualTo(Fate.DEADLINE);
            // What was read from the endpoint, and not what the kernels hold.
            assertThat(stalled.bytesSent()).isLessThan(1_000_000);
            assertThat(written.get()).isLessThan(50_000_000);
            await().atMost(Duration.ofSeconds(15)).until(() -> proxy.dataPath.connections() == 0);
        }
    }

    private static void assertEndsFor(RawHttp2 client, int errorCode) throws IOException {
        Frame goAway = client.next(RawHttp2.GOAWAY);
        assertThat(goAway).isNotNull();
        if (goAway != null) {
            assertThat(goAway.errorCode()).isEqualTo(errorCode);
        }
        assertThat(client.next(RawHttp2.HEADERS)).isNull();
    }

    private static void assertServesOthers(TestProxy proxy) throws Exception {
        try (Http2Peers others = new Http2Peers()) {
            var request = new DefaultHttp2Headers()
                    .method("GET")
                    .scheme("http")
                    .authority("cart")
                    .path("/");
            assertThat(others.ask(others.connect(proxy.address()), request).get())
                    .isEqualTo("200 fine");
        }
    }

    private static RawServer silent() throws IOException {
        return new RawServer(socket -> socket.getInputStream().readAllBytes());
    }

    private static TestProxy proxy(RawServer backend, Limits limits) {
        return new TestProxy(limits, 1)
                .serving(
                        Mesh.outbound(Mesh.route("cart")),
                        Mesh.cluster("cart", UpstreamProtocol.HTTP1, backend.address()));
    }

    private static TestProxy proxy(Http1Backend backend) {
        return new TestProxy()
                .serving(
                        Mesh.outbound(Mesh.route("cart")),
                        Mesh.cluster("cart", UpstreamProtocol.HTTP1, backend.address()));
    }
}
