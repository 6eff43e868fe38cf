package io.tracery.proxy.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.proxy.data.Http1Peer.Message;
import io.tracery.proxy.exchange.Attempt;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.mesh.Cluster;
import io.tracery.proxy.mesh.UpstreamProtocol;
import io.tracery.proxy.route.RetryPolicy;
import io.tracery.proxy.route.RetryPolicy.Condition;
import io.tracery.tracing.context.TraceContext;
import io.tracery.tracing.span.Fate;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(30)
@ExtendWith(LeakCheck.class)
class RetryTest {

    private static final RawServer.Talk SLAM = socket -> {
        new Http1Peer(socket).receive();
        socket.setSoLinger(true, 0);
    };

    @Test
    void goesToAnotherEndpointWhenOneRefuses() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("there");
                TestProxy proxy = proxy(
                        Mesh.retry(1, Condition.CONNECT_FAILURE),
                        Mesh.cluster("cart", RawServer.nobody(), backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            for (int i = 0; i < 10; i++) {
                // Nothing was sent to the one that refused: a POST may go to the next one too.
                assertThat(client.post("/", "x").text()).isEqualTo("there");
            }
            List<Exchange> exchanges = proxy.log.ended(10);
            assertThat(exchanges).allMatch(exchange -> exchange.fate() == Fate.SERVED);
            Exchange retried = exchanges.stream()
                    .filter(exchange -> exchange.attempts().size() == 2)
                    .findFirst()
                    .orElseThrow();
            Attempt first = retried.attempts().getFirst();
            assertThat(first.outcome()).isEqualTo(Fate.CONNECT_REFUSED);
            assertThat(first.retried()).isTrue();
            assertThat(first.retryReason()).contains("connect failure");
            // The one that refused costs so much from then on that it is hardly asked again.
            assertThat(exchanges.stream().filter(exchange -> exchange.attempts().size() == 2))
                    .hasSizeLessThanOrEqualTo(2);
        }
    }

