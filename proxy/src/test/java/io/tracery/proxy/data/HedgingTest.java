package io.tracery.proxy.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.tracery.proxy.data.Http1Peer.Message;
import io.tracery.proxy.exchange.Attempt;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.mesh.Balancer;
import io.tracery.proxy.mesh.CircuitLimits;
import io.tracery.proxy.mesh.Cluster;
import io.tracery.proxy.mesh.ClusterPolicy;
import io.tracery.proxy.mesh.UpstreamProtocol;
import io.tracery.proxy.route.Backoff;
import io.tracery.proxy.route.Hedge;
import io.tracery.proxy.route.Hedge.Methods;
import io.tracery.proxy.route.RetryPolicy;
import io.tracery.proxy.route.RetryPolicy.Condition;
import io.tracery.tracing.context.TraceContext;
import io.tracery.tracing.span.Fate;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Another endpoint is asked beside a slow one; turns make the first of a cluster's endpoints the first that is asked. */
@Timeout(30)
@ExtendWith(LeakCheck.class)
class HedgingTest {

    /** Takes a request, and says nothing until the connection ends. */
    private static final class Mute {

        final AtomicInteger asked = new AtomicInteger();
        final CountDownLatch left = new CountDownLatch(1);
        final RawServer server = new RawServer(socket -> {
            Http1Peer client = new Http1Peer(socket);
            client.receive();
            asked.incrementAndGet();
            try {
                socket.getInputStream().read();
            } finally {
                left.countDown();
            }
        });
    }

    private static RetryPolicy policy(int retries, Methods methods) {
        return new RetryPolicy(
                retries,
                Set.of(Condition.RESET, Condition.STATUS, Condition.CONNECT_FAILURE),
                Set.of(503),
                Duration.ZERO,
                Backoff.DEFAULT,
                new Hedge(Duration.ofMillis(50), methods));
    }

    private static Cluster inTurn(CircuitLimits limits, InetSocketAddress... addresses) {
        ClusterPolicy usual = ClusterPolicy.DEFAULT;
        return Mesh.cluster("cart", addresses)
                .with(new ClusterPolicy(
                        new Balancer.RoundRobin(),
                        usual.latency(),
                        usual.slowStart(),
                        usual.zones(),
                        usual.outliers(),
                        usual.panicPercent(),
                        limits));
    }

    private static TestProxy proxy(Duration timeout, RetryPolicy policy, InetSocketAddress... addresses) {
        return new TestProxy()
                .serving(
                        Mesh.outbound(Mesh.route("cart", timeout, policy)),
                        inTurn(ClusterPolicy.DEFAULT.limits(), addresses));
    }

    @Test
    void theFastEndpointAnswersForTheSlowOneWhichIsToldSo() throws Exception {
        Mute slow = new Mute();
        try (RawServer server = slow.server;
                Http1Backend fast = Http1Backend.saying("fast");
                TestProxy proxy =
                        proxy(Duration.ZERO, policy(1, Methods.IDEMPOTENT), server.address(), fast.address());
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            // Whoever's turn it is: one of two requests begins with the slow one.
            assertThat(client.get("/").text()).isEqualTo("fast");
            assertThat(client.get("/").text()).isEqualTo("fast");
            slow.left.await();

            List<Exchange> both = proxy.log.ended(2);
            assertThat(both).extracting(Exchange::fate).containsOnly(Fate.SERVED);
            Exchange hedged =
                    both.stream().filter(one -> one.hedges() == 1).findFirst().orElseThrow();
            Attempt first = hedged.attempts().getFirst();
            Attempt second = hedged.attempts().getLast();
            assertThat(first.outrun()).isTrue();
            assertThat(first.hedged()).isTrue();
            assertThat(first.hedgeReason()).startsWith("no answer after 50 ms, budget ");
            assertThat(first.outcome()).isNull();
            assertThat(second.outcome()).isEqualTo(Fate.SERVED);
            assertThat(hedged.decisive()).isSameAs(second);
            String carried = TraceContext.spanIdHex(second.spanId());
            assertThat(fast.requests())
                    .anyMatch(request -> request.header("traceparent").contains(carried));
        }
    }

    @Test
    void theSlowEndpointStillWinsWhenItAnswersFirst() throws Exception {
        CountDownLatch secondAsked = new CountDownLatch(1);
        AtomicInteger turn = new AtomicInteger();
        Http1Backend.Handler answer = (request, client) -> {
            if (turn.incrementAndGet() == 1) {
                secondAsked.await();
                client.answer(200, "the first");
            } else {
                secondAsked.countDown();
                client.receive();
            }
        };
        try (Http1Backend one = new Http1Backend(answer);
                Http1Backend two = new Http1Backend(answer);
                TestProxy proxy = proxy(Duration.ZERO, policy(1, Methods.IDEMPOTENT), one.address(), two.address());
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            assertThat(client.get("/").text()).isEqualTo("the first");
            Exchange exchange = proxy.log.only();
            assertThat(exchange.attempts()).extracting(Attempt::outrun).containsExactly(false, true);
            assertThat(exchange.endpoint())
                    .isEqualTo(exchange.attempts().getFirst().endpoint());
        }
    }

