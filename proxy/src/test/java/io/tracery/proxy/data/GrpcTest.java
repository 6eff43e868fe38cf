package io.tracery.proxy.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.mesh.DownstreamTls;
import io.tracery.proxy.mesh.UpstreamProtocol;
import io.tracery.proxy.route.Rate;
import io.tracery.proxy.route.RetryPolicy;
import io.tracery.proxy.route.RetryPolicy.Condition;
import io.tracery.tracing.span.Fate;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A real gRPC client and server, with a pair of proxies and mutual TLS between them. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
class GrpcTest {

    private static final TestCa CA = new TestCa();
    private static final int LARGE = 3 * 1024 * 1024;

    private final AtomicInteger calls = new AtomicInteger();
    private final Server server = server();
    private final TestProxy inbound = new TestProxy().with(CA.identity("cart"));
    private final TestProxy outbound = new TestProxy().with(CA.identity("front"));
    private static final long NO_DEADLINE = -1;

    private RetryPolicy retry = RetryPolicy.NONE;
    private Duration timeout = Duration.ZERO;

    @BeforeEach
    void start() throws IOException {
        server.start();
        inbound.serving(
                Mesh.inbound(DownstreamTls.STRICT, Mesh.route("app")),
                Mesh.cluster("app", UpstreamProtocol.SAME_AS_DOWNSTREAM, listening()));
    }

    @AfterEach
    void stop() throws InterruptedException {
        server.shutdownNow();
        outbound.close();
        inbound.close();
        server.awaitTermination(5, TimeUnit.SECONDS);
    }

    @Test
    void oneCallGoesThroughBothProxiesWithItsTrailers() {
        ManagedChannel channel = channel();
        byte[] answer = ClientCalls.blockingUnaryCall(
                channel, method("Echo", MethodType.UNARY), CallOptions.DEFAULT, new byte[] {1, 2, 3});
        assertThat(answer).containsExactly(1, 2, 3);

        for (TestProxy proxy : List.of(outbound, inbound)) {
            Exchange exchange = proxy.log.only();
            assertThat(exchange.protocol()).isEqualTo(Protocol.GRPC);
            assertThat(exchange.method()).isEqualTo("POST");
            assertThat(exchange.path()).isEqualTo("/test.Test/Echo");
            assertThat(exchange.status()).isEqualTo(200);
            assertThat(exchange.grpcStatus()).isZero();
            assertThat(exchange.fate()).isEqualTo(Fate.SERVED);
            assertThat(exchange.mutualTls()).isTrue();
        }
        channel.shutdownNow();
    }

    @Test
    void callsShareOneConnection() {
        ManagedChannel channel = channel();
        for (int i = 0; i < 20; i++) {
            ClientCalls.blockingUnaryCall(
                    channel, method("Echo", MethodType.UNARY), CallOptions.DEFAULT, new byte[LARGE / 20]);
        }
        assertThat(outbound.log.ended(20).getLast().attempts().getFirst().connectionReused())
                .isTrue();
        assertThat(inbound.dataPath.connections()).isEqualTo(1);
        channel.shutdownNow();
    }

    @Test
    void largeMessagesPassInBothDirections() {
        ManagedChannel channel = channel();
        byte[] large = new byte[LARGE];
        Arrays.fill(large, (byte) 7);
        assertThat(ClientCalls.blockingUnaryCall(channel, method("Echo", MethodType.UNARY), CallOptions.DEFAULT, large))
                .isEqualTo(large);
        assertThat(outbound.log.only().bytesReceived()).isGreaterThan(LARGE);
        assertThat(outbound.log.only().bytesSent()).isGreaterThan(LARGE);
        channel.shutdownNow();
    }

    @Test
    void aServerStreamsItsAnswer() {
        ManagedChannel channel = channel();
        Iterator<byte[]> answers = ClientCalls.blockingServerStreamingCall(
                channel, method("Repeat", MethodType.SERVER_STREAMING), CallOptions.DEFAULT, new byte[] {50});
        List<byte[]> all = new ArrayList<>();
        answers.forEachRemaining(all::add);
        assertThat(all).hasSize(50);
        channel.shutdownNow();
    }

    @Test
    void bothSidesStreamAtOnce() throws Exception {
        ManagedChannel channel = channel();
        BlockingQueue<Object> answers = new LinkedBlockingQueue<>();
        StreamObserver<byte[]> requests = ClientCalls.asyncBidiStreamingCall(
                channel.newCall(method("Chat", MethodType.BIDI_STREAMING), CallOptions.DEFAULT), into(answers));
        for (byte i = 0; i < 10; i++) {
            requests.onNext(new byte[] {i});
            // Each answer is there before the next message goes: nothing waits for the end of the stream.
            assertThat(answers.poll(10, TimeUnit.SECONDS)).isEqualTo(new byte[] {i});
        }
        requests.onCompleted();
        assertThat(answers.poll(10, TimeUnit.SECONDS)).isEqualTo("completed");
        assertThat(outbound.log.only().fate()).isEqualTo(Fate.SERVED);
        channel.shutdownNow();
    }

