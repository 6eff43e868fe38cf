package io.tracery.proxy.data;

import static io.tracery.proxy.data.RawHttp2.DATA;
import static io.tracery.proxy.data.RawHttp2.END_STREAM;
import static io.tracery.proxy.data.RawHttp2.GOAWAY;
import static io.tracery.proxy.data.RawHttp2.HEADERS;
import static io.tracery.proxy.data.RawHttp2.RST_STREAM;
import static io.tracery.proxy.data.RawHttp2.USUAL_WINDOW;
import static io.tracery.proxy.data.RawHttp2.WINDOW_UPDATE;
import static io.tracery.proxy.data.RawHttp2.frame;
import static io.tracery.proxy.data.RawHttp2.number;
import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.proxy.data.RawHttp2.Frame;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.loop.BufferMemory;
import io.tracery.proxy.mesh.UpstreamProtocol;
import io.tracery.proxy.upstream.Limits;
import io.tracery.tracing.span.Fate;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies over HTTP/2 that no sidecar could hold, from a writer that is faster than their reader. */
@Timeout(120)
@ExtendWith(LeakCheck.class)
class LargeBodiesTest {

    private static final String GRPC = "application/grpc";
    private static final int SIZE = 128 << 20;

    /** Of gRPC's messages with their prefixes; to others it is bytes like any. */
    private static final int MESSAGE = 64 << 10;

    private static final int MOST_IN_A_FRAME = 16 << 10;

    /** As much as a reader takes before it asks for more. */
    private static final int SIP = 32 << 10;

    /** Between the two peers: both their windows, and what the proxy has in hand. */
    private static final long MOST_UNDER_WAY = 2 << 20;

    private static final int LOOK_EVERY = 4 << 20;

    private final AtomicLong written = new AtomicLong();
    private long read;
    private long held;

    @ParameterizedTest
    @ValueSource(strings = {"application/octet-stream", GRPC})
    void anAnswerIsHeldUpByItsReader(String type) throws Exception {
        RawServer.Talk talk = socket -> {
            RawHttp2 endpoint = RawHttp2.server(socket);
            int stream = endpoint.expect(HEADERS).stream();
            endpoint.sendHead(stream, 0, ":status", "200", "content-type", type);
            pour(endpoint, stream);
            endpoint.sendHead(stream, END_STREAM, "grpc-status", "0");
            socket.getInputStream().readAllBytes();
        };
        try (RawServer backend = new RawServer(talk);
                TestProxy proxy = proxy(backend.address());
                RawHttp2 client = new RawHttp2(proxy.address())) {
            client.sendHead(1, END_STREAM, post(type));
            drink(client, 1);
            assertThat(client.expect(HEADERS, RST_STREAM, GOAWAY).endsStream()).isTrue();

            Exchange exchange = proxy.log.only();
            assertServed(exchange, type);
            assertThat(exchange.bytesSent()).isEqualTo(SIZE);
            assertThat(exchange.messagesSent()).isEqualTo(messages(type));
            assertThat(held).as("direct memory of all buffers").isLessThan(MOST_UNDER_WAY);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/octet-stream", GRPC})
    void anUploadIsHeldUpByItsReader(String type) throws Exception {
        RawServer.Talk talk = socket -> {
            RawHttp2 endpoint = RawHttp2.server(socket);
            int stream = endpoint.expect(HEADERS).stream();
            drink(endpoint, stream);
            endpoint.sendHead(stream, END_STREAM, ":status", "200", "content-type", type, "grpc-status", "0");
            socket.getInputStream().readAllBytes();
        };
        try (RawServer backend = new RawServer(talk);
                TestProxy proxy = proxy(backend.address());
                RawHttp2 client = new RawHttp2(proxy.address())) {
            client.sendHead(1, 0, post(type));
            pour(client, 1);
            client.sendData(1, END_STREAM, "");
            assertThat(client.expect(HEADERS, RST_STREAM, GOAWAY).endsStream()).isTrue();

            Exchange exchange = proxy.log.only();
            assertServed(exchange, type);
            assertThat(exchange.bytesReceived()).isEqualTo(SIZE);
            assertThat(exchange.messagesReceived()).isEqualTo(messages(type));
            assertThat(held).as("direct memory of all buffers").isLessThan(MOST_UNDER_WAY);
        }
    }

    private static String[] post(String type) {
        return new String[] {
            ":method", "POST", ":scheme", "http", ":authority", "cart", ":path", "/a.B/C", "content-type", type
        };
    }

    private static int messages(String type) {
        return type.equals(GRPC) ? SIZE / MESSAGE : 0;
    }

    private static void assertServed(Exchange exchange, String type) {
        assertThat(exchange.fate()).isEqualTo(Fate.SERVED);
        assertThat(exchange.protocol()).isEqualTo(type.equals(GRPC) ? Protocol.GRPC : Protocol.HTTP2);
        assertThat(exchange.attempts()).hasSize(1);
    }

    /** Writes the body as fast as the proxy's windows let it. */
    private void pour(RawHttp2 peer, int stream) throws IOException {
        byte[] message =
                ByteBuffer.allocate(MESSAGE).put((byte) 0).putInt(MESSAGE - 5).array();
        int window = Limits.DEFAULT.http2().streamWindowBytes();
        int at = 0;
        for (int rest = SIZE; rest > 0; ) {
            while (window == 0) {
                Frame more = peer.expect(WINDOW_UPDATE, RST_STREAM, GOAWAY);
                assertThat(more.type()).isEqualTo(WINDOW_UPDATE);
                window += more.stream() == stream ? more.number() : 0;
            }
            int bytes = Math.min(Math.min(window, MOST_IN_A_FRAME), MESSAGE - at);
            peer.send(frame(DATA, 0, stream, Arrays.copyOfRange(message, at, at + bytes)));
            at = (at + bytes) % MESSAGE;
            window -= bytes;
            rest -= bytes;
            written.addAndGet(bytes);
        }
    }

    /** Reads the body at its leisure, and looks how much is under way. */
    private void drink(RawHttp2 peer, int stream) throws IOException {
        // Nothing is read for a while: whoever does not hold the writer back fills its memory.
        LockSupport.parkNanos(200_000_000);
        int window = USUAL_WINDOW;
        long look = 0;
        while (read < SIZE) {
            if (read >= look) {
                look += LOOK_EVERY;
                assertThat(written.get() - read).as("under way").isLessThan(MOST_UNDER_WAY);
                held = Math.max(held, BufferMemory.ALLOCATOR.pinnedDirectMemory());
            }
            Frame data = peer.expect(DATA, RST_STREAM, GOAWAY);
            assertThat(data.type()).isEqualTo(DATA);
            read += data.payload().length();
            window -= data.payload().length();
            if (window < SIP) {
                window += SIP;
                peer.send(frame(WINDOW_UPDATE, 0, stream, number(SIP)));
                peer.send(frame(WINDOW_UPDATE, 0, 0, number(SIP)));
            }
        }
    }

    private static TestProxy proxy(InetSocketAddress backend) {
        return new TestProxy()
                .serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", UpstreamProtocol.HTTP2, backend));
    }
}