    @Test
    void anotherAttemptCarriesASpanOfItsOwn() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        try (Http1Backend backend = new Http1Backend((request, client) ->
                        client.answer(asked.incrementAndGet() == 1 ? 503 : 200, "answer " + asked.get()));
                TestProxy proxy = proxy(Mesh.retry(1, Condition.STATUS), Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            assertThat(client.get("/").text()).isEqualTo("answer 2");

            Exchange exchange = proxy.log.only();
            assertThat(exchange.attempts()).extracting(Attempt::outcome).containsExactly(Fate.APP_ERROR, Fate.SERVED);
            assertThat(exchange.attempts()).extracting(Attempt::status).containsExactly(503, 200);
            assertThat(backend.requests())
                    .extracting(request -> request.header("traceparent").substring(36, 52))
                    .containsExactly(
                            TraceContext.spanIdHex(exchange.attempts().get(0).spanId()),
                            TraceContext.spanIdHex(exchange.attempts().get(1).spanId()))
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void sendsTheBodyAgainWhenTheMethodAllowsThat() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        RawServer.Talk slamOnce = socket -> {
            Http1Peer client = new Http1Peer(socket);
            Message request = client.receive();
            if (asked.incrementAndGet() == 1) {
                socket.setSoLinger(true, 0);
                return;
            }
            client.answer(200, "got " + request.text());
        };
        try (RawServer backend = new RawServer(slamOnce);
                TestProxy proxy = proxy(Mesh.retry(1, Condition.RESET), Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.send("PUT / HTTP/1.1\r\nHost: cart\r\nContent-Length: 4\r\n\r\nbody");
            assertThat(client.receive().text()).isEqualTo("got body");
        }
    }

    @Test
    void neverRepeatsAPostThatMayHaveBeenRead() throws Exception {
        try (RawServer backend = new RawServer(SLAM);
                TestProxy proxy = proxy(Mesh.retry(3, Condition.RESET), Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            Message answer = client.post("/", "buy");

            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.header("x-tracery-fate")).isEqualTo("reset_before_headers");
            Exchange exchange = proxy.log.only();
            assertThat(exchange.attempts()).hasSize(1);
            assertThat(exchange.attempts().getFirst().retryReason()).contains("POST may have reached the application");
            assertThat(backend.accepted()).isEqualTo(1);
        }
    }

    @Test
    void doesNotRepeatWhatWasTooLargeToKeep() throws Exception {
        RawServer.Talk readAllThenSlam = socket -> {
            new Http1Peer(socket).receive();
            socket.setSoLinger(true, 0);
        };
        try (RawServer backend = new RawServer(readAllThenSlam);
                TestProxy proxy = proxy(Mesh.retry(3, Condition.RESET), Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            int size = 1024 * 1024;
            client.send("PUT / HTTP/1.1\r\nHost: cart\r\nContent-Length: " + size + "\r\n\r\n" + "x".repeat(size));
            assertThat(client.receive().status()).isEqualTo(502);
            assertThat(proxy.log.only().attempts().getFirst().retryReason()).contains("too large");
        }
    }

    @Test
    void takesAFreshConnectionWhenAnIdleOneHadBeenClosed() throws Exception {
        // Each connection answers once, then resets on the next request: a keep-alive that ended while nobody looked.
        RawServer.Talk once = socket -> {
            Http1Peer client = new Http1Peer(socket);
            client.receive();
            client.answer(200, "once");
            client.receive();
            socket.setSoLinger(true, 0);
        };
        try (RawServer backend = new RawServer(once);
                TestProxy proxy = proxy(RetryPolicy.NONE, Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            assertThat(client.get("/").text()).isEqualTo("once");
            assertThat(client.get("/").text()).isEqualTo("once");

            Exchange second = proxy.log.ended(2).getLast();
            assertThat(second.fate()).isEqualTo(Fate.SERVED);
            assertThat(second.attempts().getFirst().retryReason()).contains("idle connection had been closed");
            assertThat(second.attempts().getLast().connectionReused()).isFalse();
        }
    }

    @Test
    void limitsRetriesToAShareOfTheTraffic() throws Exception {
        int requests = 1000;
        try (RawServer backend = new RawServer(SLAM);
                TestProxy proxy = proxy(Mesh.retry(1, Condition.RESET), Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            long begun = System.nanoTime();
            for (int i = 0; i < requests; i++) {
                assertThat(client.get("/").status()).isEqualTo(502);
            }
            double seconds = (System.nanoTime() - begun) / 1e9;
            List<Exchange> exchanges = proxy.log.ended(requests);
            long retries = exchanges.stream()
                    .filter(exchange -> exchange.attempts().size() > 1)
                    .count();
            // What is saved up at the beginning, ten a second, and a fifth of the requests.
            assertThat(retries).isLessThanOrEqualTo((long) (100 + 10 * seconds + 0.2 * requests + 1));
            assertThat(exchanges.getLast().attempts().getFirst().retryReason()).contains("budget");
        }
    }

    @Test
    void leavesASlowAttemptForAnother() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        RawServer.Talk firstSilent = socket -> {
            Http1Peer client = new Http1Peer(socket);
            client.receive();
            if (asked.incrementAndGet() == 1) {
                socket.getInputStream().read();
                return;
            }
            client.answer(200, "quick");
        };
        RetryPolicy policy = new RetryPolicy(1, Set.of(Condition.PER_TRY_TIMEOUT), Set.of(), Duration.ofMillis(200));
        try (RawServer backend = new RawServer(firstSilent);
                TestProxy proxy = proxy(policy, Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            assertThat(client.get("/").text()).isEqualTo("quick");
            assertThat(proxy.log.only().attempts())
                    .extracting(Attempt::outcome)
                    .containsExactly(Fate.DEADLINE, Fate.SERVED);
        }
    }

    @Test
    void answersGatewayTimeoutWhenTheTimeIsUp() throws Exception {
        RawServer.Talk silent = socket -> {
            new Http1Peer(socket).receive();
            socket.getInputStream().read();
        };
        try (RawServer backend = new RawServer(silent);
                TestProxy proxy = new TestProxy()
                        .serving(
                                Mesh.outbound(Mesh.route("cart", Duration.ofMillis(200), RetryPolicy.NONE)),
                                Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            Message answer = client.get("/");
            assertThat(answer.status()).isEqualTo(504);
            assertThat(answer.header("x-tracery-fate")).isEqualTo("deadline");
            assertThat(proxy.log.only().fate()).isEqualTo(Fate.DEADLINE);
            // The client's connection survives its request.
            assertThat(client.get("/").status()).isEqualTo(504);
        }
    }

    @Test
    void cutsAnAnswerOffThatDoesNotEndInTime() throws Exception {
        RawServer.Talk endless = socket -> {
            Http1Peer client = new Http1Peer(socket);
            client.receive();
            client.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
            socket.getInputStream().read();
        };
        try (RawServer backend = new RawServer(endless);
                TestProxy proxy = new TestProxy()
                        .serving(
                                Mesh.outbound(Mesh.route("cart", Duration.ofMillis(300), RetryPolicy.NONE)),
                                Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.send("GET / HTTP/1.1\r\nHost: cart\r\n\r\n");
            assertThat(client.socket.getInputStream().readAllBytes())
                    .asString()
                    .contains("abc")
                    .doesNotContain("\r\n0\r\n");
            assertThat(proxy.log.only().fate()).isEqualTo(Fate.DEADLINE);
            assertThat(proxy.log.only().status()).isEqualTo(200);
        }
    }

    @Test
    void tellsAConnectTimeoutFromARefusal() throws Exception {
        try (DeafServer deaf = new DeafServer()) {
            assertThat(fateOfConnectingTo(deaf.address(), 504)).isEqualTo(Fate.CONNECT_TIMEOUT);
        }
        // Taken, so that nobody else listens there, and not listened at.
        try (Socket taken = new Socket()) {
            taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            assertThat(fateOfConnectingTo((InetSocketAddress) taken.getLocalSocketAddress(), 503))
                    .isEqualTo(Fate.CONNECT_REFUSED);
        }
    }

    private static @Nullable Fate fateOfConnectingTo(InetSocketAddress address, int status) throws Exception {
        Cluster cluster = new Cluster(
                "cart",
                "shop",
                "cart",
                Mesh.cluster("cart", address).endpoints(),
                Duration.ofMillis(300),
                null,
                UpstreamProtocol.SAME_AS_DOWNSTREAM);
        try (TestProxy proxy = proxy(RetryPolicy.NONE, cluster);
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            assertThat(client.get("/").status()).isEqualTo(status);
            return proxy.log.only().fate();
        }
    }

    @Test
    void countsAClientThatWentAway() throws Exception {
        AtomicInteger closed = new AtomicInteger();
        RawServer.Talk silent = socket -> {
            new Http1Peer(socket).receive();
            socket.getInputStream().read();
            closed.incrementAndGet();
        };
        try (RawServer backend = new RawServer(silent);
                TestProxy proxy = proxy(RetryPolicy.NONE, Mesh.cluster("cart", backend.address()))) {
            try (Http1Peer client = Http1Peer.connect(proxy.address())) {
                client.send("GET / HTTP/1.1\r\nHost: cart\r\n\r\n");
                org.awaitility.Awaitility.await().until(() -> proxy.log.started() == 1 && backend.accepted() == 1);
                LockSupport.parkNanos(50_000_000);
            }
            assertThat(proxy.log.only().fate()).isEqualTo(Fate.CLIENT_GONE);
            org.awaitility.Awaitility.await()
                    .untilAsserted(() -> assertThat(closed).hasValue(1));
        }
    }

    private static TestProxy proxy(RetryPolicy policy, Cluster cluster) {
        return new TestProxy().serving(Mesh.outbound(Mesh.route("cart", Duration.ZERO, policy)), cluster);
    }
}