    @Test
    void aStatusOfTheApplicationArrivesAndCountsByItsKind() {
        ManagedChannel channel = channel();
        assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(
                        channel, method("Fail", MethodType.UNARY), CallOptions.DEFAULT, new byte[] {5}))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("NOT_FOUND");
        assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(
                        channel, method("Fail", MethodType.UNARY), CallOptions.DEFAULT, new byte[] {13}))
                .hasMessageContaining("INTERNAL");

        assertThat(outbound.log.ended(2)).extracting(Exchange::grpcStatus).containsExactly(5, 13);
        assertThat(outbound.log.ended(2)).extracting(Exchange::fate).containsExactly(Fate.SERVED, Fate.APP_ERROR);
        channel.shutdownNow();
    }

    @Test
    void retriesUnavailableWhereTheRouteSaysSo() {
        retry = Mesh.retry(1, Condition.UNAVAILABLE);
        ManagedChannel channel = channel();
        assertThat(ClientCalls.blockingUnaryCall(
                        channel, method("SecondTimeLucky", MethodType.UNARY), CallOptions.DEFAULT, new byte[] {9}))
                .containsExactly(9);
        assertThat(outbound.log.only().attempts()).hasSize(2);
        assertThat(outbound.log.only().fate()).isEqualTo(Fate.SERVED);
        channel.shutdownNow();
    }

    @Test
    void theProxysOwnAnswersAreGrpcToo() {
        outbound.serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", RawServer.nobody()));
        ManagedChannel channel = dial();
        assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(
                        channel, method("Echo", MethodType.UNARY), CallOptions.DEFAULT, new byte[0]))
                .isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
                    assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
                    Metadata trailers = e.getTrailers();
                    assertThat(trailers).isNotNull();
                    if (trailers != null) {
                        assertThat(trailers.get(Metadata.Key.of("x-tracery-fate", Metadata.ASCII_STRING_MARSHALLER)))
                                .isEqualTo("connect_refused");
                    }
                });
        assertThat(outbound.log.only().grpcStatus()).isEqualTo(14);
        assertThat(outbound.log.only().status()).isEqualTo(200);
        channel.shutdownNow();
    }

    @Test
    void aCallAboveTheLimitIsToldWhenToComeAgain() {
        outbound.serving(
                Mesh.outbound(RateLimitTest.limited(new Rate(1, Duration.ofHours(1), 1), null)),
                Mesh.secured("cart", TestCa.spiffeId("cart"), inbound.address()));
        ManagedChannel channel = dial();
        MethodDescriptor<byte[], byte[]> echo = method("Echo", MethodType.UNARY);
        assertThat(ClientCalls.blockingUnaryCall(channel, echo, CallOptions.DEFAULT, new byte[2]))
                .hasSize(2);
        assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(channel, echo, CallOptions.DEFAULT, new byte[2]))
                .isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
                    assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
                    assertThat(e.getTrailers()).asString().containsPattern("grpc-retry-pushback-ms=3[56][0-9]{5}\\b");
                });
        assertThat(outbound.log.ended(2).getLast().fate()).isEqualTo(Fate.RATE_LIMITED);
        channel.shutdownNow();
    }

    @Test
    void aCallThatTakesTooLongIsCutOffOnBothSides() {
        timeout = Duration.ofMillis(300);
        ManagedChannel channel = channel();
        assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(
                        channel, method("Never", MethodType.UNARY), CallOptions.DEFAULT, new byte[0]))
                .hasMessageContaining("DEADLINE_EXCEEDED");
        assertThat(outbound.log.only().fate()).isEqualTo(Fate.DEADLINE);
        // It was told the deadline too, and may be the first to see it pass.
        assertThat(inbound.log.only().fate()).isIn(Fate.CLIENT_GONE, Fate.DEADLINE);
        channel.shutdownNow();
    }

    @Test
    void aDeadlineGoesOnAndOnlyEverGetsShorter() {
        ManagedChannel channel = channel();
        assertThat(millisLeft(channel, CallOptions.DEFAULT)).isEqualTo(NO_DEADLINE);
        assertThat(millisLeft(channel, CallOptions.DEFAULT.withDeadlineAfter(5, TimeUnit.SECONDS)))
                .isBetween(1L, 5_000L);
        channel.shutdownNow();

        timeout = Duration.ofSeconds(2);
        retry = new RetryPolicy(1, Set.of(Condition.UNAVAILABLE), Set.of(), Duration.ofSeconds(1));
        ManagedChannel bounded = channel();
        assertThat(millisLeft(bounded, CallOptions.DEFAULT)).isBetween(1L, 1_000L);
        assertThat(millisLeft(bounded, CallOptions.DEFAULT.withDeadlineAfter(5, TimeUnit.SECONDS)))
                .isBetween(1L, 1_000L);
        bounded.shutdownNow();
    }

    private static long millisLeft(ManagedChannel channel, CallOptions options) {
        byte[] answer =
                ClientCalls.blockingUnaryCall(channel, method("TimeLeft", MethodType.UNARY), options, new byte[0]);
        return ByteBuffer.wrap(answer).getLong();
    }

    @Test
    void aClientsDeadlineBoundsTheExchange() {
        ManagedChannel channel = channel();
        assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(
                        channel,
                        method("Never", MethodType.UNARY),
                        CallOptions.DEFAULT.withDeadlineAfter(300, TimeUnit.MILLISECONDS),
                        new byte[0]))
                .hasMessageContaining("DEADLINE_EXCEEDED");
        assertThat(outbound.log.only().fate()).isIn(Fate.DEADLINE, Fate.CLIENT_GONE);
        // The server was told the deadline too: it may be the first to see it pass, and resets its stream then.
        assertThat(inbound.log.only().fate()).isIn(Fate.DEADLINE, Fate.CLIENT_GONE, Fate.RESET_BEFORE_HEADERS);
        channel.shutdownNow();
    }

    @Test
    void aClientThatCancelsIsGone() throws Exception {
        ManagedChannel channel = channel();
        BlockingQueue<Object> answers = new LinkedBlockingQueue<>();
        StreamObserver<byte[]> requests = ClientCalls.asyncBidiStreamingCall(
                channel.newCall(method("Chat", MethodType.BIDI_STREAMING), CallOptions.DEFAULT), into(answers));
        requests.onNext(new byte[] {1});
        assertThat(answers.poll(10, TimeUnit.SECONDS)).isEqualTo(new byte[] {1});
        requests.onError(Status.CANCELLED.asException());
        assertThat(outbound.log.only().fate()).isEqualTo(Fate.CLIENT_GONE);
        assertThat(inbound.log.only().fate()).isEqualTo(Fate.CLIENT_GONE);
        channel.shutdownNow();
    }

    // ---- the server ----

    private Server server() {
        ServerServiceDefinition service = ServerServiceDefinition.builder("test.Test")
                .addMethod(method("Echo", MethodType.UNARY), ServerCalls.asyncUnaryCall((request, observer) -> {
                    observer.onNext(request);
                    observer.onCompleted();
                }))
                .addMethod(
                        method("Repeat", MethodType.SERVER_STREAMING),
                        ServerCalls.asyncServerStreamingCall((request, observer) -> {
                            for (int i = 0; i < request[0]; i++) {
                                observer.onNext(new byte[1000]);
                            }
                            observer.onCompleted();
                        }))
                .addMethod(
                        method("Chat", MethodType.BIDI_STREAMING), ServerCalls.asyncBidiStreamingCall(GrpcTest::echo))
                .addMethod(
                        method("Fail", MethodType.UNARY),
                        ServerCalls.asyncUnaryCall((request, observer) -> observer.onError(
                                Status.fromCodeValue(request[0]).asException())))
                .addMethod(
                        method("SecondTimeLucky", MethodType.UNARY), ServerCalls.asyncUnaryCall((request, observer) -> {
                            if (calls.incrementAndGet() == 1) {
                                observer.onError(Status.UNAVAILABLE.asException());
                            } else {
                                observer.onNext(request);
                                observer.onCompleted();
                            }
                        }))
                .addMethod(method("TimeLeft", MethodType.UNARY), ServerCalls.asyncUnaryCall((request, observer) -> {
                    Deadline deadline = Context.current().getDeadline();
                    long left = deadline == null ? NO_DEADLINE : deadline.timeRemaining(TimeUnit.MILLISECONDS);
                    observer.onNext(
                            ByteBuffer.allocate(Long.BYTES).putLong(left).array());
                    observer.onCompleted();
                }))
                .addMethod(method("Never", MethodType.UNARY), ServerCalls.asyncUnaryCall((request, observer) -> {}))
                .build();
        return NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .directExecutor()
                .addService(service)
                .build();
    }

    private static StreamObserver<byte[]> echo(StreamObserver<byte[]> answers) {
        return new StreamObserver<>() {
            @Override
            public void onNext(byte[] value) {
                answers.onNext(value);
            }

            @Override
            public void onError(Throwable t) {}

            @Override
            public void onCompleted() {
                answers.onCompleted();
            }
        };
    }

    private static StreamObserver<byte[]> into(BlockingQueue<Object> answers) {
        return new StreamObserver<>() {
            @Override
            public void onNext(byte[] value) {
                answers.add(value);
            }

            @Override
            public void onError(Throwable t) {
                answers.add(t);
            }

            @Override
            public void onCompleted() {
                answers.add("completed");
            }
        };
    }

    private InetSocketAddress listening() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort());
    }

    // ---- the client ----

    private ManagedChannel channel() {
        outbound.serving(
                Mesh.outbound(Mesh.route("cart", timeout, retry)),
                Mesh.secured("cart", TestCa.spiffeId("cart"), inbound.address()));
        return dial();
    }

    private ManagedChannel dial() {
        return NettyChannelBuilder.forAddress(outbound.address())
                .usePlaintext()
                .directExecutor()
                .disableRetry()
                .build();
    }

    static MethodDescriptor<byte[], byte[]> method(String name, MethodType type) {
        return MethodDescriptor.newBuilder(new Bytes(), new Bytes())
                .setFullMethodName("test.Test/" + name)
                .setType(type)
                .build();
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {

        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
