package io.tracery.proxy.data;

import static io.tracery.proxy.data.RawHttp2.DATA;
import static io.tracery.proxy.data.RawHttp2.END_STREAM;
import static io.tracery.proxy.data.RawHttp2.HEADERS;
import static io.tracery.proxy.data.RawHttp2.RST_STREAM;
import static io.tracery.proxy.data.RawHttp2.frame;
import static io.tracery.proxy.data.RawHttp2.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.handler.codec.http2.Http2Error;
import io.tracery.proxy.data.RawHttp2.Frame;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.mesh.UpstreamProtocol;
import io.tracery.tracing.span.Fate;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Endpoints that answer while the request is still on its way: the client hears it at once, and nothing of half a request stays. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
class EarlyAnswerTest {

    private static final int LARGE = 8 << 20;
    private static final String[] POST = {":method", "POST", ":scheme", "http", ":authority", "cart", ":path", "/upload"
    };
    private static final String[] GET = {":method", "GET", ":scheme", "http", ":authority", "cart", ":path", "/next"};

    /** What became of the connection on which an endpoint had read half a request. */
    private final BlockingQueue<String> left = new LinkedBlockingQueue<>();

    // ---- an HTTP/1 endpoint ----

    @Test
    void anHttp1ClientReadsItBeforeItsUploadIsDoneAndKeepsItsConnection() throws Exception {
        try (RawServer backend = new RawServer(this::refuseUploads);
                TestProxy proxy = proxy(UpstreamProtocol.HTTP1, backend.address());
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.send("POST /upload HTTP/1.1\r\nHost: cart\r\nContent-Length: 1000\r\n\r\nhalf");
            assertThat(client.receive().text()).isEqualTo("too much");
            assertServed(proxy.log.only(), 413);

            client.send("x".repeat(996));
            assertThat(client.get("/next").text()).isEqualTo("fine");
            assertThat(backend.accepted()).as("connections to the endpoint").isEqualTo(2);
            assertThat(left.poll(10, TimeUnit.SECONDS)).isEqualTo("closed after half");
            assertThat(proxy.log.ended(2).getLast().fate()).isEqualTo(Fate.SERVED);
        }
    }

    @Test
    void anHttp1ClientThatGoesOnUploadingIsCutOffBehindItsAnswer() throws Exception {
        try (RawServer backend = new RawServer(this::refuseUploads);
                TestProxy proxy = proxy(UpstreamProtocol.HTTP1, backend.address());
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.send("POST /upload HTTP/1.1\r\nHost: cart\r\nContent-Length: " + LARGE + "\r\n\r\nhalf");
            AtomicLong written = new AtomicLong();
            assertThat(client.receive().text()).isEqualTo("too much");
            Thread upload = Thread.ofVirtual().start(() -> pour(client.socket, written));
            assertThat(client.closed()).isTrue();
            assertThat(upload.join(Duration.ofSeconds(20))).isTrue();
            assertThat(written.get()).isLessThan(LARGE);
            assertServed(proxy.log.only(), 413);
            await().until(() -> proxy.dataPath.connections() == 0 && backend.open() == 0);
        }
    }

    @Test
    void anHttp2ClientReadsItBeforeItsUploadIsDoneAndIsToldToStop() throws Exception {
        try (RawServer backend = new RawServer(this::refuseUploads);
                TestProxy proxy = proxy(UpstreamProtocol.HTTP1, backend.address());
                RawHttp2 client = new RawHttp2(proxy.address())) {
            client.sendHead(1, 0, POST);
            client.sendData(1, 0, "half");
            assertToldToStop(client);
            assertServed(proxy.log.only(), 413);

            // Sent before it heard of the reset.
            client.sendData(1, END_STREAM, "the other half");
            assertServesNext(client);
            assertThat(backend.accepted()).as("connections to the endpoint").isEqualTo(2);
            assertThat(left.poll(10, TimeUnit.SECONDS)).startsWith("closed after");
            assertThat(proxy.log.ended(2).getLast().fate()).isEqualTo(Fate.SERVED);
        }
    }

    /** Both directions at once: an answer that has begun stops no request. */
    @Test
    void anAnswerThatOnlyBeginsEarlyLetsTheUploadGoOn() throws Exception {
        RawServer.Talk echo = socket -> {
            Http1Peer peer = new Http1Peer(socket);
            while (peer.head().startsWith("POST")) {
                peer.sendHead("HTTP/1.1 200 OK", "Content-Length: 12");
                peer.send(peer.bytes(6));
                peer.send(peer.bytes(6));
            }
        };
        try (RawServer backend = new RawServer(echo);
                TestProxy proxy = proxy(UpstreamProtocol.HTTP1, backend.address());
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            for (int i = 1; i <= 2; i++) {
                client.sendHead("POST /upload HTTP/1.1", "Host: cart", "Content-Length: 12");
                assertThat(client.head()).contains("200 OK");
                client.send("hello ");
                assertThat(client.bytes(6)).isEqualTo("hello ");
                client.send("world!");
                assertThat(client.bytes(6)).isEqualTo("world!");
                assertServed(proxy.log.ended(i).getLast(), 200);
            }
            assertThat(backend.accepted()).as("connections to the endpoint").isEqualTo(1);
        }
    }

    // ---- an HTTP/2 endpoint ----

