package io.tracery.proxy.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tracery.proxy.exchange.Exchange;
import io.tracery.tracing.span.Fate;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Too much of everything over HTTP/1.1: refused at its bound, counted, and of no concern to anybody else. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
class HugeInputTest {

    private static final String CHUNKED = "POST / HTTP/1.1\r\nHost: cart\r\nTransfer-Encoding: chunked\r\n\r\n";

    @Test
    void refusesALongRequestLine() throws Exception {
        refuses("GET /" + "x".repeat(9_000) + " HTTP/1.1\r\nHost: cart\r\n\r\n", 414);
    }

    @Test
    void refusesALargeHeader() throws Exception {
        refuses("GET / HTTP/1.1\r\nHost: cart\r\nx-large: " + "x".repeat(40_000) + "\r\n\r\n", 431);
    }

    @Test
    void refusesAHeadThatNeverEndsBeforeItEnds() throws Exception {
        refuses("GET / HTTP/1.1\r\nHost: cart\r\n" + "x-more: and more\r\n".repeat(2_000), 431);
    }

    @Test
    void refusesTooManyHeaders() throws Exception {
        refuses("GET / HTTP/1.1\r\nHost: cart\r\n" + "a: b\r\n".repeat(200) + "\r\n", 431);
    }

    @Test
    void refusesAChunkWhoseExtensionsNeverEnd() throws Exception {
        refuses(CHUNKED + "1" + ";more=and-more".repeat(2_000), 400);
    }

    @Test
    void refusesTrailersThatNeverEnd() throws Exception {
        refuses(CHUNKED + "1\r\nx\r\n0\r\n" + "x-more: and more\r\n".repeat(2_000), 400);
    }

    @Test
    void refusesTooManyTrailers() throws Exception {
        refuses(CHUNKED + "1\r\nx\r\n0\r\n" + "a: b\r\n".repeat(201) + "\r\n", 400);
    }

    /** Each of them is allowed: they are neither kept nor passed on. */
    @Test
    void passesNoExtensionOfManyChunksOn() throws Exception {
        // More of them take so long, each buffer watched for leaks, that a connection to the backend would seem slow.
        int chunks = 2_000;
        try (Http1Backend backend = Http1Backend.saying("fine");
                TestProxy proxy = proxy(backend);
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.send(CHUNKED + "1;name=value;other=\"quoted\"\r\nx\r\n".repeat(chunks) + "0\r\n\r\n");
            assertThat(client.receive().text()).isEqualTo("fine");
            assertThat(backend.requests().getFirst().text()).isEqualTo("x".repeat(chunks));
            assertThat(proxy.log.only().bytesReceived()).isEqualTo(chunks);
        }
    }

    @Test
    void refusesAnAnswerWhoseHeadNeverEnds() throws Exception {
        RawServer.Talk verbose = socket -> {
            Http1Peer peer = new Http1Peer(socket);
            while (peer.receive().target().equals("/fine")) {
                peer.answer(200, "fine");
            }
            peer.send("HTTP/1.1 200 OK\r\n");
            while (true) {
                peer.send("x-more: and more\r\n".repeat(100));
            }
        };
        try (RawServer backend = new RawServer(verbose);
                TestProxy proxy = new TestProxy()
                        .serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", backend.address()));
                Bystander other = new Bystander(proxy.address(), "/fine");
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            other.isServed();
            assertThat(client.get("/").header("x-tracery-fate")).isEqualTo("malformed_response");
            other.isServed();
            assertThat(proxy.log.endedAs(Fate.MALFORMED_RESPONSE).path()).isEqualTo("/");
            await().until(() -> backend.open() == 1);
        }
    }

    @Test
    void aFloodOfConnectionsHarmsNoneThatIsOpen() throws Exception {
        int most = 20;
        int flood = 300;
        List<Http1Peer> open = new ArrayList<>();
        try (Http1Backend backend = Http1Backend.saying("fine");
                TestProxy proxy = new TestProxy(
                                BadInputTest.limits(Duration.ofSeconds(10), Duration.ofMinutes(1), most), 1)
                        .serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", backend.address()))) {
            for (int i = 0; i < most; i++) {
                open.add(Http1Peer.connect(proxy.address()));
                assertThat(open.getLast().get("/").text()).isEqualTo("fine");
            }
            for (int i = 0; i < flood; i++) {
                try (Http1Peer more = Http1Peer.connect(proxy.address())) {
                    more.send("GET / HTTP/1.1\r\nHost: cart\r\n\r\n");
                    assertThat(more.closed()).isTrue();
                } catch (SocketException e) {
                    // Closed while it was writing.
                }
                if (i % 10 == 0) {
                    assertThat(open.get(i / 10 % most).get("/").text()).isEqualTo("fine");
                }
            }
            await().until(() -> proxy.dataPath.refusals().overLimit() == flood);
            assertThat(proxy.dataPath.connections()).isEqualTo(most);
            assertThat(proxy.log.ended(most + flood / 10)).allMatch(exchange -> exchange.fate() == Fate.SERVED);
        } finally {
            for (Http1Peer one : open) {
                one.close();
            }
        }
    }

    private static void refuses(String request, int status) throws Exception {
        try (Http1Backend backend = Http1Backend.saying("fine");
                TestProxy proxy = proxy(backend);
                Http1Peer other = Http1Peer.connect(proxy.address());
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            assertThat(other.get("/").text()).isEqualTo("fine");
            sendAll(client, request);
            assertThat(client.receive().status()).isEqualTo(status);
            assertThat(client.closed()).isTrue();
            assertThat(other.get("/").text()).isEqualTo("fine");
            assertThat(proxy.log.ended(3))
                    .extracting(Exchange::fate)
                    .containsExactly(Fate.SERVED, Fate.MALFORMED_REQUEST, Fate.SERVED);
            await().until(() -> proxy.dataPath.connections() == 1);
        }
    }

    private static void sendAll(Http1Peer client, String request) throws IOException {
        try {
            client.send(request);
        } catch (SocketException e) {
            // Answered and closed before it was all written.
        }
    }

    private static TestProxy proxy(Http1Backend backend) {
        return new TestProxy().serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", backend.address()));
    }
}
