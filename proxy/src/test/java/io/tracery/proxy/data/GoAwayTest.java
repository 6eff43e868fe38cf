package io.tracery.proxy.data;

import static io.tracery.proxy.data.RawHttp2.ACK;
import static io.tracery.proxy.data.RawHttp2.DATA;
import static io.tracery.proxy.data.RawHttp2.END_HEADERS;
import static io.tracery.proxy.data.RawHttp2.END_STREAM;
import static io.tracery.proxy.data.RawHttp2.GOAWAY;
import static io.tracery.proxy.data.RawHttp2.HEADERS;
import static io.tracery.proxy.data.RawHttp2.PING;
import static io.tracery.proxy.data.RawHttp2.RST_STREAM;
import static io.tracery.proxy.data.RawHttp2.frame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tracery.proxy.data.Http1Peer.Message;
import io.tracery.proxy.data.RawHttp2.Frame;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.mesh.DownstreamTls;
import io.tracery.proxy.mesh.UpstreamProtocol;
import io.tracery.tracing.span.Fate;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** How an HTTP/2 connection ends in good order, frame by frame (RFC 9113 section 6.8). */
@Timeout(60)
@ExtendWith(LeakCheck.class)
class GoAwayTest {

    private static final int ANY_STREAM = Integer.MAX_VALUE;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final CountDownLatch release = new CountDownLatch(1);

    @Test
    void asksForNoMoreAndServesWhatWasUnderWayBeforeItSaysWhichStreamIsTheLast() throws Exception {
        try (Http1Backend backend = backend();
                TestProxy proxy = proxy(backend);
                RawHttp2 client = new RawHttp2(proxy.address())) {
            ask(client, 1, "/held");
            await().until(() -> backend.requests().size() == 1);
            Thread drain = Thread.ofVirtual().start(() -> proxy.dataPath.drain(PATIENCE));

            assertGoAway(client.expect(GOAWAY), ANY_STREAM);
            Frame question = client.expect(PING);
            assertThat(question.flags()).isZero();
            // Sent by a client that has not heard of it yet.
            ask(client, 3, "/crossing");
            Frame crossing = client.expect(DATA, RST_STREAM, GOAWAY);
            assertThat(crossing.stream()).isEqualTo(3);
            assertThat(crossing.payload()).isEqualTo("fine");

            client.send(frame(PING, ACK, 0, question.bytes()));
            assertGoAway(client.expect(GOAWAY), 3);
            // Of this the client knows that nobody has seen it.
            ask(client, 5, "/late");
            // Answered behind it: it was read, and passed over.
            client.send(frame(PING, 0, 0, new byte[8]));
            assertThat(client.expect(PING).flags()).isEqualTo(ACK);
            release.countDown();

            List<Frame> rest = untilTheEnd(client);
            assertThat(rest).extracting(Frame::stream).containsOnly(1);
            assertThat(rest.getLast().payload()).isEqualTo("fine");
            assertThat(rest.getLast().endsStream()).isTrue();
            assertThat(drain.join(PATIENCE)).isTrue();
            assertThat(backend.requests()).extracting(Message::target).containsExactly("/held", "/crossing");
            assertThat(proxy.log.ended(2)).extracting(Exchange::fate).containsOnly(Fate.SERVED);
        }
    }

    @Test
    void saysSoInTheEndToAClientThatDoesNotAnswerToo() throws Exception {
        try (Http1Backend backend = backend();
                TestProxy proxy = proxy(backend);
                RawHttp2 client = new RawHttp2(proxy.address())) {
            ask(client, 1, "/held");
            await().until(() -> backend.requests().size() == 1);
            Thread drain = Thread.ofVirtual().start(() -> proxy.dataPath.drain(PATIENCE));

            assertGoAway(client.expect(GOAWAY), ANY_STREAM);
            assertGoAway(client.expect(GOAWAY), 1);
            release.countDown();

            assertThat(untilTheEnd(client).getLast().payload()).isEqualTo("fine");
            assertThat(drain.join(PATIENCE)).isTrue();
            assertThat(proxy.log.only().fate()).isEqualTo(Fate.SERVED);
        }
    }

