package io.tracery.proxy.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tracery.proxy.data.Http1Peer.Message;
import io.tracery.proxy.upstream.Limits;
import io.tracery.tracing.span.Fate;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever comes from either side that is not HTTP, or too slow, or too much. */
@Timeout(30)
@ExtendWith(LeakCheck.class)
class BadInputTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "NOT HTTP AT ALL\r\n\r\n",
                "GET / HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nno colon here\r\n\r\n",
                "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
                "GET nowhere HTTP/1.1\r\nHost: a\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "CONNECT http://a/ HTTP/1.1\r\nHost: a:80\r\n\r\n",
                "GET / HTTP/1.1\nHost: a\n\n",
                "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n",
                "GET / HTTP/2.0\r\nHost: a\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
                "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;\u0001\r\nabc\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n",
            })
    void answersBadRequestClosesAndCounts(String request) throws Exception {
        try (Http1Backend backend = Http1Backend.saying("never");
                TestProxy proxy = proxy(backend);
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.send(request);
            Message answer = client.receive();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.header("x-tracery-fate")).isEqualTo("malformed_request");
            assertThat(answer.header("connection")).isEqualTo("close");
            assertThat(client.closed()).isTrue();
            assertThat(proxy.log.only().fate()).isEqualTo(Fate.MALFORMED_REQUEST);
            assertThat(backend.requests()).isEmpty();
        }
    }

    @Test
    void refusesAHeadThatIsTooLarge() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("never");
                TestProxy proxy = proxy(backend);
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\nx-large: " + "x".repeat(40_000) + "\r\n\r\n");
            assertThat(client.receive().status()).isEqualTo(431);
            assertThat(proxy.log.only().fate()).isEqualTo(Fate.MALFORMED_REQUEST);
        }
    }

    @Test
    void givesUpOnAHeadThatComesTooSlowly() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("ok");
                TestProxy proxy = impatient(backend);
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            assertThat(client.get("/").status()).isEqualTo(200);
            client.send("GET / HTTP/1.1\r\nHost:");
            assertThat(client.receive().status()).isEqualTo(408);
            assertThat(client.closed()).isTrue();
            assertThat(proxy.log.ended(2).getLast().fate()).isEqualTo(Fate.MALFORMED_REQUEST);
        }
    }

    @Test
    void leavesAnIdleConnectionAloneUntilItsTime() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("ok");
                TestProxy proxy = impatient(backend);
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            assertThat(client.get("/").status()).isEqualTo(200);
            // Longer than a head may take, shorter than a connection may idle.
            java.util.concurrent.locks.LockSupport.parkNanos(
                    Duration.ofMillis(700).toNanos());
            assertThat(client.get("/").status()).isEqualTo(200);
            assertThat(client.closed()).isTrue();
            assertThat(proxy.log.ended(2)).allMatch(exchange -> exchange.fate() == Fate.SERVED);
        }
    }

    @Test
    void closesAConnectionThatSaysNothing() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("ok");
                TestProxy proxy = impatient(backend);
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            assertThat(client.closed()).isTrue();
            assertThat(proxy.dataPath.refusals().ofSilentClients()).isEqualTo(1);
            assertThat(proxy.log.started()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "this is not HTTP\r\n\r\n",
                "HTTP/1.1 abc What\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
            })
    void saysSoWhenTheUpstreamDoesNotSpeakHttp(String response) throws Exception {
        RawServer.Talk talk = socket -> {
            Http1Peer client = new Http1Peer(socket);
            client.receive();
            client.send(response);
            socket.getInputStream().read();
        };
        try (RawServer backend = new RawServer(talk);
                TestProxy proxy = new TestProxy()
                        .serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            assertThat(client.get("/").header("x-tracery-fate")).isEqualTo("malformed_response");
            assertThat(proxy.log.only().fate()).isEqualTo(Fate.MALFORMED_RESPONSE);
        }
    }

    @Test
    void tellsAnAnswerThatWasCutOffFromOneThatNeverCame() throws Exception {
        RawServer.Talk talk = socket -> {
            Http1Peer client = new Http1Peer(socket);
            Message request = client.receive();
            client.send(
                    switch (request.target()) {
                        case "/nothing" -> "";
                        case "/half-a-head" -> "HTTP/1.1 200 OK\r\nContent-Le";
                        default -> "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf";
                    });
        };
        try (RawServer backend = new RawServer(talk);
                TestProxy proxy = new TestProxy()
                        .serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            assertThat(client.get("/nothing").header("x-tracery-fate")).isEqualTo("reset_before_headers");
            assertThat(client.get("/half-a-head").header("x-tracery-fate")).isEqualTo("reset_before_headers");
            client.send("GET /half-a-body HTTP/1.1\r\nHost: cart\r\n\r\n");
            assertThat(client.socket.getInputStream().readAllBytes()).asString().endsWith("half");
            assertThat(proxy.log.ended(3).getLast().fate()).isEqualTo(Fate.RESET_AFTER_HEADERS);
        }
    }

    @Test
    void boundsTheConnectionsOfAListener() throws Exception {
        Limits few = limits(Duration.ofSeconds(10), Duration.ofMinutes(1), /* connections= */ 2);
        try (Http1Backend backend = Http1Backend.saying("ok");
                TestProxy proxy = new TestProxy(few, 1)
                        .serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", backend.address()));
                Http1Peer one = Http1Peer.connect(proxy.address());
                Http1Peer two = Http1Peer.connect(proxy.address())) {
            assertThat(one.get("/").status()).isEqualTo(200);
            assertThat(two.get("/").status()).isEqualTo(200);
            try (Http1Peer three = Http1Peer.connect(proxy.address())) {
                assertThat(three.closed()).isTrue();
            }
            assertThat(proxy.dataPath.refusals().overLimit()).isEqualTo(1);
            one.socket.close();
            await().until(() -> proxy.dataPath.connections() == 1);
            try (Http1Peer again = Http1Peer.connect(proxy.address())) {
                assertThat(again.get("/").status()).isEqualTo(200);
            }
        }
    }

    private static TestProxy proxy(Http1Backend backend) {
        return new TestProxy().serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", backend.address()));
    }

    private static TestProxy impatient(Http1Backend backend) {
        return new TestProxy(limits(Duration.ofMillis(300), Duration.ofSeconds(2), 100), 1)
                .serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", backend.address()));
    }

    static Limits limits(Duration head, Duration idle, int connections) {
        Limits usual = Limits.DEFAULT;
        return new Limits(
                usual.maxInitialLineBytes(),
                usual.maxHeaderBytes(),
                head,
                idle,
                idle,
                connections,
                usual.maxConnectionsPerEndpoint(),
                usual.maxStreamsPerConnection(),
                usual.maxPending(),
                usual.poolIdleTimeoutPlain(),
                usual.poolIdleTimeoutTls(),
                usual.replayBytes());
    }
}