    @Test
    void whatAnswersToBeTriedAgainLosesToWhatIsUnderWay() throws Exception {
        AtomicInteger turn = new AtomicInteger();
        CountDownLatch refused = new CountDownLatch(1);
        Http1Backend.Handler answer = (request, client) -> {
            if (turn.incrementAndGet() == 1) {
                refused.await();
                client.answer(200, "good");
            } else {
                client.answer(503, "busy");
                refused.countDown();
            }
        };
        try (Http1Backend one = new Http1Backend(answer);
                Http1Backend two = new Http1Backend(answer);
                TestProxy proxy = proxy(Duration.ZERO, policy(3, Methods.IDEMPOTENT), one.address(), two.address());
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            assertThat(client.get("/").text()).isEqualTo("good");
            Exchange exchange = proxy.log.only();
            assertThat(exchange.attempts()).extracting(Attempt::outcome).containsExactly(Fate.SERVED, Fate.APP_ERROR);
            assertThat(exchange.attempts().getLast().retryReason()).isEqualTo("another attempt was under way");
        }
    }

    @Test
    void bothSlowEndWithTheRoutesTime() throws Exception {
        Mute one = new Mute();
        Mute two = new Mute();
        try (RawServer first = one.server;
                RawServer second = two.server;
                TestProxy proxy = proxy(
                        Duration.ofMillis(400), policy(1, Methods.IDEMPOTENT), first.address(), second.address());
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            assertThat(client.get("/").header("x-tracery-fate")).isEqualTo("deadline");
            one.left.await();
            two.left.await();
            assertThat(proxy.log.only().attempts())
                    .extracting(Attempt::outcome)
                    .containsExactly(Fate.DEADLINE, Fate.DEADLINE);
        }
    }

    @Test
    void aClientThatLeavesCancelsBoth() throws Exception {
        Mute one = new Mute();
        Mute two = new Mute();
        try (RawServer first = one.server;
                RawServer second = two.server;
                TestProxy proxy =
                        proxy(Duration.ZERO, policy(1, Methods.IDEMPOTENT), first.address(), second.address())) {
            try (Http1Peer client = Http1Peer.connect(proxy.address())) {
                client.send("GET / HTTP/1.1\r\nHost: cart\r\n\r\n");
                await().until(() -> one.asked.get() + two.asked.get() == 2);
            }
            one.left.await();
            two.left.await();
            assertThat(proxy.log.only().fate()).isEqualTo(Fate.CLIENT_GONE);
        }
    }

