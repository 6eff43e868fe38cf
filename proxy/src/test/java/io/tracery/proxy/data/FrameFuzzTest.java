package io.tracery.proxy.data;

import static io.tracery.proxy.data.RawHttp2.frame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tracery.proxy.loop.BufferMemory;
import io.tracery.proxy.mesh.UpstreamProtocol;
import io.tracery.proxy.route.RetryPolicy;
import io.tracery.tracing.span.Fate;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * HTTP/2 peers that send any frames in any order, right ones among them: each exchange still has one fate, others are served
 * meanwhile, and nothing of it stays. Seeded.
 */
@Timeout(120)
@ExtendWith(LeakCheck.class)
class FrameFuzzTest {

    private static final long SEED = Long.getLong("seed", 20_261_128);
    private static final int PEERS = Integer.getInteger("fuzz.peers", 150);
    private static final int FRAMES = 60;
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** What one peer sends: mostly frames that could be, some that could not. */
    private static void anything(OutputStream out, SplittableRandom random, byte[] headers) throws IOException {
        int stream = 1;
        for (int i = 0; i < FRAMES; i++) {
            int type = random.nextInt(12);
            int flags = random.nextInt(4) == 0
                    ? random.nextInt(256)
                    : random.nextInt(2) * RawHttp2.END_STREAM | RawHttp2.END_HEADERS;
            int id = random.nextInt(4) == 0 ? random.nextInt(12) : stream;
            byte[] payload = new byte[random.nextInt(random.nextInt(8) == 0 ? 2_000 : 20)];
            random.nextBytes(payload);
            if (type == RawHttp2.HEADERS && random.nextInt(4) != 0) {
                payload = headers;
                stream += 2;
            } else if (type == RawHttp2.SETTINGS && random.nextInt(2) == 0) {
                payload = new byte[] {0, (byte) random.nextInt(10), 0, 0, (byte) random.nextInt(256), 1};
                id = 0;
                flags = 0;
            } else if ((type == RawHttp2.WINDOW_UPDATE || type == RawHttp2.RST_STREAM) && random.nextInt(2) == 0) {
                payload = RawHttp2.number(random.nextInt(100_000));
            } else if (type == RawHttp2.PING && random.nextInt(2) == 0) {
                payload = new byte[8];
                id = 0;
                flags = 0;
            }
            byte[] frame = frame(type, flags, id, payload);
            if (random.nextInt(40) == 0) {
                frame[random.nextInt(9)] = (byte) random.nextInt(256);
            }
            out.write(frame);
        }
    }

    @Test
    void clientsThatSendAnything() throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        try (Http1Backend backend = Http1Backend.saying("fine");
                TestProxy proxy = new TestProxy()
                        .serving(
                                Mesh.outbound(Mesh.route("cart", Duration.ofSeconds(2), RetryPolicy.NONE)),
                                Mesh.cluster("cart", UpstreamProtocol.HTTP1, backend.address()));
                Http1Peer other = Http1Peer.connect(proxy.address())) {
            assertThat(other.get("/").text()).isEqualTo("fine");
            long before = BufferMemory.ALLOCATOR.metric().usedDirectMemory();
            for (int peer = 0; peer < PEERS; peer++) {
                try (Socket socket =
                        new Socket(proxy.address().getAddress(), proxy.address().getPort())) {
                    OutputStream out = socket.getOutputStream();
                    out.write(PREFACE);
                    out.write(frame(RawHttp2.SETTINGS, 0, 0, new byte[0]));
                    anything(out, random, RawHttp2.get());
                } catch (IOException e) {
                    // It was ended before it had said all: that is one of the answers.
                }
                if (peer % 10 == 0) {
                    assertThat(other.get("/").text())
                            .as("seed %d, after peer %d", SEED, peer)
                            .isEqualTo("fine");
                }
            }
            await().atMost(Duration.ofSeconds(20)).until(() -> proxy.dataPath.connections() == 1);
            await().atMost(Duration.ofSeconds(20)).until(() -> proxy.log.started() == proxy.log.endedSoFar());
            assertThat(proxy.log.fates())
                    .as("seed %d", SEED)
                    .containsKey(Fate.SERVED)
                    .doesNotContainKeys(Fate.MALFORMED_RESPONSE, Fate.APP_ERROR, Fate.CONNECT_REFUSED);
            assertThat(BufferMemory.ALLOCATOR.metric().usedDirectMemory() - before)
                    .isLessThan(32 << 20);
        }
    }

    @Test
    void endpointsThatSendAnything() throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        // :status 200, of the static table.
        byte[] fine = {(byte) 0x88};
        RawServer.Talk talk = socket -> {
            SplittableRandom own;
            synchronized (random) {
                own = random.split();
            }
            // The client's preface and its settings, at least.
            socket.getInputStream().readNBytes(24 + 9);
            OutputStream out = socket.getOutputStream();
            out.write(frame(RawHttp2.SETTINGS, 0, 0, new byte[0]));
            anything(out, own, fine);
            socket.setSoTimeout(200);
            socket.getInputStream().read(new byte[4096]);
        };
        try (RawServer hostile = new RawServer(talk);
                Http1Backend backend = Http1Backend.saying("fine");
                TestProxy proxy = new TestProxy()
                        .serving(
                                Mesh.outbound(
                                        Mesh.at("/hostile", "hostile", Duration.ofSeconds(2)), Mesh.route("cart")),
                                Mesh.cluster("hostile", UpstreamProtocol.HTTP2, hostile.address()),
                                Mesh.cluster("cart", backend.address()));
                Http1Peer other = Http1Peer.connect(proxy.address())) {
            int asked = 0;
            for (int i = 0; i < PEERS; i++) {
                try (Http1Peer client = Http1Peer.connect(proxy.address())) {
                    client.send("GET /hostile HTTP/1.1\r\nHost: cart\r\nConnection: close\r\n\r\n");
                    client.socket.getInputStream().readAllBytes();
                } catch (IOException e) {
                    // Broken off, as the endpoint did.
                }
                asked++;
                if (i % 10 == 0) {
                    assertThat(other.get("/").text())
                            .as("seed %d, after %d", SEED, i)
                            .isEqualTo("fine");
                    asked++;
                }
            }
            proxy.log.ended(asked);
            assertThat(proxy.log.fates())
                    .as("seed %d", SEED)
                    .containsKey(Fate.SERVED)
                    .doesNotContainKeys(Fate.MALFORMED_REQUEST, Fate.NO_ROUTE);
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(hostile.open()).isZero());
        }
    }
}
