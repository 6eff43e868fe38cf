package io.tracery.proxy.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

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
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.tracery.proxy.exchange.Attempt;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.mesh.UpstreamProtocol;
import io.tracery.proxy.route.Backoff;
import io.tracery.proxy.route.Fault;
import io.tracery.proxy.route.Fraction;
import io.tracery.proxy.route.Hedge;
import io.tracery.proxy.route.Hedge.Methods;
import io.tracery.proxy.route.RetryPolicy;
import io.tracery.proxy.route.RetryPolicy.Condition;
import io.tracery.tracing.span.Fate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where gRPC and its transport do not quite agree: a real client, one proxy, and servers that behave oddly. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
class GrpcEdgesTest {

    private static final MethodDescriptor<byte[], byte[]> CALL = GrpcTest.method("Call", MethodType.UNARY);

    private final List<Server> servers = new ArrayList<>();
    private final List<ManagedChannel> channels = new ArrayList<>();
    private final Http2Peers peers = new Http2Peers();

    @AfterEach
    void stop() throws InterruptedException {
        channels.forEach(ManagedChannel::shutdownNow);
        servers.forEach(Server::shutdownNow);
        for (Server server : servers) {
            server.awaitTermination(5, TimeUnit.SECONDS);
        }
        peers.close();
    }

