package io.tracery.proxy.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.proxy.data.Http1Peer.Message;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.mesh.Direction;
import io.tracery.tracing.context.TraceContext;
import io.tracery.tracing.span.Fate;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(30)
@ExtendWith(LeakCheck.class)
class Http1Test {

    @Test
    void passesARequestAndItsAnswerOnAndRecordsTheExchange() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("hello");
                TestProxy proxy = new TestProxy()
                        .serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            Message answer = client.get("/items?page=2");

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.text()).isEqualTo("hello");
            Message request = backend.requests().getFirst();
            assertThat(request.target()).isEqualTo("/items?page=2");
            assertThat(request.header("host")).isEqualTo("cart");

            Exchange exchange = proxy.log.only();
            assertThat(exchange.fate()).isEqualTo(Fate.SERVED);
            assertThat(exchange.direction()).isEqualTo(Direction.OUTBOUND);
            assertThat(exchange.protocol()).isEqualTo(Protocol.HTTP1);
            assertThat(exchange.method()).isEqualTo("GET");
            assertThat(exchange.path()).isEqualTo("/items");
            assertThat(exchange.authority()).isEqualTo("cart");
            assertThat(exchange.status()).isEqualTo(200);
            assertThat(exchange.bytesSent()).isEqualTo(5);
            assertThat(exchange.peer().name()).isEqualTo("cart");
            assertThat(exchange.peer().version()).isEqualTo("v1");
            assertThat(Objects.requireNonNull(exchange.route()).name()).isEqualTo("shop/cart/0");
            assertThat(exchange.attempts()).singleElement().satisfies(attempt -> {
                assertThat(attempt.outcome()).isEqualTo(Fate.SERVED);
                assertThat(Objects.requireNonNull(attempt.endpoint()).address()).isEqualTo(backend.address());
                assertThat(attempt.costMillis()).isPositive();
                assertThat(attempt.connectionReused()).isFalse();
                assertThat(attempt.firstByteNanos()).isPositive();
            });
        }
    }

    @Test
    void beginsATraceAndPassesItOn() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("");
                TestProxy proxy = new TestProxy()
                        .serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.get("/");

            TraceContext own = Objects.requireNonNull(proxy.log.only().trace());
            assertThat(backend.requests().getFirst().header("traceparent"))
                    .isEqualTo("00-" + own.traceIdHex() + "-" + own.spanIdHex() + "-03");
            assertThat(proxy.log.only().parentSpanId()).isZero();
        }
    }

    @Test
    void continuesTheTraceThatARequestCarries() throws Exception {
        String trace = "0af7651916cd43dd8448eb211c80319c";
        try (Http1Backend backend = Http1Backend.saying("");
                TestProxy proxy = new TestProxy()
                        .serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.send("GET / HTTP/1.1\r\nHost: cart\r\ntraceparent: 00-" + trace
                    + "-b7ad6b7169203331-01\r\ntracestate: vendor=1\r\n\r\n");
            client.receive();

            Exchange exchange = proxy.log.only();
            TraceContext own = Objects.requireNonNull(exchange.trace());
            assertThat(own.traceIdHex()).isEqualTo(trace);
            assertThat(TraceContext.spanIdHex(exchange.parentSpanId())).isEqualTo("b7ad6b7169203331");
            assertThat(backend.requests().getFirst().header("traceparent"))
                    .isEqualTo("00-" + trace + "-" + own.spanIdHex() + "-01");
            assertThat(backend.requests().getFirst().header("tracestate")).isEqualTo("vendor=1");
        }
    }

    @Test
    void keepsConnectionsOpenOnBothSides() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("again");
                TestProxy proxy = new TestProxy()
                        .serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            for (int i = 0; i < 5; i++) {
                assertThat(client.get("/" + i).text()).isEqualTo("again");
            }
            assertThat(backend.connections()).isEqualTo(1);
            assertThat(proxy.log.ended(5).getLast().attempts().getFirst().connectionReused())
                    .isTrue();
        }
    }

    @Test
    void answersPipelinedRequestsInTheirOrder() throws Exception {
        Http1Backend.Handler slowFirst = (request, client) -> {
            if (request.target().equals("/0")) {
                java.util.concurrent.locks.LockSupport.parkNanos(50_000_000);
            }
            client.answer(200, request.target());
        };
        try (Http1Backend backend = new Http1Backend(slowFirst);
                TestProxy proxy = new TestProxy()
                        .serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            StringBuilder requests = new StringBuilder();
            for (int i = 0; i < 200; i++) {
                requests.append("GET /").append(i).append(" HTTP/1.1\r\nHost: cart\r\n\r\n");
            }
            client.send(requests.toString());
            for (int i = 0; i < 200; i++) {
                assertThat(client.receive().text()).isEqualTo("/" + i);
            }
            proxy.log.ended(200);
        }
    }

    @Test
    void passesChunksAndTrailersBothWays() throws Exception {
        Http1Backend.Handler echo = (request, client) -> {
            client.sendHead("HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "Trailer: x-sum");
            client.sendHead(
                    "3", "abc", "4", "defg", "0", "x-sum: " + request.trailers().get("x-count"));
        };
        try (Http1Backend backend = new Http1Backend(echo);
                TestProxy proxy = new TestProxy()
                        .serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.sendHead("POST / HTTP/1.1", "Host: cart", "Transfer-Encoding: chunked");
            client.sendHead("5", "hello", "6", " world", "0", "x-count: 2");
            Message answer = client.receive();

            assertThat(answer.text()).isEqualTo("abcdefg");
            assertThat(answer.trailers()).containsEntry("x-sum", "2");
            assertThat(backend.requests().getFirst().text()).isEqualTo("hello world");
            assertThat(proxy.log.only().bytesReceived()).isEqualTo(11);
            assertThat(proxy.log.only().bytesSent()).isEqualTo(7);
        }
    }

    @Test
    void answersHeadWithoutABodyAndGoesOn() throws Exception {
        Http1Backend.Handler handler = (request, client) -> {
            if (request.method().equals("HEAD")) {
                client.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
            } else {
                client.answer(200, "body");
            }
        };
        try (Http1Backend backend = new Http1Backend(handler);
                TestProxy proxy = new TestProxy()
                        .serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.send("HEAD / HTTP/1.1\r\nHost: cart\r\n\r\n");
            assertThat(client.receive(/* bodiless= */ true).header("content-length"))
                    .isEqualTo("1000");
            assertThat(client.get("/").text()).isEqualTo("body");
            proxy.log.ended(2);
        }
    }

    @Test
    void passesContinueOnBeforeTheBodyIsSent() throws Exception {
        RawServer.Talk talk = socket -> {
            Http1Peer client = new Http1Peer(socket);
            Message head = client.receive(/* bodiless= */ true);
            assertThat(head.header("expect")).isEqualTo("100-continue");
            client.send("HTTP/1.1 100 Continue\r\n\r\n");
            byte[] body = socket.getInputStream().readNBytes(0);
            client.answer(200, "took " + (body.length + Integer.parseInt(head.header("content-length"))));
        };
        try (RawServer backend = new RawServer(talk);
                TestProxy proxy = new TestProxy()
                        .serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.send("POST / HTTP/1.1\r\nHost: cart\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
            assertThat(client.receive(/* bodiless= */ true).status()).isEqualTo(100);
            client.send("body");
            assertThat(client.receive().text()).isEqualTo("took 4");
            assertThat(proxy.log.only().fate()).isEqualTo(Fate.SERVED);
        }
    }

    @Test
    void passesHintsOnBeforeTheAnswer() throws Exception {
        Http1Backend.Handler hinting =
                (request, client) -> client.send("HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n"
                        + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        try (Http1Backend backend = new Http1Backend(hinting);
                TestProxy proxy = new TestProxy()
                        .serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.send("GET / HTTP/1.1\r\nHost: cart\r\n\r\n");
            Message hints = client.receive(/* bodiless= */ true);
            assertThat(hints.status()).isEqualTo(103);
            assertThat(hints.header("link")).isEqualTo("</a.css>; rel=preload");
            assertThat(client.receive().text()).isEqualTo("ok");
            client.send("GET / HTTP/1.0\r\nHost: cart\r\nConnection: keep-alive\r\n\r\n");
            assertThat(client.receive().status()).isEqualTo(200);
        }
    }

    @Test
    void leavesEveryFieldLetterByLetterAsItWas() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("ok");
                TestProxy proxy = new TestProxy()
                        .serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.sendHead(
                    "GET / HTTP/1.1",
                    "hOsT:cart",
                    "X-One:  1",
                    "Connection: x-gone",
                    "x-gone: 1",
                    "x-ONE: caf\u00e9\t");
            assertThat(client.receive().status()).isEqualTo(200);
            assertThat(backend.requests().getFirst().headers())
                    .containsEntry("host", "cart")
                    .containsEntry("x-one", "1,caf\u00e9")
                    .doesNotContainKey("x-gone");
        }
    }

    @Test
    void takesTheHostOfAnAbsoluteTarget() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("ok");
                TestProxy proxy = new TestProxy()
                        .serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.sendHead("GET http://cart:8080?a=b HTTP/1.1", "Host: another");
            assertThat(client.receive().status()).isEqualTo(200);
            client.sendHead("GET / HTTP/1.0");
            client.receive();
            assertThat(backend.requests().getFirst().target()).isEqualTo("/?a=b");
            assertThat(backend.requests().getFirst().header("host")).isEqualTo("cart:8080");
            assertThat(backend.requests().getLast().headers()).containsEntry("host", "");
            assertThat(proxy.log.ended(2)).extracting(Exchange::authority).containsExactly("cart:8080", "");
        }
    }

    @Test
    void passesOnNoNameAndPasswordOfAnAbsoluteTarget() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("ok");
                TestProxy proxy = new TestProxy()
                        .serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.sendHead("GET http://me:se@cret@cart/a@b HTTP/1.1", "Host: cart");
            assertThat(client.receive().status()).isEqualTo(200);
            assertThat(backend.requests().getFirst().target()).isEqualTo("/a@b");
            assertThat(backend.requests().getFirst().header("host")).isEqualTo("cart");
            assertThat(proxy.log.only().authority()).isEqualTo("cart");
        }
    }

    @Test
    void removesWhatSpeaksOfOneConnectionOnly() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("ok");
                TestProxy proxy = new TestProxy()
                        .serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.sendHead(
                    "GET / HTTP/1.1",
                    "Host: cart",
                    "Connection: x-mine, Upgrade, HTTP2-Settings, host",
                    "x-mine: 1",
                    "Upgrade: h2c-14",
                    "HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA",
                    "Keep-Alive: timeout=5",
                    "x-theirs: 2");
            assertThat(client.receive().status()).isEqualTo(200);

            assertThat(backend.requests().getFirst().headers())
                    .containsEntry("x-theirs", "2")
                    .containsEntry("host", "cart")
                    .doesNotContainKeys(
                            "x-mine", "upgrade", "http2-settings", "keep-alive", "connection", "x-http2-scheme");
        }
    }

    @Test
    void noRequestLosesItsTraceByNamingItInConnection() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("ok");
                TestProxy proxy = new TestProxy()
                        .serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.sendHead(
                    "GET / HTTP/1.1",
                    "Host: cart",
                    "Connection: traceparent, X-B3-TraceId, x-b3-sampled, baggage",
                    "X-B3-TraceId: 80f198ee56343ba864fe8b2a57d3eff7",
                    "X-B3-SpanId: e457b5a2e4d86bd1",
                    "X-B3-Sampled: 1",
                    "baggage: tracery=keep");
            assertThat(client.receive().status()).isEqualTo(200);

            TraceContext trace = Objects.requireNonNull(proxy.log.only().trace());
            assertThat(backend.requests().getFirst().headers())
                    .containsEntry("x-b3-traceid", "80f198ee56343ba864fe8b2a57d3eff7")
                    .containsEntry("x-b3-spanid", trace.spanIdHex())
                    .containsEntry("x-b3-sampled", "1")
                    .containsEntry("baggage", "tracery=keep")
                    .containsKey("traceparent");
        }
    }

    @Test
    void closesAfterTheAnswerWhenTheClientWantsThat() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("bye");
                TestProxy proxy = new TestProxy()
                        .serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.send("GET / HTTP/1.1\r\nHost: cart\r\nConnection: close\r\n\r\n");
            assertThat(client.receive().header("connection")).isEqualTo("close");
            assertThat(client.closed()).isTrue();
        }
    }

    @Test
    void endsABodyOfUnknownLengthForAnOldClientByClosing() throws Exception {
        Http1Backend.Handler chunked = (request, client) ->
                client.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
        try (Http1Backend backend = new Http1Backend(chunked);
                TestProxy proxy = new TestProxy()
                        .serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            Message answer = client.receive();
            assertThat(answer.headers()).doesNotContainKey("transfer-encoding");
            assertThat(answer.text()).isEqualTo("abc");
        }
    }

    @Test
    void chunksABodyThatEndsWithTheUpstreamsConnection() throws Exception {
        RawServer.Talk talk = socket -> {
            Http1Peer client = new Http1Peer(socket);
            client.receive();
            client.send("HTTP/1.0 200 OK\r\n\r\nuntil the end");
        };
        try (RawServer backend = new RawServer(talk);
                TestProxy proxy = new TestProxy()
                        .serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            assertThat(client.get("/").text()).isEqualTo("until the end");
            assertThat(client.get("/").text()).isEqualTo("until the end");
            assertThat(proxy.log.ended(2)).allMatch(exchange -> exchange.fate() == Fate.SERVED);
        }
    }

    @Test
    void answersNotFoundWhereNoRouteMatches() throws Exception {
        try (TestProxy proxy = new TestProxy().serving(Mesh.outbound());
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            Message answer = client.post("/nowhere", "body that nobody reads");
            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.header("x-tracery-fate")).isEqualTo("no_route");
            assertThat(client.get("/still-open").status()).isEqualTo(404);
            assertThat(proxy.log.ended(2)).allMatch(exchange -> exchange.fate() == Fate.NO_ROUTE);
        }
    }

    @Test
    void countsAnErrorOfTheApplicationAsSuch() throws Exception {
        try (Http1Backend backend = new Http1Backend((request, client) -> client.answer(500, "broken"));
                TestProxy proxy = new TestProxy()
                        .serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            assertThat(client.get("/").text()).isEqualTo("broken");
            assertThat(proxy.log.only().fate()).isEqualTo(Fate.APP_ERROR);
        }
    }
}
