package io.tracery.proxy.data;

import static io.tracery.proxy.data.RawHttp2.DATA;
import static io.tracery.proxy.data.RawHttp2.END_HEADERS;
import static io.tracery.proxy.data.RawHttp2.END_STREAM;
import static io.tracery.proxy.data.RawHttp2.GOAWAY;
import static io.tracery.proxy.data.RawHttp2.HEADERS;
import static io.tracery.proxy.data.RawHttp2.RST_STREAM;
import static io.tracery.proxy.data.RawHttp2.frame;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Error;
import io.tracery.proxy.data.Http1Peer.Message;
import io.tracery.proxy.data.RawHttp2.Frame;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.mesh.UpstreamProtocol;
import io.tracery.tracing.span.Fate;
import java.io.EOFException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Messages over HTTP/2 whose DATA is not what their content-length says (RFC 9113 section 8.1.1). */
@Timeout(60)
@ExtendWith(LeakCheck.class)
class ContentLengthTest {

    /** What is sent of a body that is said to have five bytes. */
    enum Wrong {
        LESS,
        NOTHING,
        LESS_AND_TRAILERS,
        MORE,
        MORE_IN_THE_END,
        MORE_WITHOUT_AN_END;

        void send(RawHttp2 peer, int stream, String... head) throws Exception {
            peer.sendHead(stream, this == NOTHING ? END_STREAM : 0, head);
            switch (this) {
                case NOTHING -> {}
                case LESS -> {
                    peer.sendData(stream, 0, "so");
                    peer.sendData(stream, END_STREAM, "me");
                }
                case LESS_AND_TRAILERS -> {
                    peer.sendData(stream, 0, "some");
                    peer.sendHead(stream, END_STREAM, "x-trailer", "1");
                }
                case MORE -> peer.sendData(stream, END_STREAM, "too much");
                case MORE_IN_THE_END -> {
                    peer.sendData(stream, 0, "just");
                    peer.sendData(stream, END_STREAM, "too much");
                }
                case MORE_WITHOUT_AN_END -> peer.sendData(stream, 0, "too much");
            }
        }
    }

    // ---- requests ----

    @ParameterizedTest
    @EnumSource
    void aRequestIsResetAndNoOtherStreamOfItsConnection(Wrong wrong) throws Exception {
        try (Http1Backend backend = new Http1Backend((request, client) -> client.answer(200, request.text()));
                TestProxy proxy = proxy(UpstreamProtocol.HTTP1, backend.address());
                RawHttp2 client = new RawHttp2(proxy.address())) {
            client.sendHead(1, 0, post("/before"));
            client.sendData(1, 0, "hel");
            wrong.send(client, 3, post("/wrong"));

            Frame reset = client.expect(RST_STREAM, GOAWAY);
            assertThat(reset.stream()).isEqualTo(3);
            assertThat(reset.errorCode()).isEqualTo((int) Http2Error.PROTOCOL_ERROR.code());

            client.sendData(1, END_STREAM, "lo");
            assertHello(client, 1);
            client.sendHead(5, 0, post("/after"));
            client.sendData(5, END_STREAM, "hello");
            assertHello(client, 5);
            assertThat(backend.requests()).extracting(Message::target).containsExactly("/before", "/after");
            assertThat(proxy.log.ended(3))
                    .extracting(Exchange::fate)
                    .containsExactlyInAnyOrder(Fate.MALFORMED_REQUEST, Fate.SERVED, Fate.SERVED);
        }
    }

    /** Its bytes are nobody's words: who shares the connection must not be made to ask for something. */
    @Test
    void whatIsTooMuchIsNotReadAsFrames() throws Exception {
        byte[] smuggled = frame(HEADERS, END_HEADERS | END_STREAM, 3, RawHttp2.get("/smuggled"));
        try (Http1Backend backend = new Http1Backend((request, client) -> client.answer(200, request.text()));
                TestProxy proxy = proxy(UpstreamProtocol.HTTP1, backend.address());
                RawHttp2 client = new RawHttp2(proxy.address())) {
            client.sendHead(1, 0, post("/wrong"));
            client.send(frame(DATA, END_STREAM, 1, smuggled));
            assertThat(client.expect(RST_STREAM, GOAWAY).stream()).isEqualTo(1);
            // The reset one, again.
            client.send(frame(DATA, END_STREAM, 1, smuggled));
            client.sendHead(3, 0, post("/after"));
            client.sendData(3, END_STREAM, "hello");
            assertHello(client, 3);
            assertThat(backend.requests()).extracting(Message::target).containsExactly("/after");
        }
    }

    private static String[] post(String path) {
        return new String[] {
            ":method", "POST", ":scheme", "http", ":authority", "cart", ":path", path, "content-length", "5"
        };
    }

    private static void assertHello(RawHttp2 client, int stream) throws Exception {
        StringBuilder text = new StringBuilder();
        Frame frame;
        do {
            frame = client.expect(DATA, RST_STREAM, GOAWAY);
            assertThat(frame.type()).isEqualTo(DATA);
            assertThat(frame.stream()).isEqualTo(stream);
            text.append(frame.payload());
        } while (!frame.endsStream());
        assertThat(text).hasToString("hello");
    }

    // ---- answers ----

    private final BlockingQueue<Long> resets = new LinkedBlockingQueue<>();

