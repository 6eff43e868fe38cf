package io.tracery.proxy.data;

import static io.tracery.proxy.data.RawHttp2.frame;
import static io.tracery.proxy.data.RawHttp2.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.mesh.UpstreamProtocol;
import io.tracery.tracing.span.Fate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What an endpoint can do to the proxy that asked it: its own exchange fails under its fate, others are served meanwhile. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
class HostileEndpointsTest {

    /** The stream of a connection's first request: 1 is kept for one that came by upgrade. */
    private static final int FIRST = 3;

    private static final byte[] NOTHING = {};
    private static final byte[] STATUS_200 = {(byte) 0x88};

    @Test
    void framesThatCarryNothingEndItsConnection() throws Exception {
        byte[] ping = frame(RawHttp2.PING, 0, 0, new byte[8]);
        byte[] settings = frame(RawHttp2.SETTINGS, 0, 0, NOTHING);
        byte[] update = frame(RawHttp2.WINDOW_UPDATE, 0, 0, number(1));
        byte[] unknown = frame(0x77, 0, 0, new byte[10]);
        for (byte[] nothing : List.of(ping, settings, update, unknown)) {
            failsAlone(socket -> repeat(socket, nothing), Fate.MALFORMED_RESPONSE);
        }
    }

    @Test
    void headersThatNeverEndEndItsConnection() throws Exception {
        failsAlone(
                socket -> {
                    socket.getOutputStream().write(frame(RawHttp2.HEADERS, 0, FIRST, STATUS_200));
                    repeat(socket, frame(RawHttp2.CONTINUATION, 0, FIRST, new byte[] {0x10, 1, 'x', 1, 'y'}));
                },
                Fate.MALFORMED_RESPONSE);
    }

    /** One long header, kept in the table, named again and again. */
    @Test
    void headersThatUnpackToTooMuchAreNotUnpacked() throws Exception {
        byte[] value = new byte[3_000];
        Arrays.fill(value, (byte) 'x');
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        bomb.writeBytes(STATUS_200);
        bomb.writeBytes(new byte[] {0x40, 1, 'x', 0x7f, (byte) 0xb9, 0x16});
        bomb.writeBytes(value);
        for (int i = 0; i < 1_000; i++) {
            bomb.write(0x80 | 62);
        }
        failsAlone(
                socket -> socket.getOutputStream()
                        .write(frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, FIRST, bomb.toByteArray())),
                Fate.MALFORMED_RESPONSE);
    }

    @Test
    void dataBeyondItsWindowEndsItsConnection() throws Exception {
        failsAlone(
                socket -> {
                    OutputStream out = socket.getOutputStream();
                    out.write(frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, FIRST, STATUS_200));
                    repeat(socket, frame(RawHttp2.DATA, 0, FIRST, new byte[10_000]));
                },
                Fate.MALFORMED_RESPONSE);
    }

    @Test
    void anAnswerThatIsAlwaysYetToComeIsNone() throws Exception {
        byte[] hint = "HTTP/1.1 103 Early Hints\r\nlink: </style.css>\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        failsAlone(UpstreamProtocol.HTTP1, socket -> repeat(socket, hint), Fate.MALFORMED_RESPONSE);
        // HEADERS go on though their stream was reset, until that is too much as well.
        byte[] headers = frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, FIRST, new byte[] {0x08, 3, '1', '0', '3'});
        failsAlone(socket -> repeat(socket, headers), Fate.MALFORMED_RESPONSE);
    }

    /** It takes the connection and is never heard of again. */
    @Test
    void oneThatIsOnlyHalfThereEndsWithTheTimeOfItsRequests() throws Exception {
        failsAlone(UpstreamProtocol.HTTP1, socket -> socket.getInputStream().readAllBytes(), Fate.DEADLINE);
        failsAlone(socket -> socket.getInputStream().readAllBytes(), Fate.DEADLINE);
    }

    /** What was given up unheard is a question; until it is answered, other requests take another connection. */
    @Test
    void aConnectionOfWhichNothingIsHeardTakesNoMoreRequests() throws Exception {
        try (RawServer silent = new RawServer(socket -> {
                    socket.getOutputStream().write(frame(RawHttp2.SETTINGS, 0, 0, NOTHING));
                    socket.getInputStream().readAllBytes();
                });
                TestProxy proxy = new TestProxy()
                        .serving(
                                Mesh.outbound(Mesh.at("/", "silent", Duration.ofMillis(300))),
                                Mesh.cluster("silent", UpstreamProtocol.HTTP2, silent.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            int asked = 0;
            while (silent.accepted() < 2) {
                assertThat(client.get("/").status()).isEqualTo(504);
                asked++;
            }
            // The endpoint's settings may have been heard during the first.
            assertThat(asked).isBetween(2, 3);
            assertThat(proxy.log.ended(asked)).extracting(Exchange::fate).containsOnly(Fate.DEADLINE);
        }
    }

    private static void failsAlone(RawServer.Talk attack, Fate fate) throws Exception {
        failsAlone(
                UpstreamProtocol.HTTP2,
                socket -> {
                    // The preface and whatever came with it.
                    socket.getInputStream().read(new byte[1_000]);
                    socket.getOutputStream().write(frame(RawHttp2.SETTINGS, 0, 0, NOTHING));
                    attack.with(socket);
                    socket.getInputStream().readAllBytes();
                },
                fate);
    }

    private static void failsAlone(UpstreamProtocol protocol, RawServer.Talk attack, Fate fate) throws Exception {
        try (RawServer hostile = new RawServer(attack);
                Http1Backend honest = Http1Backend.saying("fine");
                TestProxy proxy = new TestProxy()
                        .serving(
                                Mesh.outbound(
                                        Mesh.at(
                                                "/hostile",
                                                "hostile",
                                                fate == Fate.DEADLINE ? Duration.ofMillis(300) : Duration.ZERO),
                                        Mesh.at("/", "honest")),
                                Mesh.cluster("hostile", protocol, hostile.address()),
                                Mesh.cluster("honest", UpstreamProtocol.HTTP1, honest.address()));
                Http1Peer client = Http1Peer.connect(proxy.address());
                Http1Peer other = Http1Peer.connect(proxy.address())) {
            client.send("GET /hostile HTTP/1.1\r\nHost: cart\r\n\r\n");
            await().until(() -> hostile.accepted() == 1);
            for (int i = 0; i < 10; i++) {
                assertThat(other.get("/").text()).isEqualTo("fine");
            }
            assertThat(proxy.log.ended(11)).extracting(Exchange::fate).contains(fate);
            assertThat(proxy.log.fates()).containsEntry(fate, 1).containsEntry(Fate.SERVED, 10);
            SlowPeersTest.assertNothingInFlight(proxy);
        }
    }

    /** Until the proxy closes. */
    private static void repeat(Socket socket, byte[] piece) throws IOException {
        ByteArrayOutputStream many = new ByteArrayOutputStream();
        for (int i = 0; i < 100; i++) {
            many.writeBytes(piece);
        }
        while (true) {
            socket.getOutputStream().write(many.toByteArray());
        }
    }
}
