package io.tracery.proxy.data;

import static io.tracery.proxy.data.RawHttp2.frame;
import static io.tracery.proxy.data.RawHttp2.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tracery.proxy.data.RawHttp2.Frame;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.mesh.UpstreamProtocol;
import io.tracery.proxy.upstream.Limits;
import io.tracery.tracing.span.Fate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a client can do to an HTTP/2 listener with frames that are each allowed, and with some that are not. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
class Http2AbuseTest {

    private static final int PROTOCOL_ERROR = 1;
    private static final int FLOW_CONTROL_ERROR = 3;
    private static final int REFUSED_STREAM = 7;
    private static final int ENHANCE_YOUR_CALM = 11;
    private static final int MOST_STREAMS = Limits.DEFAULT.maxStreamsPerConnection();
    private static final String FINE = "/fine";
    private static final byte[] NOTHING = {};

    /**
     * What one client does, and what it is told.
     *
     * @param fate of its exchanges, null where nothing of it becomes one
     * @param least so many of them at least
     */
    record Attack(String name, int errorCode, @Nullable Fate fate, int least, Assault assault) {

        Attack(String name, int errorCode, Assault assault) {
            this(name, errorCode, null, 0, assault);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    interface Assault {
        void by(RawHttp2 client) throws IOException;
    }

    static List<Attack> attacks() {
        return List.of(
                new Attack("rapid reset", ENHANCE_YOUR_CALM, Fate.CLIENT_GONE, 400, Http2AbuseTest::askAndReset),
                flood("pings", frame(RawHttp2.PING, 0, 0, new byte[8])),
                flood("settings", frame(RawHttp2.SETTINGS, 0, 0, NOTHING)),
                flood("window updates", frame(RawHttp2.WINDOW_UPDATE, 0, 0, number(1))),
                flood("priorities", frame(2, 0, 99, new byte[5])),
                flood("unknown frames", frame(0x77, 0, 0, new byte[10])),
                new Attack("empty data", ENHANCE_YOUR_CALM, Fate.CLIENT_GONE, 1, client -> {
                    client.send(frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1, RawHttp2.get()));
                    client.flood(frame(RawHttp2.DATA, 0, 1, NOTHING), 5);
                }),
                new Attack("endless continuation", ENHANCE_YOUR_CALM, client -> {
                    client.send(frame(RawHttp2.HEADERS, RawHttp2.END_STREAM, 1, RawHttp2.get()));
                    client.flood(frame(RawHttp2.CONTINUATION, 0, 1, new byte[] {(byte) 0x84}), 20);
                }),
                new Attack(
                        "HPACK bomb",
                        PROTOCOL_ERROR,
                        Fate.MALFORMED_REQUEST,
                        1,
                        client -> client.send(request(1, bomb()))),
                new Attack("too many streams", REFUSED_STREAM, Fate.CLIENT_GONE, MOST_STREAMS, client -> {
                    for (int i = 0; i <= MOST_STREAMS; i++) {
                        client.send(request(2 * i + 1, RawHttp2.get()));
                    }
                }),
                new Attack(
                        "window overflow",
                        FLOW_CONTROL_ERROR,
                        client -> client.send(frame(RawHttp2.WINDOW_UPDATE, 0, 0, number(Integer.MAX_VALUE)))));
    }

    private static Attack flood(String name, byte[] frame) {
        return new Attack(name, ENHANCE_YOUR_CALM, client -> client.flood(frame, 1_002));
    }

    private static void askAndReset(RawHttp2 client) throws IOException {
        ByteArrayOutputStream pairs = new ByteArrayOutputStream();
        for (int id = 1; id < 1_004; id += 2) {
            pairs.writeBytes(request(id, RawHttp2.get()));
            pairs.writeBytes(frame(RawHttp2.RST_STREAM, 0, id, number(8)));
        }
        client.send(pairs.toByteArray());
    }

