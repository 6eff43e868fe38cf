package io.tracery.proxy.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.mesh.UpstreamProtocol;
import io.tracery.tracing.span.Fate;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** An HTTP/2 client breaks its request off, and the endpoint hears how. */
@Timeout(30)
@ExtendWith(LeakCheck.class)
class ClientResetTest {

    private final Http2Peers peers = new Http2Peers();

    @AfterEach
    void close() {
        peers.close();
    }

    private static Http2Headers post() {
        return new DefaultHttp2Headers(false)
                .method("POST")
                .scheme("http")
                .authority("cart")
                .path("/");
    }

    @Test
    void itsCodeReachesAnHttp2EndpointWhereItSpeaksOfTheRequest() throws Exception {
        Map<Http2Error, Http2Error> codes = new LinkedHashMap<>();
        for (Http2Error code : Http2Error.values()) {
            codes.put(code, Http2Error.CANCEL);
        }
        for (Http2Error code :
                List.of(Http2Error.INTERNAL_ERROR, Http2Error.CONNECT_ERROR, Http2Error.ENHANCE_YOUR_CALM)) {
            codes.put(code, code);
        }
        InetSocketAddress backend = peers.serve(Http2Settings.defaultSettings(), (stream, request, body) -> {
            stream.write(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("200")));
            stream.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.copiedBuffer("half", StandardCharsets.US_ASCII)));
        });
        try (TestProxy proxy =
                new TestProxy().serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", backend))) {
            for (Map.Entry<Http2Error, Http2Error> code : codes.entrySet()) {
                Http2Talk client = new Http2Talk(peers.connect(proxy.address()), post());
                client.end();
                assertThat(client.hear(4)).isEqualTo("half");
                client.reset(code.getKey());
                assertThat(peers.resets.poll(10, TimeUnit.SECONDS))
                        .as("after %s", code.getKey())
                        .isEqualTo(code.getValue().code());
            }
            assertThat(proxy.log.ended(codes.size())).extracting(Exchange::fate).containsOnly(Fate.CLIENT_GONE);
        }
    }

    @Test
    void anHttp1EndpointsConnectionIsClosed() throws Exception {
        try (RawServer backend = new RawServer(socket -> {
                    Http1Peer client = new Http1Peer(socket);
                    client.receive(/* bodiless= */ true);
                    client.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
                    // The end of the connection, or what still comes of the body before it.
                    while (socket.getInputStream().read() >= 0) {
                        // Only the end is of interest.
                    }
                });
                TestProxy proxy = new TestProxy()
                        .serving(
                                Mesh.outbound(Mesh.route("cart")),
                                Mesh.cluster("cart", UpstreamProtocol.HTTP1, backend.address()))) {
            Http2Talk client = new Http2Talk(peers.connect(proxy.address()), post());
            client.say("some");
            assertThat(client.hear(4)).isEqualTo("half");
            client.reset(Http2Error.ENHANCE_YOUR_CALM);
            assertThat(proxy.log.only().fate()).isEqualTo(Fate.CLIENT_GONE);
            await().untilAsserted(() -> assertThat(backend.open()).isZero());
        }
    }
}