    @Test
    void takesBothStepsWhereNothingIsUnderWay() throws Exception {
        try (Http1Backend backend = backend();
                TestProxy proxy = proxy(backend);
                RawHttp2 client = new RawHttp2(proxy.address())) {
            await().until(() -> proxy.dataPath.connections() == 1);
            Thread drain = Thread.ofVirtual().start(() -> proxy.dataPath.drain(PATIENCE));

            assertGoAway(client.expect(GOAWAY), ANY_STREAM);
            client.send(frame(PING, ACK, 0, client.expect(PING).bytes()));
            assertGoAway(client.expect(GOAWAY), 0);
            assertThat(untilTheEnd(client)).isEmpty();
            assertThat(drain.join(PATIENCE)).isTrue();
        }
    }

    /** The other side of it: what an endpoint has begun it finishes, and what comes next goes elsewhere. */
    @Test
    void beginsNothingNewOnAConnectionWhoseEndpointAsksForNoMore() throws Exception {
        BlockingQueue<RawHttp2> endpoints = new LinkedBlockingQueue<>();
        try (RawServer backend = new RawServer(socket -> answerLate(socket, endpoints));
                TestProxy proxy = new TestProxy()
                        .serving(
                                Mesh.outbound(Mesh.route("cart")),
                                Mesh.cluster("cart", UpstreamProtocol.HTTP2, backend.address()));
                Http1Peer first = Http1Peer.connect(proxy.address());
                Http1Peer second = Http1Peer.connect(proxy.address())) {
            first.sendHead("GET /first HTTP/1.1", "Host: cart");
            RawHttp2 leaving = endpoints.poll(10, TimeUnit.SECONDS);
            assertThat(leaving).isNotNull();
            if (leaving != null) {
                leaving.send(frame(GOAWAY, 0, 0, goAway(ANY_STREAM)));
                leaving.send(frame(PING, 0, 0, new byte[8]));
                assertThat(leaving.expect(PING).flags()).isEqualTo(ACK);

                second.sendHead("GET /second HTTP/1.1", "Host: cart");
                RawHttp2 next = endpoints.poll(10, TimeUnit.SECONDS);
                assertThat(next).isNotNull().isNotSameAs(leaving);

                leaving.send(frame(GOAWAY, 0, 0, goAway(1)));
                release.countDown();
                assertThat(first.receive().text()).isEqualTo("late");
                assertThat(second.receive().text()).isEqualTo("late");
                assertThat(proxy.log.ended(2)).allSatisfy(exchange -> {
                    assertThat(exchange.fate()).isEqualTo(Fate.SERVED);
                    assertThat(exchange.attempts()).hasSize(1);
                });
            }
        }
    }

    private void answerLate(Socket socket, BlockingQueue<RawHttp2> endpoints) throws Exception {
        RawHttp2 endpoint = RawHttp2.server(socket);
        Frame head = endpoint.expect(HEADERS);
        endpoints.add(endpoint);
        assertThat(release.await(20, TimeUnit.SECONDS)).isTrue();
        endpoint.sendHead(head.stream(), 0, ":status", "200");
        endpoint.sendData(head.stream(), END_STREAM, "late");
        // Left open: whoever was told that this is the end closes it.
        socket.getInputStream().readAllBytes();
    }

    private static byte[] goAway(int lastStream) {
        return ByteBuffer.allocate(8).putInt(lastStream).array();
    }

    private static void assertGoAway(Frame frame, int lastStream) {
        assertThat(frame.type()).isEqualTo(GOAWAY);
        assertThat(frame.errorCode()).isZero();
        assertThat(frame.number()).isEqualTo(lastStream);
    }

    private static void ask(RawHttp2 client, int stream, String path) throws IOException {
        client.send(frame(HEADERS, END_HEADERS | END_STREAM, stream, RawHttp2.get(path)));
    }

    /** What is said of streams until the connection ends. */
    private static List<Frame> untilTheEnd(RawHttp2 client) throws IOException {
        List<Frame> frames = new ArrayList<>();
        Frame frame = client.next(HEADERS, DATA, RST_STREAM);
        while (frame != null) {
            frames.add(frame);
            frame = client.next(HEADERS, DATA, RST_STREAM);
        }
        return frames;
    }

    private Http1Backend backend() {
        return new Http1Backend((request, client) -> {
            if (request.target().equals("/held")) {
                assertThat(release.await(20, TimeUnit.SECONDS)).isTrue();
            }
            client.answer(200, "fine");
        });
    }

    private static TestProxy proxy(Http1Backend backend) {
        return new TestProxy()
                .serving(
                        Mesh.inbound(DownstreamTls.NONE, Mesh.route("cart")),
                        Mesh.cluster("cart", UpstreamProtocol.HTTP1, backend.address()));
    }
}