    private InetSocketAddress serve(ServerCalls.UnaryMethod<byte[], byte[]> method) throws IOException {
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .directExecutor()
                .addService(ServerServiceDefinition.builder("test.Test")
                        .addMethod(CALL, ServerCalls.asyncUnaryCall(method))
                        .build())
                .build()
                .start();
        servers.add(server);
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort());
    }

    private static TestProxy proxy(RetryPolicy retry, InetSocketAddress... addresses) {
        return new TestProxy()
                .serving(
                        Mesh.outbound(Mesh.route("cart", Duration.ZERO, retry)),
                        Mesh.cluster("cart", UpstreamProtocol.SAME_AS_DOWNSTREAM, addresses));
    }

    private ManagedChannel dial(TestProxy proxy) {
        ManagedChannel channel = NettyChannelBuilder.forAddress(proxy.address())
                .usePlaintext()
                .directExecutor()
                .disableRetry()
                .build();
        channels.add(channel);
        return channel;
    }

    private byte[] call(TestProxy proxy, CallOptions options) {
        return ClientCalls.blockingUnaryCall(dial(proxy), CALL, options, new byte[] {1});
    }

    private StatusRuntimeException failure(TestProxy proxy) {
        StatusRuntimeException failure =
                catchThrowableOfType(StatusRuntimeException.class, () -> call(proxy, CallOptions.DEFAULT));
        assertThat(failure).isNotNull();
        return failure;
    }

    // ---- no status ----

    @ParameterizedTest
    @CsvSource({"200, 2", "400, 13", "401, 16", "403, 7", "404, 12", "429, 14", "500, 2", "502, 14", "503, 14"})
    void anAnswerWithoutAStatusIsRecordedAsItsClientSeesIt(int http, int grpc) throws Exception {
        InetSocketAddress server = peers.serve(Http2Settings.defaultSettings(), (stream, request, body) -> {
            stream.write(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers()
                    .status(String.valueOf(http))
                    .set("content-type", http == 200 ? "application/grpc" : "text/plain")));
            // A message of no bytes, and the end without trailers.
            stream.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(new byte[5]), /* endStream= */ true));
        });
        try (TestProxy proxy = proxy(RetryPolicy.NONE, server)) {
            Status.Code seen = failure(proxy).getStatus().getCode();
            if (http != 200) {
                assertThat(seen.value()).isEqualTo(grpc);
            } else {
                // The specification says UNKNOWN; grpc-java takes the missing trailers for a mistake of the
                // transport's.
                assertThat(seen).isIn(Status.Code.UNKNOWN, Status.Code.INTERNAL);
            }
            Exchange exchange = proxy.log.only();
            assertThat(exchange.status()).isEqualTo(http);
            assertThat(exchange.grpcStatus()).isEqualTo(grpc);
            assertThat(exchange.fate()).isEqualTo(grpc == 16 || grpc == 7 ? Fate.SERVED : Fate.APP_ERROR);
        }
    }

    @Test
    void grpcWebHasItsStatusInItsBodyAndIsHttp() throws Exception {
        InetSocketAddress server = peers.serve(Http2Settings.defaultSettings(), (stream, request, body) -> {
            stream.write(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("200")));
            stream.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(new byte[5]), /* endStream= */ true));
        });
        try (TestProxy proxy = proxy(RetryPolicy.NONE, server)) {
            Http2Talk client = new Http2Talk(
                    peers.connect(proxy.address()),
                    new DefaultHttp2Headers(false)
                            .method("POST")
                            .scheme("http")
                            .authority("cart")
                            .path("/test.Test/Call")
                            .set("content-type", "application/grpc-web+proto"));
            client.end();
            assertThat(client.ended()).isEqualTo("end");
            assertThat(proxy.log.only().fate()).isEqualTo(Fate.SERVED);
            assertThat(proxy.log.only().grpcStatus()).isEqualTo(-1);
        }
    }

    // ---- faults ----

    @ParameterizedTest
    @CsvSource({"0, 7, PERMISSION_DENIED", "0, 0, OK", "503, -1, UNAVAILABLE", "404, -1, UNIMPLEMENTED"})
    void anInjectedAbortIsAnAnswerOfTrailersOnly(int http, int grpc, Status.Code expected) throws Exception {
        AtomicInteger calls = new AtomicInteger();
        InetSocketAddress server = serve((request, observer) -> calls.incrementAndGet());
        Fault fault = new Fault(null, new Fault.Abort(http, grpc, Fraction.ALL), null, List.of());
        try (TestProxy proxy =
                new TestProxy().serving(FaultTest.with(fault, Duration.ZERO), Mesh.cluster("cart", server))) {
            StatusRuntimeException failure = failure(proxy);
            if (expected != Status.Code.OK) {
                assertThat(failure.getStatus().getCode()).isEqualTo(expected);
                Metadata trailers = failure.getTrailers();
                assertThat(trailers).isNotNull();
                if (trailers != null) {
                    assertThat(trailers.get(Metadata.Key.of("x-tracery-fate", Metadata.ASCII_STRING_MARSHALLER)))
                            .isEqualTo("fault_injected");
                }
            }
            Exchange exchange = proxy.log.only();
            assertThat(exchange.status()).isEqualTo(200);
            assertThat(exchange.grpcStatus()).isEqualTo(expected.value());
            assertThat(exchange.fate()).isEqualTo(Fate.FAULT_INJECTED);
            assertThat(calls).hasValue(0);
        }
    }

    // ---- retries and hedges ----

    @ParameterizedTest
    @CsvSource({
        "CANCELLED, CANCELLED",
        "DEADLINE_EXCEEDED, DEADLINE_EXCEEDED",
        "INTERNAL, INTERNAL",
        "RESOURCE_EXHAUSTED, RESOURCE_EXHAUSTED",
        "UNAVAILABLE, UNAVAILABLE"
    })
    void eachStatusThatARouteCanNameIsTriedAgainWhereItDoes(Status.Code code, Condition condition) throws Exception {
        AtomicInteger calls = new AtomicInteger();
        InetSocketAddress server = serve((request, observer) -> {
            if (calls.incrementAndGet() % 2 == 1) {
                observer.onError(code.toStatus().asException());
            } else {
                observer.onNext(request);
                observer.onCompleted();
            }
        });
        try (TestProxy named = proxy(Mesh.retry(1, condition), server)) {
            assertThat(call(named, CallOptions.DEFAULT)).containsExactly(1);
            Exchange exchange = named.log.only();
            assertThat(exchange.fate()).isEqualTo(Fate.SERVED);
            assertThat(exchange.grpcStatus()).isZero();
            assertThat(exchange.attempts()).hasSize(2);
            assertThat(exchange.attempts().getFirst().outcome()).isEqualTo(Fate.APP_ERROR);
        }
        Condition other = condition == Condition.UNAVAILABLE ? Condition.INTERNAL : Condition.UNAVAILABLE;
        try (TestProxy notNamed = proxy(Mesh.retry(1, other), server)) {
            assertThat(failure(notNamed).getStatus().getCode()).isEqualTo(code);
            assertThat(notNamed.log.only().attempts()).hasSize(1);
        }
    }

    @Test
    void aSlowCallIsHedgedAndItsServerIsToldToStop() throws Exception {
        CountDownLatch cancelled = new CountDownLatch(1);
        InetSocketAddress slow = serve((request, observer) ->
                ((ServerCallStreamObserver<byte[]>) observer).setOnCancelHandler(cancelled::countDown));
        InetSocketAddress fast = serve((request, observer) -> {
            observer.onNext(request);
            observer.onCompleted();
        });
        RetryPolicy policy = new RetryPolicy(
                1,
                Set.of(Condition.UNAVAILABLE),
                Set.of(),
                Duration.ZERO,
                Backoff.DEFAULT,
                new Hedge(Duration.ofMillis(100), Methods.ANY));
        try (TestProxy proxy = proxy(policy, slow, fast)) {
            ManagedChannel channel = dial(proxy);
            int calls = 0;
            while (cancelled.getCount() > 0 && calls < 50) {
                assertThat(ClientCalls.blockingUnaryCall(channel, CALL, CallOptions.DEFAULT, new byte[] {1}))
                        .containsExactly(1);
                calls++;
            }
            assertThat(cancelled.await(10, TimeUnit.SECONDS)).isTrue();
            List<Exchange> all = proxy.log.ended(calls);
            assertThat(all).extracting(Exchange::fate).containsOnly(Fate.SERVED);
            Exchange hedged =
                    all.stream().filter(one -> one.hedges() == 1).findFirst().orElseThrow();
            assertThat(hedged.attempts()).extracting(Attempt::outrun).containsExactly(true, false);
        }
    }

    // ---- deadlines ----

    @Test
    void aDeadlineGoesOnWithoutTheTimeThatWasSpent() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        InetSocketAddress server = serve((request, observer) -> {
            Deadline deadline = Context.current().getDeadline();
            if (deadline == null) {
                observer.onError(Status.INVALID_ARGUMENT.asException());
            } else if (calls.incrementAndGet() == 1) {
                observer.onError(Status.UNAVAILABLE.asException());
            } else {
                observer.onNext(ByteBuffer.allocate(Long.BYTES)
                        .putLong(deadline.timeRemaining(TimeUnit.MILLISECONDS))
                        .array());
                observer.onCompleted();
            }
        });
        long delayMillis = 700;
        Fault fault = new Fault(new Fault.Delay(Duration.ofMillis(delayMillis), Fraction.ALL), null, null, List.of());
        try (TestProxy proxy =
                new TestProxy().serving(FaultTest.with(fault, Duration.ZERO), Mesh.cluster("cart", server))) {
            CallOptions tenSeconds = CallOptions.DEFAULT.withDeadlineAfter(10, TimeUnit.SECONDS);
            assertThat(catchThrowableOfType(StatusRuntimeException.class, () -> call(proxy, tenSeconds)))
                    .isNotNull();
            // The delay comes before the second attempt of the client's, too: all of it is off what is left.
            long left = ByteBuffer.wrap(call(proxy, tenSeconds)).getLong();
            assertThat(left).isBetween(1L, 10_000 - 2 * delayMillis);
        }
    }
}
