package io.tracery.proxy.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.tracery.proxy.data.Http1Peer.Message;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Intervention;
import io.tracery.proxy.mesh.Listener;
import io.tracery.proxy.mesh.UpstreamProtocol;
import io.tracery.proxy.route.ClusterSplit;
import io.tracery.proxy.route.Fault;
import io.tracery.proxy.route.Filters;
import io.tracery.proxy.route.Fraction;
import io.tracery.proxy.route.Policies;
import io.tracery.proxy.route.RetryPolicy;
import io.tracery.proxy.route.Route;
import io.tracery.proxy.route.RouteMatch;
import io.tracery.proxy.route.RouteMatch.Header;
import io.tracery.tracing.span.Fate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(30)
@ExtendWith(LeakCheck.class)
class FaultTest {

    static Listener with(Fault fault, Duration timeout) {
        return Mesh.outbound(new Route(
                "shop/cart/0",
                RouteMatch.ANY,
                ClusterSplit.to("cart"),
                timeout,
                RetryPolicy.NONE,
                List.of(),
                Filters.NONE,
                new Policies(null, fault)));
    }

    private static Fault fault(
            Fault.@Nullable Delay delay, Fault.@Nullable Abort abort, Fault.@Nullable Bandwidth bandwidth) {
        return new Fault(delay, abort, bandwidth, List.of());
    }

    @Test
    void aDelayComesBeforeTheRequestGoesOnAndIsMarked() throws Exception {
        Fault fault = fault(new Fault.Delay(Duration.ofMillis(300), Fraction.ALL), null, null);
        try (Http1Backend backend = new Http1Backend((request, client) -> client.answer(200, request.text()));
                TestProxy proxy =
                        new TestProxy().serving(with(fault, Duration.ZERO), Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            assertThat(client.post("/", "body").text()).isEqualTo("body");
            Exchange exchange = proxy.log.only();
            assertThat(exchange.durationNanos()).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(300));
            assertThat(exchange.fate()).isEqualTo(Fate.SERVED);
            assertThat(exchange.intervened(Intervention.DELAY)).isTrue();
            assertThat(exchange.injected()).isEqualTo("delay 300 ms");
        }
    }

    @Test
    void theTimeLimitRunsDuringADelay() throws Exception {
        Fault fault = fault(new Fault.Delay(Duration.ofSeconds(20), Fraction.ALL), null, null);
        try (Http1Backend backend = Http1Backend.saying("there");
                TestProxy proxy = new TestProxy()
                        .serving(with(fault, Duration.ofMillis(100)), Mesh.cluster("cart", backend.address()))) {
            try (Http1Peer client = Http1Peer.connect(proxy.address())) {
                assertThat(client.get("/").status()).isEqualTo(504);
                assertThat(proxy.log.only().fate()).isEqualTo(Fate.DEADLINE);
            }
            proxy.serving(with(fault, Duration.ZERO), Mesh.cluster("cart", backend.address()));
            try (Http1Peer client = Http1Peer.connect(proxy.address())) {
                client.send("GET / HTTP/1.1\r\nHost: cart\r\n\r\n");
                Awaitility.await().until(() -> proxy.log.started() == 2);
            }
            assertThat(proxy.log.ended(2).getLast().fate()).isEqualTo(Fate.CLIENT_GONE);
            assertThat(backend.requests()).isEmpty();
        }
    }

