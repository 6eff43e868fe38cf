package io.tracery.proxy.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.mesh.Direction;
import io.tracery.proxy.mesh.DownstreamTls;
import io.tracery.tracing.span.Fate;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client of HTTP/1 ends its side of the connection before it has its answers. */
@Timeout(30)
@ExtendWith(LeakCheck.class)
class HalfCloseTest {

    private static final int LARGE = 8 << 20;

    /** Nothing is answered before. */
    private final CountDownLatch ended = new CountDownLatch(1);

    private Http1Backend backend(String body) throws Exception {
        return new Http1Backend((request, client) -> {
            ended.await();
            client.answer(200, request.target() + body);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.0\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: cart\r\nConnection: close\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: cart\r\nConnection: close\r\nContent-Length: 4\r\n\r\nbody",
            })
    void whoSaidThatThisIsTheLastRequestIsAnsweredInFull(String request) throws Exception {
        try (Http1Backend backend = backend("x".repeat(LARGE));
                TestProxy proxy = new TestProxy()
                        .serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.send(request);
            client.end();
            await().until(() -> backend.requests().size() == 1);
            ended.countDown();

            assertThat(client.receive().text()).hasSize(LARGE + 1);
            assertThat(client.closed()).isTrue();
            assertThat(proxy.log.only().fate()).isEqualTo(Fate.SERVED);
        }
    }

    @Test
    void whatWasSentAheadIsAnsweredToo() throws Exception {
        try (Http1Backend backend = backend("");
                TestProxy proxy = new TestProxy()
                        .serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.send("GET /1 HTTP/1.1\r\nHost: cart\r\n\r\n"
                    + "POST /2 HTTP/1.1\r\nHost: cart\r\nContent-Length: 4\r\n\r\nbody"
                    + "GET /3 HTTP/1.1\r\nHost: cart\r\nConnection: close\r\n\r\n");
            client.end();
            await().until(() -> backend.requests().size() == 1);
            ended.countDown();

            assertThat(client.receive().text()).isEqualTo("/1");
            assertThat(client.receive().text()).isEqualTo("/2");
            assertThat(client.receive().text()).isEqualTo("/3");
            assertThat(client.closed()).isTrue();
            assertThat(proxy.log.ended(3)).extracting(Exchange::fate).containsOnly(Fate.SERVED);
        }
    }

    @Test
    void aPortOfUndeclaredProtocolKnowsItToo() throws Exception {
        try (Http1Backend backend = backend("");
                TestProxy proxy = new TestProxy()
                        .serving(
                                Mesh.auto(Direction.OUTBOUND, DownstreamTls.NONE, Duration.ofSeconds(5), "cart"),
                                Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.send("GET / HTTP/1.0\r\n\r\n");
            client.end();
            await().until(() -> backend.requests().size() == 1);
            ended.countDown();
            assertThat(client.receive().text()).isEqualTo("/");
            assertThat(client.closed()).isTrue();
        }
    }

    @Test
    void whoMeantToKeepTheConnectionHasGivenUp() throws Exception {
        try (Http1Backend backend = backend("");
                TestProxy proxy = new TestProxy()
                        .serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.send("GET / HTTP/1.1\r\nHost: cart\r\n\r\n");
            client.end();
            assertThat(client.closed()).isTrue();
            assertThat(proxy.log.only().fate()).isEqualTo(Fate.CLIENT_GONE);
            ended.countDown();
        }
    }

    @Test
    void whoHasNotSentTheWholeRequestHasGivenUp() throws Exception {
        try (Http1Backend backend = backend("");
                TestProxy proxy = new TestProxy()
                        .serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.send("POST / HTTP/1.1\r\nHost: cart\r\nConnection: close\r\nContent-Length: 5\r\n\r\nbody");
            client.end();
            assertThat(client.closed()).isTrue();
            assertThat(proxy.log.only().fate()).isEqualTo(Fate.CLIENT_GONE);
            ended.countDown();
        }
    }

    @Test
    void whoHasNothingToAskIsLetGo() throws Exception {
        try (TestProxy proxy = new TestProxy().serving(Mesh.outbound());
                Http1Peer unused = Http1Peer.connect(proxy.address());
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            unused.end();
            assertThat(unused.closed()).isTrue();
            assertThat(client.get("/nowhere").status()).isEqualTo(404);
            client.send("GET / HT");
            client.end();
            assertThat(client.closed()).isTrue();
            proxy.log.ended(1);
        }
    }
}
