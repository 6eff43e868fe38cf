package io.tracery.proxy.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.proxy.data.Http1Peer.Message;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Intervention;
import io.tracery.proxy.route.ClusterSplit;
import io.tracery.proxy.route.ClusterSplit.Share;
import io.tracery.proxy.route.Filters;
import io.tracery.proxy.route.Fraction;
import io.tracery.proxy.route.HeaderEdits;
import io.tracery.proxy.route.HeaderEdits.Entry;
import io.tracery.proxy.route.Mirror;
import io.tracery.proxy.route.PathRewrite;
import io.tracery.proxy.route.Redirect;
import io.tracery.proxy.route.RetryPolicy;
import io.tracery.proxy.route.Route;
import io.tracery.proxy.route.RouteMatch;
import io.tracery.proxy.route.RouteMatch.Path;
import io.tracery.tracing.context.TraceContext;
import io.tracery.tracing.span.Fate;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(30)
@ExtendWith(LeakCheck.class)
class FiltersTest {

    private static final HeaderEdits UNCHANGED = HeaderEdits.NONE;

    private static Route route(Path path, Filters filters) {
        return new Route(
                "shop/cart/0",
                new RouteMatch(path, "", List.of()),
                ClusterSplit.to("cart"),
                Duration.ZERO,
                RetryPolicy.NONE,
                filters);
    }

    private static Filters mirroring(Fraction share, Duration limit) {
        Route copies =
                new Route("shop/cart/0/mirror", RouteMatch.ANY, ClusterSplit.to("shadow"), limit, RetryPolicy.NONE);
        return new Filters(UNCHANGED, UNCHANGED, "", null, null, List.of(new Mirror(copies, share)));
    }

    private static Filters redirecting(Redirect redirect) {
        return new Filters(UNCHANGED, UNCHANGED, "", null, redirect, List.of());
    }