    @ParameterizedTest
    @MethodSource("attacks")
    void whoeverAttacksIsStoppedAndCountedAndNobodyElseNotices(Attack attack) throws Exception {
        try (RawServer attacked = silent();
                Http1Backend backend = Http1Backend.saying("fine");
                TestProxy proxy = proxy(attacked, backend, Limits.DEFAULT);
                Bystander other = new Bystander(proxy.address(), FINE)) {
            other.isServed();
            try (RawHttp2 client = new RawHttp2(proxy.address())) {
                attack.assault.by(client);
                other.isServed();
                Frame end = client.next(RawHttp2.GOAWAY, RawHttp2.RST_STREAM);
                assertThat(end).isNotNull();
                if (end != null) {
                    assertThat(end.errorCode()).isEqualTo(attack.errorCode);
                    // What ends the connection is the last that is heard of it.
                    assertThat(end.type() == RawHttp2.GOAWAY && client.next(RawHttp2.HEADERS) != null)
                            .isFalse();
                }
            }
            await().until(() -> proxy.dataPath.connections() == 1);
            other.isServed();
            assertCounted(proxy, attack);
            if (attack.fate != Fate.CLIENT_GONE) {
                assertThat(attacked.accepted()).as("passed on").isZero();
            }
        }
    }

    private static void assertCounted(TestProxy proxy, Attack attack) {
        Refusals refusals = proxy.dataPath.refusals();
        assertThat(refusals.ofAbusiveClients()).isEqualTo(attack.errorCode == ENHANCE_YOUR_CALM ? 1 : 0);
        assertThat(refusals.ofMalformedConnections()).isEqualTo(attack.errorCode == FLOW_CONTROL_ERROR ? 1 : 0);
        assertThat(refusals.ofStreams()).isEqualTo(attack.errorCode == REFUSED_STREAM ? 1 : 0);
        await().untilAsserted(() -> {
            Map<Fate, Integer> fates = proxy.log.fates();
            fates.remove(Fate.SERVED);
            if (attack.fate == null) {
                assertThat(fates).isEmpty();
            } else {
                assertThat(fates).containsOnlyKeys(attack.fate);
                assertThat(fates.get(attack.fate)).isGreaterThanOrEqualTo(attack.least);
            }
        });
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
        try (RawServer attacked = new RawServer(endless);
                Http1Backend backend = Http1Backend.saying("fine");
                TestProxy proxy = proxy(attacked, backend, impatient);
                Bystander other = new Bystander(proxy.address(), FINE);
                RawHttp2 client = new RawHttp2(proxy.address())) {
            // SETTINGS_INITIAL_WINDOW_SIZE = 0
            client.send(frame(RawHttp2.SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 0, 0}));
            client.send(frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS | RawHttp2.END_STREAM, 1, RawHttp2.get()));
            other.isServed();
            await().atMost(Duration.ofSeconds(15)).until(() -> proxy.log.fates().containsKey(Fate.DEADLINE));
            other.isServed();
            Exchange stalled = proxy.log.endedAs(Fate.DEADLINE);
            // What was read from the endpoint, and not what the kernels hold.
            assertThat(stalled.bytesSent()).isLessThan(1_000_000);
            assertThat(written.get()).isLessThan(50_000_000);
            await().atMost(Duration.ofSeconds(15)).until(() -> proxy.dataPath.connections() == 1);
        }
    }

    private static byte[] request(int id, byte[] headers) {
        return frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS | RawHttp2.END_STREAM, id, headers);
    }

    /** A few hundred bytes that unpack to megabytes: one long header, kept in the table, named again and again. */
    private static byte[] bomb() {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        bomb.writeBytes(RawHttp2.get());
        // Literal with incremental indexing, a name of one byte, a value of 3,000.
        bomb.writeBytes(new byte[] {0x40, 1, 'x', 0x7f, (byte) 0xb9, 0x16});
        bomb.writeBytes("x".repeat(3_000).getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < 1_000; i++) {
            bomb.write(0x80 | 62);
        }
        return bomb.toByteArray();
    }

    private static RawServer silent() {
        return new RawServer(socket -> socket.getInputStream().readAllBytes());
    }

    private static TestProxy proxy(RawServer attacked, Http1Backend backend, Limits limits) {
        return new TestProxy(limits, 1)
                .serving(
                        Mesh.outbound(Mesh.at(FINE, "fine"), Mesh.route("cart")),
                        Mesh.cluster("cart", UpstreamProtocol.HTTP1, attacked.address()),
                        Mesh.cluster("fine", UpstreamProtocol.HTTP1, backend.address()));
    }

    private static TestProxy proxy(Http1Backend backend) {
        return new TestProxy()
                .serving(
                        Mesh.outbound(Mesh.route("cart")),
                        Mesh.cluster("cart", UpstreamProtocol.HTTP1, backend.address()));
    }
}