    /** Which may say that it wants no more of the request (RFC 9113 section 8.1), or leave that to the proxy. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void onlyTheStreamEndsWhereBothSidesSpeakHttp2(boolean endpointResets) throws Exception {
        try (RawServer backend = new RawServer(socket -> refuseUploadsOverHttp2(socket, endpointResets));
                TestProxy proxy = proxy(UpstreamProtocol.HTTP2, backend.address());
                RawHttp2 client = new RawHttp2(proxy.address())) {
            client.sendHead(1, 0, POST);
            client.sendData(1, 0, "half");
            assertToldToStop(client);
            assertServed(proxy.log.only(), 413);

            client.sendData(1, END_STREAM, "the other half");
            assertServesNext(client);
            assertThat(backend.accepted()).as("connections to the endpoint").isEqualTo(1);
            assertThat(proxy.log.ended(2).getLast().fate()).isEqualTo(Fate.SERVED);
        }
        assertThat(left.poll(10, TimeUnit.SECONDS)).isEqualTo(endpointResets ? "reset by itself" : "reset CANCEL");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anHttp1ClientOfAnHttp2EndpointKeepsItsConnectionToo(boolean endpointResets) throws Exception {
        try (RawServer backend = new RawServer(socket -> refuseUploadsOverHttp2(socket, endpointResets));
                TestProxy proxy = proxy(UpstreamProtocol.HTTP2, backend.address());
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.send("POST /upload HTTP/1.1\r\nHost: cart\r\nContent-Length: 1000\r\n\r\nhalf");
            assertThat(client.receive().text()).isEqualTo("too much");
            assertServed(proxy.log.only(), 413);

            client.send("x".repeat(996));
            assertThat(client.get("/next").text()).isEqualTo("fine");
            assertThat(backend.accepted()).as("connections to the endpoint").isEqualTo(1);
            assertThat(proxy.log.ended(2).getLast().fate()).isEqualTo(Fate.SERVED);
        }
    }

    private static void assertToldToStop(RawHttp2 client) throws Exception {
        Frame head = client.expect(HEADERS, DATA, RST_STREAM);
        assertThat(client.unpack(head).status()).asString().isEqualTo("413");
        StringBuilder body = new StringBuilder();
        Frame frame = client.expect(HEADERS, DATA, RST_STREAM);
        while (frame.type() == DATA) {
            body.append(frame.payload());
            assertThat(frame.endsStream()).isEqualTo(body.length() == "too much".length());
            frame = client.expect(HEADERS, DATA, RST_STREAM);
        }
        assertThat(body).hasToString("too much");
        assertThat(frame.type()).isEqualTo(RST_STREAM);
        assertThat(frame.stream()).isEqualTo(1);
        assertThat(frame.errorCode()).isEqualTo((int) Http2Error.NO_ERROR.code());
    }

    private static void assertServesNext(RawHttp2 client) throws IOException {
        client.sendHead(3, END_STREAM, GET);
        Frame answer = client.expect(DATA, RST_STREAM, RawHttp2.GOAWAY);
        assertThat(answer.stream()).isEqualTo(3);
        assertThat(answer.payload()).isEqualTo("fine");
    }

    private static void assertServed(Exchange exchange, int status) {
        assertThat(exchange.fate()).isEqualTo(Fate.SERVED);
        assertThat(exchange.status()).isEqualTo(status);
        assertThat(exchange.attempts()).hasSize(1);
    }

    /** Answers an upload when it has read its first four bytes, and keeps the connection. */
    private void refuseUploads(Socket socket) throws Exception {
        Http1Peer peer = new Http1Peer(socket);
        String head = peer.head();
        if (!head.startsWith("POST")) {
            peer.answer(200, "fine");
            peer.closed();
            return;
        }
        boolean chunked = head.contains("chunked");
        String half = chunked ? peer.bytes("4\r\nhalf\r\n".length()) : peer.bytes(4);
        peer.answer(413, "too much");
        left.add(peer.closed() ? "closed after " + half : "goes on");
    }

    private void refuseUploadsOverHttp2(Socket socket, boolean resets) throws Exception {
        RawHttp2 endpoint = RawHttp2.server(socket);
        while (true) {
            Frame frame = endpoint.expect(HEADERS, RST_STREAM);
            if (frame.type() == RST_STREAM) {
                left.add("reset " + Http2Error.valueOf(frame.errorCode()));
            } else if (frame.endsStream()) {
                endpoint.sendHead(frame.stream(), 0, ":status", "200");
                endpoint.sendData(frame.stream(), END_STREAM, "fine");
            } else {
                assertThat(endpoint.expect(DATA).payload()).isEqualTo("half");
                endpoint.sendHead(frame.stream(), 0, ":status", "413");
                endpoint.sendData(frame.stream(), END_STREAM, "too much");
                if (resets) {
                    left.add("reset by itself");
                    endpoint.send(frame(RST_STREAM, 0, frame.stream(), number(0)));
                }
            }
        }
    }

    private static void pour(Socket socket, AtomicLong written) {
        byte[] piece = new byte[16 * 1024];
        try {
            for (int rest = LARGE - 4; rest > 0; rest -= piece.length) {
                socket.getOutputStream().write(piece, 0, Math.min(rest, piece.length));
                written.addAndGet(piece.length);
            }
        } catch (IOException e) {
            // Cut off, as it should be.
        }
    }

    private static TestProxy proxy(UpstreamProtocol protocol, InetSocketAddress backend) {
        return new TestProxy().serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", protocol, backend));
    }
}