    @Test
    void aPostIsAskedTwiceOnlyWhereThatIsSaid() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        Http1Backend.Handler late = (request, client) -> {
            go.await();
            client.answer(200, request.text());
        };
        try (Http1Backend one = new Http1Backend(late);
                Http1Backend two = new Http1Backend(late);
                TestProxy proxy = proxy(Duration.ZERO, policy(1, Methods.IDEMPOTENT), one.address(), two.address());
                TestProxy told = proxy(Duration.ZERO, policy(1, Methods.ANY), one.address(), two.address());
                Http1Peer client = Http1Peer.connect(proxy.address());
                Http1Peer other = Http1Peer.connect(told.address())) {
            String post = "POST / HTTP/1.1\r\nHost: cart\r\nContent-Length: 3\r\n\r\nbuy";
            client.send(post);
            other.send(post);
            await().until(() -> one.requests().size() + two.requests().size() == 3);
            go.countDown();
            assertThat(client.receive().text()).isEqualTo("buy");
            assertThat(other.receive().text()).isEqualTo("buy");

            Attempt only = proxy.log.only().attempts().getFirst();
            assertThat(only.hedged()).isFalse();
            assertThat(only.hedgeReason()).isEqualTo("POST may be done twice");
            assertThat(told.log.only().attempts()).hasSize(2);
        }
    }

    @Test
    void noMoreThanTheBudgetAndTheLimitAllow() throws Exception {
        Mute one = new Mute();
        CircuitLimits none =
                new CircuitLimits(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, /* maxRetries= */ 0, null);
        try (RawServer first = one.server;
                RawServer second =
                        new RawServer(socket -> socket.getInputStream().read());
                TestProxy proxy = new TestProxy()
                        .serving(
                                Mesh.outbound(
                                        Mesh.route("cart", Duration.ofMillis(300), policy(1, Methods.IDEMPOTENT))),
                                inTurn(none, first.address(), second.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.get("/");
            assertThat(proxy.log.only().attempts()).hasSize(1);
            assertThat(proxy.log.only().attempts().getFirst().hedgeReason())
                    .contains("as many retries as cart may have");
        }
    }

    @Test
    void aSpentBudgetAsksNobodyTwice() throws Exception {
        try (RawServer first = new RawServer(socket -> socket.getInputStream().readAllBytes());
                RawServer second =
                        new RawServer(socket -> socket.getInputStream().readAllBytes());
                TestProxy proxy = proxy(
                        Duration.ofMillis(700), policy(1, Methods.IDEMPOTENT), first.address(), second.address())) {
            int clients = 200;
            Http1Peer[] peers = new Http1Peer[clients];
            for (int i = 0; i < clients; i++) {
                peers[i] = Http1Peer.connect(proxy.address());
                peers[i].send("GET / HTTP/1.1\r\nHost: cart\r\n\r\n");
            }
            List<Exchange> all = proxy.log.ended(clients);
            for (Http1Peer peer : peers) {
                peer.close();
            }
            // A hundred in reserve, a fifth for each request, ten for each second.
            assertThat(all.stream().mapToInt(Exchange::hedges).sum()).isBetween(100, 150);
            assertThat(all)
                    .anySatisfy(one ->
                            assertThat(one.attempts().getFirst().hedgeReason()).isEqualTo("the retry budget is spent"));
        }
    }

    @Test
    void anHttp2StreamThatLostIsCancelledAndItsConnectionStays() throws Exception {
        CountDownLatch cancelled = new CountDownLatch(1);
        AtomicInteger turn = new AtomicInteger();
        Http2Peers.Answer answer = (stream, request, body) -> {
            if (turn.incrementAndGet() == 1) {
                stream.closeFuture().addListener(closed -> {
                    if (stream.parent().isActive()) {
                        cancelled.countDown();
                    }
                });
            } else {
                stream.writeAndFlush(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("200"), true));
            }
        };
        RetryPolicy anything = policy(1, Methods.ANY);
        try (Http2Peers peers = new Http2Peers();
                TestProxy proxy = new TestProxy()
                        .serving(
                                Mesh.outbound(Mesh.route("cart", Duration.ZERO, anything)),
                                Mesh.cluster(
                                        "cart",
                                        UpstreamProtocol.HTTP2,
                                        peers.serve(Http2Settings.defaultSettings(), answer),
                                        peers.serve(Http2Settings.defaultSettings(), answer)));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            assertThat(client.post("/", "small").status()).isEqualTo(200);
            cancelled.await();
            assertThat(proxy.log.only().attempts()).extracting(Attempt::outrun).containsExactly(true, false);
        }
    }

    @Test
    void aBodyThatIsStillComingAsksNobodyTwice() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        Http1Backend.Handler counted = (request, client) -> {
            asked.incrementAndGet();
            client.answer(200, request.text());
        };
        try (Http1Backend one = new Http1Backend(counted);
                Http1Backend two = new Http1Backend(counted);
                TestProxy proxy = proxy(Duration.ZERO, policy(1, Methods.IDEMPOTENT), one.address(), two.address());
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.send("PUT / HTTP/1.1\r\nHost: cart\r\nContent-Length: 4\r\n\r\nbo");
            await().until(() -> proxy.log.started() == 1);
            await().pollDelay(Duration.ofMillis(150)).until(() -> true);
            client.send("dy");
            Message answer = client.receive();
            assertThat(answer.text()).isEqualTo("body");
            assertThat(asked).hasValue(1);
            assertThat(proxy.log.only().attempts().getFirst().hedgeReason()).contains("not been sent whole");
        }
    }

    @Test
    void whatIsTheOnlyEndpointIsAskedOnce() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (Http1Backend only = new Http1Backend((request, client) -> {
                    go.await();
                    client.answer(200, "alone");
                });
                TestProxy proxy = proxy(Duration.ZERO, policy(2, Methods.IDEMPOTENT), only.address());
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.send("GET / HTTP/1.1\r\nHost: cart\r\n\r\n");
            await().until(() -> only.requests().size() == 1);
            await().pollDelay(Duration.ofMillis(150)).until(() -> true);
            go.countDown();
            assertThat(client.receive().text()).isEqualTo("alone");
            assertThat(proxy.log.only().attempts().getFirst().hedgeReason()).isEqualTo("there is no other endpoint");
        }
    }
}
