package io.tracery.proxy.data;

import static io.tracery.proxy.data.RawHttp2.DATA;
import static io.tracery.proxy.data.RawHttp2.END_STREAM;
import static io.tracery.proxy.data.RawHttp2.GOAWAY;
import static io.tracery.proxy.data.RawHttp2.HEADERS;
import static io.tracery.proxy.data.RawHttp2.PING;
import static io.tracery.proxy.data.RawHttp2.RST_STREAM;
import static io.tracery.proxy.data.RawHttp2.frame;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.netty.handler.codec.http2.Http2Headers;
import io.tracery.proxy.data.RawHttp2.Frame;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.mesh.UpstreamProtocol;
import io.tracery.tracing.span.Fate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** gRPC's kinds of call, and what the record of an exchange says of their messages. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
class GrpcStreamsTest {

    private static final int PREFIX_BYTES = 5;

    private static final MethodDescriptor<byte[], byte[]> COLLECT =
            GrpcTest.method("Collect", MethodType.CLIENT_STREAMING);
    private static final MethodDescriptor<byte[], byte[]> CHAT = GrpcTest.method("Chat", MethodType.BIDI_STREAMING);

    private final Server server = NettyServerBuilder.forAddress(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .directExecutor()
            .addService(ServerServiceDefinition.builder("test.Test")
                    .addMethod(COLLECT, ServerCalls.asyncClientStreamingCall(Collector::new))
                    .addMethod(CHAT, ServerCalls.asyncBidiStreamingCall(Twice::new))
                    .build())
            .build();

    private final BlockingQueue<Object> answers = new LinkedBlockingQueue<>();

    @BeforeEach
    void start() throws IOException {
        server.start();
    }

    @AfterEach
    void stop() throws InterruptedException {
        server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }

    @Test
    void aClientStreamsItsRequest() throws Exception {
        int messages = 40;
        try (TestProxy proxy = proxy(listening())) {
            ManagedChannel channel = dial(proxy);
            StreamObserver<byte[]> requests =
                    ClientCalls.asyncClientStreamingCall(channel.newCall(COLLECT, CallOptions.DEFAULT), new Heard());
            int bytes = 0;
            for (int i = 0; i < messages; i++) {
                requests.onNext(new byte[i * 500]);
                bytes += i * 500;
            }
            requests.onCompleted();
            assertThat(answers.poll(10, TimeUnit.SECONDS)).isEqualTo(new byte[] {(byte) messages});
            assertThat(answers.poll(10, TimeUnit.SECONDS)).isEqualTo("completed");

            Exchange exchange = proxy.log.only();
            assertCounted(exchange, messages, 1);
            assertThat(exchange.bytesReceived()).isEqualTo(bytes + messages * PREFIX_BYTES);
            assertThat(exchange.bytesSent()).isEqualTo(1 + PREFIX_BYTES);
            assertThat(exchange.fate()).isEqualTo(Fate.SERVED);
            assertThat(exchange.grpcStatus()).isZero();
            channel.shutdownNow();
        }
    }

    @Test
    void bothSidesStreamAndEachMessageCountsOnItsSide() throws Exception {
        int messages = 20;
        try (TestProxy proxy = proxy(listening())) {
            ManagedChannel channel = dial(proxy);
            StreamObserver<byte[]> requests =
                    ClientCalls.asyncBidiStreamingCall(channel.newCall(CHAT, CallOptions.DEFAULT), new Heard());
            for (byte i = 1; i <= messages; i++) {
                requests.onNext(new byte[] {i});
                assertThat(answers.poll(10, TimeUnit.SECONDS)).isEqualTo(new byte[] {i});
                assertThat(answers.poll(10, TimeUnit.SECONDS)).isEqualTo(new byte[] {i});
            }
            requests.onCompleted();
            assertThat(answers.poll(10, TimeUnit.SECONDS)).isEqualTo("completed");

            assertCounted(proxy.log.only(), messages, 2 * messages);
            assertThat(proxy.log.only().fate()).isEqualTo(Fate.SERVED);
            channel.shutdownNow();
        }
    }

    /** With the client's side still open: what was said until then counts. */
    @Test
    void aServerThatBreaksOffSaysSoBehindItsMessages() throws Exception {
        try (TestProxy proxy = proxy(listening())) {
            ManagedChannel channel = dial(proxy);
            StreamObserver<byte[]> requests =
                    ClientCalls.asyncBidiStreamingCall(channel.newCall(CHAT, CallOptions.DEFAULT), new Heard());
            requests.onNext(new byte[] {1});
            requests.onNext(new byte[] {0});
            for (int i = 0; i < 2; i++) {
                assertThat(answers.poll(10, TimeUnit.SECONDS)).isEqualTo(new byte[] {1});
            }
            assertThat(answers.poll(10, TimeUnit.SECONDS)).isEqualTo(Status.Code.DATA_LOSS);

            assertCounted(proxy.log.only(), 2, 2);
            assertThat(proxy.log.only().grpcStatus()).isEqualTo(Status.Code.DATA_LOSS.value());
            assertThat(proxy.log.only().fate()).isEqualTo(Fate.APP_ERROR);
            channel.shutdownNow();
        }
    }

    private static void assertCounted(Exchange exchange, int received, int sent) {
        assertThat(exchange.protocol()).isEqualTo(Protocol.GRPC);
        assertThat(exchange.messagesReceived()).isEqualTo(received);
        assertThat(exchange.messagesSent()).isEqualTo(sent);
    }

    // ---- a status and nothing else ----

    /** It stays one frame, which is how clients tell that the call may be repeated (gRPC's PROTOCOL-HTTP2.md). */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anAnswerOfTrailersAloneStaysOne(boolean requestComplete) throws Exception {
        RawServer.Talk talk = socket -> {
            RawHttp2 endpoint = RawHttp2.server(socket);
            int stream = endpoint.expect(HEADERS).stream();
            endpoint.expect(DATA);
            endpoint.sendHead(
                    stream,
                    END_STREAM,
                    ":status",
                    "200",
                    "content-type",
                    "application/grpc",
                    "grpc-status",
                    "5",
                    "grpc-message",
                    "no such cart");
            socket.getInputStream().readAllBytes();
        };
        try (RawServer backend = new RawServer(talk);
                TestProxy proxy = proxy(backend.address());
                RawHttp2 client = new RawHttp2(proxy.address())) {
            client.sendHead(
                    1,
                    0,
                    ":method",
                    "POST",
                    ":scheme",
                    "http",
                    ":authority",
                    "cart",
                    ":path",
                    "/test.Test/Find",
                    "content-type",
                    "application/grpc",
                    "te",
                    "trailers");
            client.sendData(1, requestComplete ? END_STREAM : 0, "\0\0\0\0\0");

            Frame only = client.expect(HEADERS, DATA, RST_STREAM, GOAWAY);
            assertThat(only.type()).isEqualTo(HEADERS);
            assertThat(only.endsStream()).isTrue();
            Http2Headers head = client.unpack(only);
            assertThat(head.status()).asString().isEqualTo("200");
            assertThat(head.get("grpc-status")).asString().isEqualTo("5");
            assertThat(head.get("grpc-message")).asString().isEqualTo("no such cart");
            assertThat(head).hasSize(4);
            Exchange exchange = proxy.log.only();
            assertThat(exchange.status()).isEqualTo(200);
            assertThat(exchange.grpcStatus()).isEqualTo(5);
            assertThat(exchange.fate()).isEqualTo(Fate.SERVED);
            assertThat(exchange.bytesSent()).isZero();
            assertCounted(exchange, 1, 0);

            // Nothing comes behind it, but for a word that the rest of the request is not wanted.
            client.send(frame(PING, 0, 0, new byte[8]));
            Frame next = client.expect(HEADERS, DATA, RST_STREAM, GOAWAY, PING);
            assertThat(next.type()).isEqualTo(requestComplete ? PING : RST_STREAM);
            assertThat(next.errorCode()).isZero();
        }
    }

    // ---- both ends ----

    /** Says how many messages there were. */
    private static final class Collector implements StreamObserver<byte[]> {

        private final StreamObserver<byte[]> answer;
        private byte messages;

        Collector(StreamObserver<byte[]> answer) {
            this.answer = answer;
        }

        @Override
        public void onNext(byte[] value) {
            messages++;
        }

        @Override
        public void onError(Throwable t) {}

        @Override
        public void onCompleted() {
            answer.onNext(new byte[] {messages});
            answer.onCompleted();
        }
    }

    /** Says everything twice, and has lost its data at a nought. */
    private record Twice(StreamObserver<byte[]> answer) implements StreamObserver<byte[]> {

        @Override
        public void onNext(byte[] value) {
            if (value[0] == 0) {
                answer.onError(Status.DATA_LOSS.asException());
            } else {
                answer.onNext(value);
                answer.onNext(value);
            }
        }

        @Override
        public void onError(Throwable t) {}

        @Override
        public void onCompleted() {
            answer.onCompleted();
        }
    }

    private final class Heard implements StreamObserver<byte[]> {

        @Override
        public void onNext(byte[] value) {
            answers.add(value);
        }

        @Override
        public void onError(Throwable t) {
            answers.add(Status.fromThrowable(t).getCode());
        }

        @Override
        public void onCompleted() {
            answers.add("completed");
        }
    }

    private InetSocketAddress listening() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort());
    }

    private static ManagedChannel dial(TestProxy proxy) {
        return NettyChannelBuilder.forAddress(proxy.address())
                .usePlaintext()
                .directExecutor()
                .disableRetry()
                .build();
    }

    private static TestProxy proxy(InetSocketAddress backend) {
        return new TestProxy()
                .serving(
                        Mesh.outbound(Mesh.route("cart")),
                        Mesh.cluster("cart", UpstreamProtocol.SAME_AS_DOWNSTREAM, backend));
    }
}