    @Test
    void changesHeadersOfRequestAndAnswer() throws Exception {
        HeaderEdits request = new HeaderEdits(
                List.of("x-secret"), List.of(new Entry("x-team", "b")), List.of(new Entry("x-seen", "2")));
        HeaderEdits response = new HeaderEdits(List.of("server"), List.of(new Entry("x-by", "mesh")), List.of());
        Filters ofShare = new Filters(
                new HeaderEdits(List.of(), List.of(new Entry("x-team", "canary")), List.of()),
                UNCHANGED,
                "",
                null,
                null,
                List.of());
        Route route = new Route(
                "shop/cart/0",
                RouteMatch.ANY,
                new ClusterSplit(List.of(new Share("cart", 1), new Share("canary", 1, ofShare))),
                Duration.ZERO,
                RetryPolicy.NONE,
                new Filters(request, response, "", null, null, List.of()));
        try (Http1Backend one = new Http1Backend((message, client) ->
                        client.send("HTTP/1.1 200 OK\r\nServer: x\r\nX-By: app\r\nContent-Length: 0\r\n\r\n"));
                Http1Backend two = Http1Backend.saying("canary");
                TestProxy proxy = new TestProxy()
                        .serving(
                                Mesh.outbound(route),
                                Mesh.cluster("cart", one.address()),
                                Mesh.cluster("canary", two.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.send("GET / HTTP/1.1\r\nHost: cart\r\nX-Secret: s\r\nX-Team: a\r\nX-Seen: 1\r\n\r\n");
            Message answer = client.receive();
            assertThat(answer.header("x-by")).isEqualTo("mesh");
            assertThat(answer.header("server")).isEmpty();
            Message seen = one.requests().getFirst();
            assertThat(seen.header("x-secret")).isEmpty();
            assertThat(seen.header("x-team")).isEqualTo("b");
            assertThat(seen.header("x-seen")).isEqualTo("1,2");

            client.get("/");
            assertThat(two.requests().getFirst().header("x-team")).isEqualTo("canary");
        }
    }

    @Test
    void rewritesHostAndPathAndKeepsTheQuery() throws Exception {
        Filters filters = new Filters(
                UNCHANGED,
                UNCHANGED,
                "orders.internal",
                new PathRewrite.Prefix("/api".length(), "/v2"),
                null,
                List.of());
        try (Http1Backend backend = Http1Backend.saying("there");
                TestProxy proxy = new TestProxy()
                        .serving(
                                Mesh.outbound(route(new Path.Prefix("/api"), filters)),
                                Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            assertThat(client.get("/api/orders?a=/api").text()).isEqualTo("there");
            assertThat(client.get("/api?b").text()).isEqualTo("there");
            assertThat(backend.requests()).extracting(Message::target).containsExactly("/v2/orders?a=/api", "/v2?b");
            assertThat(backend.requests().getFirst().header("host")).isEqualTo("orders.internal");
            // What the client asked for is what the record says.
            assertThat(proxy.log.ended(2).getFirst().path()).isEqualTo("/api/orders");
        }
    }

    @Test
    void redirectsWithoutAskingAnyEndpoint() throws Exception {
        Redirect redirect = new Redirect(
                "https", "", 8443, new PathRewrite.Prefix("/old".length(), "/new"), Redirect.Query.KEPT, 308);
        try (Http1Backend backend = Http1Backend.saying("there");
                TestProxy proxy = new TestProxy()
                        .serving(
                                Mesh.outbound(route(new Path.Prefix("/old"), redirecting(redirect))),
                                Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            Message answer = client.get("/old/x?q=1");
            assertThat(answer.status()).isEqualTo(308);
            assertThat(answer.header("location")).isEqualTo("https://cart:8443/new/x?q=1");
            assertThat(client.get("/old").header("location")).isEqualTo("https://cart:8443/new");
            assertThat(backend.requests()).isEmpty();
            Exchange exchange = proxy.log.ended(2).getFirst();
            assertThat(exchange.fate()).isEqualTo(Fate.SERVED);
            assertThat(exchange.intervened(Intervention.REDIRECT)).isTrue();
            assertThat(exchange.attempts()).isEmpty();
        }
    }

    @Test
    void aMirrorSeesWholeRequestsAndItsAnswerIsThrownAway() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("real");
                Http1Backend shadow = new Http1Backend((request, client) -> client.answer(500, "shadow"));
                TestProxy proxy = new TestProxy()
                        .serving(
                                Mesh.outbound(
                                        route(new Path.Prefix("/"), mirroring(Fraction.ALL, Duration.ofSeconds(9)))),
                                Mesh.cluster("cart", backend.address()),
                                Mesh.cluster("shadow", shadow.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            assertThat(client.post("/pay", "forty").text()).isEqualTo("real");

            List<Exchange> exchanges = proxy.log.ended(2);
            Exchange copy = byMirror(exchanges, true);
            Exchange original = byMirror(exchanges, false);
            assertThat(shadow.requests().getFirst().text()).isEqualTo("forty");
            assertThat(original.fate()).isEqualTo(Fate.SERVED);
            assertThat(copy.fate()).isEqualTo(Fate.APP_ERROR);
            assertThat(Objects.requireNonNull(copy.route()).name()).isEqualTo("shop/cart/0/mirror");
            // A child of the original's span, and the span that the shadow is given as its parent.
            TraceContext own = Objects.requireNonNull(copy.trace());
            assertThat(copy.parentSpanId())
                    .isEqualTo(Objects.requireNonNull(original.trace()).spanId());
            assertThat(shadow.requests().getFirst().header("traceparent"))
                    .contains(TraceContext.spanIdHex(own.spanId()));
        }
    }

    @Test
    void aMirrorThatHangsOrIsNotThereDelaysNothing() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        RawServer.Talk hang = socket -> over.await(20, TimeUnit.SECONDS);
        try (Http1Backend backend = Http1Backend.saying("real");
                RawServer shadow = new RawServer(hang);
                TestProxy proxy = new TestProxy()
                        .serving(
                                Mesh.outbound(
                                        route(new Path.Prefix("/"), mirroring(Fraction.ALL, Duration.ofMillis(200)))),
                                Mesh.cluster("cart", backend.address()),
                                Mesh.cluster("shadow", shadow.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            assertThat(client.get("/").text()).isEqualTo("real");
            assertThat(byMirror(proxy.log.ended(2), true).fate()).isEqualTo(Fate.DEADLINE);

            // A body larger than is kept: the copy is given up, the original arrives whole.
            int size = 4 * 1024 * 1024;
            client.send("PUT / HTTP/1.1\r\nHost: cart\r\nContent-Length: " + size + "\r\n\r\n" + "x".repeat(size));
            assertThat(client.receive().text()).isEqualTo("real");
            assertThat(backend.requests().getLast().text()).hasSize(size);
            List<Exchange> large = proxy.log.ended(4).subList(2, 4);
            assertThat(byMirror(large, false).fate()).isEqualTo(Fate.SERVED);
            assertThat(byMirror(large, true).fate()).isIn(Fate.QUEUE_FULL, Fate.DEADLINE);
            over.countDown();
        }
    }

    @Test
    void aShareOfRequestsIsMirrored() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("real");
                Http1Backend shadow = Http1Backend.saying("shadow");
                TestProxy proxy = new TestProxy()
                        .serving(
                                Mesh.outbound(route(
                                        new Path.Prefix("/"), mirroring(new Fraction(20, 100), Duration.ofSeconds(9)))),
                                Mesh.cluster("cart", backend.address()),
                                Mesh.cluster("shadow", shadow.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            for (int i = 0; i < 200; i++) {
                assertThat(client.get("/").text()).isEqualTo("real");
            }
            Awaitility.await().until(() -> shadow.requests().size() >= 20);
            assertThat(shadow.requests()).hasSizeBetween(20, 60);
        }
    }

    private static Exchange byMirror(List<Exchange> exchanges, boolean mirror) {
        @Nullable Exchange found = null;
        for (Exchange exchange : exchanges) {
            if (exchange.intervened(Intervention.MIRROR) == mirror) {
                found = exchange;
            }
        }
        return Objects.requireNonNull(found);
    }
}
