package io.tracery.proxy.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.tracery.proxy.data.Http1Peer.Message;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.mesh.DownstreamTls;
import io.tracery.proxy.mesh.UpstreamProtocol;
import io.tracery.tracing.span.Fate;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(30)
@ExtendWith(LeakCheck.class)
class Http2Test {

    private final Http2Peers peers = new Http2Peers();

    @AfterEach
    void close() {
        peers.close();
    }

    @Test
    void speaksHttp2OnBothSides() throws Exception {
        try (TestProxy proxy = proxy(serve((stream, request, body) -> say(stream, "you asked " + request.path())))) {
            Channel client = peers.connect(proxy.address());
            assertThat(peers.ask(client, get("/items?x=1")).get()).isEqualTo("200 you asked /items?x=1");

            Exchange exchange = proxy.log.only();
            assertThat(exchange.protocol()).isEqualTo(Protocol.HTTP2);
            assertThat(exchange.path()).isEqualTo("/items");
            assertThat(exchange.authority()).isEqualTo("cart");
            assertThat(exchange.fate()).isEqualTo(Fate.SERVED);
        }
    }

    @Test
    void speaksHttp1ToAClusterThatKnowsNothingElse() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("old but fine");
                TestProxy proxy = new TestProxy()
                        .serving(
                                Mesh.outbound(Mesh.route("cart")),
                                Mesh.cluster("cart", UpstreamProtocol.HTTP1, backend.address()))) {
            Channel client = peers.connect(proxy.address());
            assertThat(peers.ask(
                                    client,
                                    get("/").add("te", "trailers")
                                            .add("cookie", "a=1")
                                            .add("cookie", "b=2"))
                            .get())
                    .isEqualTo("200 old but fine");

            Message request = backend.requests().getFirst();
            assertThat(request.header("host")).isEqualTo("cart");
            assertThat(request.header("cookie")).isEqualTo("a=1; b=2");
            assertThat(request.headers().keySet()).noneMatch(name -> name.startsWith("x-http2"));
        }
    }

    @Test
    void speaksHttp2ToAClusterThatWantsIt() throws Exception {
        InetSocketAddress backend = serve((stream, request, body) -> say(stream, request.method() + " " + body));
        try (TestProxy proxy = new TestProxy()
                        .serving(
                                Mesh.outbound(Mesh.route("cart")),
                                Mesh.cluster("cart", UpstreamProtocol.HTTP2, backend));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            assertThat(client.post("/", "from the past").text()).isEqualTo("POST from the past");
            assertThat(client.get("/").text()).isEqualTo("GET ");
            assertThat(proxy.log.ended(2)).allMatch(exchange -> exchange.protocol() == Protocol.HTTP1);
        }
    }

    @Test
    void repeatsWhatTheUpstreamRefusedEvenAPost() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        InetSocketAddress backend = serve((stream, request, body) -> {
            if (asked.incrementAndGet() == 1) {
                stream.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.REFUSED_STREAM));
            } else {
                say(stream, "got " + body);
            }
        });
        try (TestProxy proxy = new TestProxy()
                        .serving(
                                Mesh.outbound(Mesh.route("cart")),
                                Mesh.cluster("cart", UpstreamProtocol.HTTP2, backend));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            assertThat(client.post("/", "once").text()).isEqualTo("got once");
            assertThat(proxy.log.only().attempts()).hasSize(2);
        }
    }

    @Test
    void doesNotRepeatWhatTheUpstreamCancelled() throws Exception {
        InetSocketAddress backend = serve(
                (stream, request, body) -> stream.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.INTERNAL_ERROR)));
        try (TestProxy proxy = proxy(backend)) {
            Channel client = peers.connect(proxy.address());
            assertThat(peers.ask(client, get("/").method("POST")).get()).startsWith("502 reset_before_headers");
            assertThat(proxy.log.only().attempts()).hasSize(1);
        }
    }

    @Test
    void saysHowAnAnswerWasBrokenOffWhereThatConcernsTheRequest() throws Exception {
        Map<Http2Error, Http2Error> codes = new LinkedHashMap<>();
        for (Http2Error code : Http2Error.values()) {
            codes.put(code, Http2Error.INTERNAL_ERROR);
        }
        for (Http2Error code : List.of(Http2Error.CANCEL, Http2Error.CONNECT_ERROR, Http2Error.ENHANCE_YOUR_CALM)) {
            codes.put(code, code);
        }
        InetSocketAddress backend = serve((stream, request, body) -> {
            stream.write(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("200")));
            stream.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.copiedBuffer("half", StandardCharsets.UTF_8)));
            String code = request.path().toString().substring(1);
            stream.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.valueOf(code)));
        });
        try (TestProxy proxy = proxy(backend)) {
            Channel client = peers.connect(proxy.address());
            for (Map.Entry<Http2Error, Http2Error> code : codes.entrySet()) {
                assertThat(peers.ask(client, get("/" + code.getKey())).get())
                        .as("after %s", code.getKey())
                        .isEqualTo("reset " + code.getValue().code());
            }
            assertThat(proxy.log.ended(codes.size()))
                    .allSatisfy(exchange -> assertThat(exchange.fate()).isEqualTo(Fate.RESET_AFTER_HEADERS));
        }
    }

    @Test
    void goesToANewConnectionWhenOneGoesAway() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        InetSocketAddress backend = serve((stream, request, body) -> {
            if (asked.incrementAndGet() == 2) {
                // "The second one I have not looked at, and I take no more here."
                stream.parent().writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR).setExtraStreamIds(0));
                stream.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.REFUSED_STREAM));
            } else {
                say(stream, "answer " + asked.get());
            }
        });
        try (TestProxy proxy = proxy(backend)) {
            Channel client = peers.connect(proxy.address());
            assertThat(peers.ask(client, get("/")).get()).isEqualTo("200 answer 1");
            assertThat(peers.ask(client, get("/").method("POST")).get()).isEqualTo("200 answer 3");
            assertThat(peers.ask(client, get("/")).get()).isEqualTo("200 answer 4");
            assertThat(proxy.log.ended(3)).allMatch(exchange -> exchange.fate() == Fate.SERVED);
        }
    }

    @Test
    void opensNoMoreStreamsThanTheUpstreamTakes() throws Exception {
        AtomicInteger open = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        InetSocketAddress backend =
                peers.serve(Http2Settings.defaultSettings().maxConcurrentStreams(1), (stream, request, body) -> {
                    most.accumulateAndGet(open.incrementAndGet(), Math::max);
                    stream.eventLoop()
                            .schedule(
                                    () -> {
                                        open.decrementAndGet();
                                        say(stream, "in turn");
                                    },
                                    20,
                                    TimeUnit.MILLISECONDS);
                });
        try (TestProxy proxy = proxy(backend)) {
            Channel client = peers.connect(proxy.address());
            // The first one learns the upstream's settings.
            assertThat(peers.ask(client, get("/")).get()).isEqualTo("200 in turn");
            List<CompletableFuture<String>> answers = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                answers.add(peers.ask(client, get("/")));
            }
            for (CompletableFuture<String> answer : answers) {
                assertThat(answer.get()).isEqualTo("200 in turn");
            }
            assertThat(proxy.log.ended(41)).allMatch(exchange -> exchange.fate() == Fate.SERVED);
            // A few connections, one stream on each.
            assertThat(most.get()).isBetween(1, 8);
        }
    }

    @Test
    void answersAndCountsARequestThatIsNone() throws Exception {
        try (TestProxy proxy = proxy(serve((stream, request, body) -> say(stream, "ok")))) {
            Channel client = peers.connect(proxy.address());
            Http2Headers withoutPath =
                    new DefaultHttp2Headers(false).method("GET").scheme("http").authority("cart");
            Http2Headers upperCase = get("/").add("X-Upper", "1");
            Http2Headers connectionHeader = get("/").add("connection", "close");
            for (Http2Headers malformed : List.of(withoutPath, upperCase, connectionHeader)) {
                assertThat(peers.ask(client, malformed).get())
                        .matches(result -> result.startsWith("400") || result.startsWith("reset 1"), "refused");
            }
            assertThat(peers.ask(client, get("/")).get()).isEqualTo("200 ok");
            List<Exchange> exchanges = proxy.log.ended(4);
            assertThat(exchanges.subList(0, 3)).allMatch(exchange -> exchange.fate() == Fate.MALFORMED_REQUEST);
        }
    }

    @Test
    void drainingLetsOpenStreamsFinish() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CompletableFuture<Http2StreamChannel> held = new CompletableFuture<>();
        InetSocketAddress backend = serve((stream, request, body) -> {
            held.complete(stream);
            asked.countDown();
        });
        try (TestProxy proxy = new TestProxy()
                .serving(Mesh.inbound(DownstreamTls.NONE, Mesh.route("cart")), Mesh.cluster("cart", backend))) {
            Channel client = peers.connect(proxy.address());
            CompletableFuture<String> answer = peers.ask(client, get("/"));
            assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
            Thread drain = Thread.ofVirtual().start(() -> proxy.dataPath.drain(Duration.ofSeconds(10)));
            await().until(() -> proxy.dataPath.bound().isEmpty());
            say(held.get(), "in the end");
            assertThat(answer.get()).isEqualTo("200 in the end");
            assertThat(drain.join(Duration.ofSeconds(8))).isTrue();
            assertThat(client.closeFuture().await(5, TimeUnit.SECONDS)).isTrue();
            assertThat(proxy.log.only().fate()).isEqualTo(Fate.SERVED);
        }
    }

    @Test
    void drainingEndsStreamsThatDoNotFinishInTime() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        try (TestProxy proxy = proxy(serve((stream, request, body) -> asked.countDown()))) {
            Channel client = peers.connect(proxy.address());
            CompletableFuture<String> answer = peers.ask(client, get("/"));
            assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
            proxy.dataPath.drain(Duration.ofMillis(200));
            assertThat(answer.get()).isNotNull();
            proxy.log.ended(1);
        }
    }

    private InetSocketAddress serve(Http2Peers.Answer answer) throws InterruptedException {
        return peers.serve(Http2Settings.defaultSettings(), answer);
    }

    private static TestProxy proxy(InetSocketAddress backend) {
        return new TestProxy().serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", backend));
    }

    private static Http2Headers get(String path) {
        return new DefaultHttp2Headers(false)
                .method("GET")
                .scheme("http")
                .authority("cart")
                .path(path);
    }

    private static void say(Http2StreamChannel stream, String text) {
        stream.write(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("200"), false));
        stream.writeAndFlush(
                new DefaultHttp2DataFrame(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8), /* endStream= */ true));
    }
}