    @ParameterizedTest
    @EnumSource
    void anAnswerIsResetAndNoOtherStreamOfItsConnection(Wrong wrong) throws Exception {
        try (RawServer backend = new RawServer(socket -> answer(socket, wrong));
                TestProxy proxy = proxy(UpstreamProtocol.HTTP2, backend.address());
                RawHttp2 client = new RawHttp2(proxy.address())) {
            client.sendHead(1, END_STREAM, get("/half"));
            assertThat(client.unpack(client.expect(HEADERS)).status())
                    .asString()
                    .isEqualTo("200");
            assertThat(client.expect(DATA).payload()).isEqualTo("hel");
            client.sendHead(3, END_STREAM, get("/wrong"));
            assertThat(resets.poll(10, TimeUnit.SECONDS)).isEqualTo(Http2Error.PROTOCOL_ERROR.code());
            assertNotWhole(client);
            client.sendHead(5, END_STREAM, get("/rest"));
            Frame rest = client.expect(DATA, RST_STREAM, GOAWAY);
            assertThat(rest.stream()).isEqualTo(1);
            assertThat(rest.payload()).isEqualTo("lo");

            assertThat(backend.accepted()).as("connections to the endpoint").isEqualTo(1);
            assertThat(client.unpack(client.expect(HEADERS)).status())
                    .asString()
                    .isEqualTo("204");
            assertThat(proxy.log.ended(3))
                    .extracting(Exchange::fate)
                    .containsExactly(Fate.MALFORMED_RESPONSE, Fate.SERVED, Fate.SERVED);
        }
    }

    /** Either the proxy's own answer, or the beginning of the endpoint's and a reset. */
    private static void assertNotWhole(RawHttp2 client) throws Exception {
        Frame frame = client.expect(HEADERS, RST_STREAM, GOAWAY);
        assertThat(frame.stream()).isEqualTo(3);
        if (frame.type() == HEADERS && client.unpack(frame).status().toString().equals("502")) {
            assertThat(client.expect(DATA, RST_STREAM, GOAWAY).payload()).startsWith("malformed_response");
            return;
        }
        while (frame.type() != RST_STREAM) {
            assertThat(frame.stream()).isEqualTo(3);
            assertThat(frame.endsStream()).isFalse();
            frame = client.expect(HEADERS, DATA, RST_STREAM, GOAWAY);
        }
        assertThat(frame.stream()).isEqualTo(3);
        assertThat(frame.errorCode()).isNotEqualTo((int) Http2Error.NO_ERROR.code());
    }

    /** Where the client counts bytes, too, it must not take the next answer for the rest of this one. */
    @ParameterizedTest
    @EnumSource
    void anHttp1ClientIsNotLeftWithHalfAnAnswer(Wrong wrong) throws Exception {
        try (RawServer backend = new RawServer(socket -> answer(socket, wrong));
                TestProxy proxy = proxy(UpstreamProtocol.HTTP2, backend.address());
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.sendHead("GET /wrong HTTP/1.1", "Host: cart");
            try {
                assertThat(client.receive().status()).isEqualTo(502);
            } catch (EOFException e) {
                assertThat(client.closed()).isTrue();
            }
            assertThat(proxy.log.only().fate()).isEqualTo(Fate.MALFORMED_RESPONSE);
        }
    }

    /** What says how long a body would be has none (RFC 9110 section 8.6). */
    @Test
    void anAnswerThatHasNoBodyMaySayHowLongItWouldBe() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        RawServer.Talk talk = socket -> {
            RawHttp2 endpoint = RawHttp2.server(socket);
            while (true) {
                int stream = endpoint.expect(HEADERS).stream();
                String status = asked.incrementAndGet() == 1 ? "200" : "304";
                endpoint.sendHead(stream, END_STREAM, ":status", status, "content-length", "5");
            }
        };
        try (RawServer backend = new RawServer(talk);
                TestProxy proxy = proxy(UpstreamProtocol.HTTP2, backend.address());
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            for (String method : List.of("HEAD", "GET")) {
                client.sendHead(method + " / HTTP/1.1", "Host: cart");
                assertThat(client.receive(/* bodiless= */ true).header("content-length"))
                        .isEqualTo("5");
            }
            assertThat(proxy.log.ended(2)).extracting(Exchange::fate).containsOnly(Fate.SERVED);
        }
    }

    private static String[] get(String path) {
        return new String[] {":method", "GET", ":scheme", "http", ":authority", "cart", ":path", path};
    }

    /** One request gets half an answer, and the rest of it when another asks for that. */
    private void answer(Socket socket, Wrong wrong) throws Exception {
        RawHttp2 endpoint = RawHttp2.server(socket);
        int half = 0;
        while (true) {
            Frame frame = endpoint.expect(HEADERS, RST_STREAM);
            if (frame.type() == RST_STREAM) {
                resets.add((long) frame.errorCode());
                continue;
            }
            switch (endpoint.unpack(frame).path().toString()) {
                case "/half" -> {
                    half = frame.stream();
                    endpoint.sendHead(half, 0, ":status", "200", "content-length", "5");
                    endpoint.sendData(half, 0, "hel");
                }
                case "/rest" -> {
                    endpoint.sendData(half, END_STREAM, "lo");
                    endpoint.sendHead(frame.stream(), END_STREAM, ":status", "204");
                }
                default -> wrong.send(endpoint, frame.stream(), ":status", "200", "content-length", "5");
            }
        }
    }

    private static TestProxy proxy(UpstreamProtocol protocol, InetSocketAddress backend) {
        return new TestProxy().serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", protocol, backend));
    }
}
