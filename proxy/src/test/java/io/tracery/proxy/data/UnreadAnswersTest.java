package io.tracery.proxy.data;

import static io.tracery.proxy.data.RawHttp2.frame;
import static io.tracery.proxy.data.RawHttp2.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.mesh.UpstreamProtocol;
import io.tracery.proxy.upstream.Limits;
import io.tracery.tracing.span.Fate;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Clients that ask and ask and read nothing of what they are answered, where no window holds the answers up: what waits for
 * them has a bound, and so has what they may ask.
 */
@Timeout(60)
@ExtendWith(LeakCheck.class)
class UnreadAnswersTest {

    private static final Limits IMPATIENT = BadInputTest.limits(Duration.ofMillis(300), Duration.ofSeconds(1), 100);

    private static final int LARGE = 8_000;

    private static final int HUGE = 30_000;

    /** Longer in Huffman's code of HPACK than as it is (RFC 7541 appendix B). */
    private static final String INCOMPRESSIBLE = "{";

    /** What waits for a client may be 4 MiB, and the kernels hold as much: a few rounds of so many huge ones. */
    private static final int AT_ONCE = 150;

    private static final int ROUNDS = 3;

    private static final byte[] GET = "GET /large HTTP/1.1\r\nHost: cart\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    @Test
    void aClientThatPipelinesAndDoesNotReadIsReadNoFurther() throws Exception {
        try (Http1Backend backend = backend();
                TestProxy proxy = proxy(backend);
                Socket client = withoutAppetite(proxy.address())) {
            Thread.ofVirtual().start(() -> pour(client, GET, 30_000));
            await().until(() -> proxy.log.started() > 100);
            assertServesOthers(proxy, 20);
            // Nothing has moved for as long as a connection may idle.
            await().until(() -> proxy.dataPath.connections() == 0);
            // What the kernels hold, and little more.
            assertThat(proxy.log.started()).isLessThan(5_000);
            assertThat(proxy.log.ended(proxy.log.started()))
                    .extracting(Exchange::fate)
                    .containsOnly(Fate.SERVED);
        }
    }

    @Test
    void aClientThatPipelinesMuchAndReadsLateGetsAllAnswers() throws Exception {
        int many = 3_000;
        try (Http1Backend backend = backend();
                TestProxy proxy = proxy(backend);
                Socket client = withoutAppetite(proxy.address())) {
            Thread.ofVirtual().start(() -> pour(client, GET, many));
            await().until(() -> proxy.log.started() > many / 10);
            Http1Peer reader = new Http1Peer(client);
            for (int i = 0; i < many; i++) {
                assertThat(reader.receive().header("x-large")).hasSize(LARGE);
            }
            proxy.log.ended(many);
        }
    }

    /** Its answers are heads alone, which no window holds up; what it resets has been written for it before. */
    @Test
    void aClientThatOpensStreamsAndDoesNotReadIsEnded() throws Exception {
        try (Http1Backend backend = backend();
                TestProxy proxy = proxy(backend);
                Socket client = withoutAppetite(proxy.address())) {
            Thread.ofVirtual().start(() -> askAndReset(client, backend, proxy));
            await().until(() -> proxy.dataPath.refusals().ofAbusiveClients() == 1);
            assertServesOthers(proxy, 20);
            await().until(() -> proxy.dataPath.connections() == 0);
            assertThat(proxy.log.ended(proxy.log.started()))
                    .extracting(Exchange::fate)
                    .isSubsetOf(Fate.SERVED, Fate.CLIENT_GONE);
        }
    }

    private static void askAndReset(Socket client, Http1Backend backend, TestProxy proxy) {
        try {
            OutputStream out = client.getOutputStream();
            out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            // SETTINGS_HEADER_TABLE_SIZE = 0: every answer says everything.
            out.write(frame(RawHttp2.SETTINGS, 0, 0, new byte[] {0, 1, 0, 0, 0, 0}));
            int flags = RawHttp2.END_HEADERS | RawHttp2.END_STREAM;
            for (int round = 0; round < ROUNDS; round++) {
                int first = round * AT_ONCE;
                int all = first + AT_ONCE;
                for (int i = first; i < all; i++) {
                    out.write(frame(RawHttp2.HEADERS, flags, 2 * i + 1, RawHttp2.get("/huge")));
                }
                // Of what comes after its end nothing arrives.
                await().until(() -> backend.requests().size() == all
                        || proxy.dataPath.refusals().ofAbusiveClients() > 0);
                for (int i = first; i < all; i++) {
                    out.write(frame(RawHttp2.RST_STREAM, 0, 2 * i + 1, number(8)));
                }
            }
        } catch (IOException e) {
            // Ended, as it should be.
        }
    }

    private static void pour(Socket client, byte[] piece, int times) {
        try {
            for (int i = 0; i < times; i++) {
                client.getOutputStream().write(piece);
            }
        } catch (IOException e) {
            // Ended, as it should be.
        }
    }

    private static Socket withoutAppetite(InetSocketAddress address) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.setSendBufferSize(64 * 1024);
        socket.connect(address);
        return socket;
    }

    private static void assertServesOthers(TestProxy proxy, int times) throws IOException {
        try (Http1Peer other = Http1Peer.connect(proxy.address())) {
            for (int i = 0; i < times; i++) {
                assertThat(other.get("/cart").text()).isEqualTo("fine");
            }
        }
    }

    private static Http1Backend backend() {
        return new Http1Backend((request, client) -> {
            if (request.target().equals("/large")) {
                client.send(head(LARGE));
            } else if (request.target().equals("/huge")) {
                client.send(head(HUGE));
            } else {
                client.answer(200, "fine");
            }
        });
    }

    private static String head(int size) {
        return "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nx-large: " + INCOMPRESSIBLE.repeat(size) + "\r\n\r\n";
    }

    private static TestProxy proxy(Http1Backend backend) {
        return new TestProxy(IMPATIENT, 1)
                .serving(
                        Mesh.outbound(Mesh.route("cart")),
                        Mesh.cluster("cart", UpstreamProtocol.HTTP1, backend.address()));
    }
}