    @Test
    void anAbortHasAFateOfItsOwnAndReachesNobody() throws Exception {
        Fault fault =
                new Fault(null, new Fault.Abort(418, -1, Fraction.ALL), null, List.of(new Header("x-weather", "bad")));
        try (Http1Backend backend = Http1Backend.saying("there");
                TestProxy proxy =
                        new TestProxy().serving(with(fault, Duration.ZERO), Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            assertThat(client.get("/").text()).isEqualTo("there");
            client.send("POST / HTTP/1.1\r\nHost: cart\r\nX-Weather: bad\r\nContent-Length: 1\r\n\r\nx");
            Message answer = client.receive();
            assertThat(answer.status()).isEqualTo(418);
            assertThat(answer.header("x-tracery-fate")).isEqualTo("fault_injected");
            assertThat(client.get("/").text()).isEqualTo("there");

            Exchange aborted = proxy.log.ended(3).get(1);
            assertThat(aborted.fate()).isEqualTo(Fate.FAULT_INJECTED);
            assertThat(aborted.attempts()).isEmpty();
            assertThat(aborted.injected()).isEqualTo("abort with status 418");
            assertThat(backend.requests()).hasSize(2);
        }
    }

    /** The proxies' chance has a seed: what is drawn is the same each time. */
    @Test
    void sharesOfRequestsAreDelayedAndAbortedEachDrawnByItself() throws Exception {
        Fault fault = fault(
                new Fault.Delay(Duration.ofMillis(20), new Fraction(25, 100)),
                new Fault.Abort(503, -1, new Fraction(500_000, 1_000_000)),
                null);
        try (Http1Backend backend = Http1Backend.saying("there");
                TestProxy proxy =
                        new TestProxy().serving(with(fault, Duration.ZERO), Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            for (int i = 0; i < 200; i++) {
                client.get("/");
            }
            List<Exchange> ended = proxy.log.ended(200);
            List<Exchange> delayed = ended.stream()
                    .filter(exchange -> exchange.intervened(Intervention.DELAY))
                    .toList();
            List<Exchange> aborted = ended.stream()
                    .filter(exchange -> exchange.intervened(Intervention.ABORT))
                    .toList();
            assertThat(delayed)
                    .hasSizeBetween(25, 80)
                    .allMatch(exchange -> exchange.durationNanos() >= TimeUnit.MILLISECONDS.toNanos(20));
            assertThat(aborted).hasSizeBetween(65, 135).allMatch(exchange -> exchange.fate() == Fate.FAULT_INJECTED);
            assertThat(delayed)
                    .as("some of them are aborted, others are not")
                    .filteredOn(aborted::contains)
                    .hasSizeBetween(1, delayed.size() - 1);
            assertThat(ended)
                    .filteredOn(exchange -> !delayed.contains(exchange) && !aborted.contains(exchange))
                    .allMatch(exchange -> exchange.fate() == Fate.SERVED
                            && exchange.injected().isEmpty());
            assertThat(backend.requests()).hasSize(200 - aborted.size());
        }
    }

    @Test
    void ofTheRequestsThatHaveAllItsHeadersAFaultConcernsItsShare() throws Exception {
        Fault fault = new Fault(
                new Fault.Delay(Duration.ofMillis(20), new Fraction(50, 100)),
                null,
                new Fault.Bandwidth(10_000, new Fraction(50, 100)),
                List.of(new Header("x-weather", "bad"), new Header("x-user", "7")));
        try (Http1Backend backend = Http1Backend.saying("x".repeat(100));
                TestProxy proxy =
                        new TestProxy().serving(with(fault, Duration.ZERO), Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            String[][] kinds = {{"bad", "7"}, {"bad", "8"}, {"good", "7"}};
            for (String[] kind : kinds) {
                for (int i = 0; i < 60; i++) {
                    client.sendHead(
                            "GET /" + kind[0] + kind[1] + " HTTP/1.1",
                            "Host: cart",
                            "X-Weather: " + kind[0],
                            "X-User: " + kind[1]);
                    assertThat(client.receive().text()).hasSize(100);
                }
            }
            List<Exchange> ended = proxy.log.ended(3 * 60);
            for (Intervention part : List.of(Intervention.DELAY, Intervention.BANDWIDTH)) {
                assertThat(ended)
                        .filteredOn(exchange -> exchange.intervened(part))
                        .hasSizeBetween(10, 50)
                        .extracting(Exchange::path)
                        .containsOnly("/bad7");
            }
            assertThat(ended).allMatch(exchange -> exchange.fate() == Fate.SERVED);
        }
    }

    @Test
    void http2RequestsAreDelayedAndTheirAnswersPassedOnAtTheirBandwidthToo() throws Exception {
        String body = "0123456789".repeat(10_000);
        Fault fault = fault(
                new Fault.Delay(Duration.ofMillis(200), Fraction.ALL),
                null,
                new Fault.Bandwidth(500_000, Fraction.ALL));
        Http2Peers peers = new Http2Peers();
        try (Http1Backend backend = Http1Backend.saying(body);
                TestProxy proxy = new TestProxy()
                        .serving(
                                with(fault, Duration.ZERO),
                                Mesh.cluster("cart", UpstreamProtocol.HTTP1, backend.address()))) {
            Channel client = peers.connect(proxy.address());
            assertThat(peers.ask(
                                    client,
                                    new DefaultHttp2Headers()
                                            .method("GET")
                                            .scheme("http")
                                            .authority("cart")
                                            .path("/"))
                            .get())
                    .isEqualTo("200 " + body);
            Exchange exchange = proxy.log.only();
            assertThat(exchange.intervened(Intervention.DELAY)).isTrue();
            assertThat(exchange.intervened(Intervention.BANDWIDTH)).isTrue();
            // A fifth of a second each; the answer's last portion is not waited for.
            assertThat(exchange.durationNanos()).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(300));
        } finally {
            peers.close();
        }
    }

    @Test
    void anAnswerIsPassedOnAtItsBandwidth() throws Exception {
        String body = "0123456789".repeat(20_000);
        Fault fault = fault(null, null, new Fault.Bandwidth(400_000, Fraction.ALL));
        try (Http1Backend backend = new Http1Backend((request, client) ->
                        // The end of the connection comes long before the end of the answer has been passed on.
                        client.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + body.length()
                                + "\r\n\r\n" + body));
                TestProxy proxy =
                        new TestProxy().serving(with(fault, Duration.ZERO), Mesh.cluster("cart", backend.address()))) {
            try (Http1Peer client = Http1Peer.connect(proxy.address())) {
                assertThat(client.get("/").text()).isEqualTo(body);
                Exchange exchange = proxy.log.only();
                assertThat(exchange.fate()).isEqualTo(Fate.SERVED);
                assertThat(exchange.durationNanos())
                        .isBetween(TimeUnit.MILLISECONDS.toNanos(400), TimeUnit.SECONDS.toNanos(5));
                assertThat(exchange.intervened(Intervention.BANDWIDTH)).isTrue();
            }
            try (Http1Peer client = Http1Peer.connect(proxy.address())) {
                client.send("GET / HTTP/1.1\r\nHost: cart\r\n\r\n");
                assertThat(client.bytes(10)).startsWith("HTTP/1.1 2");
            }
            assertThat(proxy.log.ended(2).getLast().fate()).isEqualTo(Fate.CLIENT_GONE);
        }
    }
}
