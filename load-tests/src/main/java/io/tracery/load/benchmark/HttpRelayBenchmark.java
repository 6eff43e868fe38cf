package io.tracery.load.benchmark;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Exception;
import io.tracery.proxy.http.Http1Connection;
import io.tracery.proxy.http.Http2Connection;
import io.tracery.proxy.http1.Http1ServerCodec;
import io.tracery.proxy.mesh.Listener;
import io.tracery.proxy.route.RouteTable;
import io.tracery.proxy.upstream.Limits;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One whole exchange, all but the sockets: a request is read, placed in its trace, routed and balanced, sent on a pooled connection, its
 * answer of 1 KiB read and passed on, and all of it recorded. The handlers are those of {@code OutboundStack}, once the protocol is known.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {"-XX:+UseSerialGC", "-Dio.netty.leakDetection.level=disabled"})
public class HttpRelayBenchmark {

    private static final int BATCH = 500;

    /** What client and endpoint speak. */
    @Param({"http1", "http2"})
    public String protocol = "http1";

    /** What is told of each exchange, see {@link Telemetry}. */
    @Param({"none", "metrics", "spans"})
    public String observed = "none";

    private @Nullable Telemetry telemetry;
    private @Nullable MemoryLoop loop;
    private MemorySocket upstream = new MemorySocket();
    private ByteBuf request = Unpooled.EMPTY_BUFFER;
    private ByteBuf response = Unpooled.EMPTY_BUFFER;
    private int stream = 1;

    @Setup
    public void begin() {
        telemetry = new Telemetry(observed);
        loop = telemetry.on(this::connected);
    }

    /** Both connections stand, and one exchange has gone over them. */
    private MemoryLoop connected() throws Exception {
        Listener.Handler handler =
                new Listener.Handler.Http(new RouteTable("cart", List.of(Cart.route("shop/cart/0"))));
        MemoryLoop made =
                new MemoryLoop(handler, Objects.requireNonNull(telemetry).observer());
        if (protocol.equals("http2")) {
            http2(made);
        } else {
            http1(made);
        }
        return made;
    }

    private void http1(MemoryLoop made) {
        Http1ServerCodec codec = new Http1ServerCodec(Limits.DEFAULT.http1());
        made.client.pipeline().addLast(codec, new Http1Connection(made.downstream, codec, () -> http2Of(made)));
        request = Bytes.lines("""
                GET /orders/7?full=1 HTTP/1.1
                host: checkout:8080
                user-agent: benchmark/1
                accept: application/json
                accept-encoding: gzip
                traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01

                """);
        response = Bytes.of(Unpooled.wrappedBuffer(Bytes.lines("""
                        HTTP/1.1 200 OK
                        content-type: application/json
                        content-length: 1024
                        server: cart

                        """), Bytes.zeros(Frames.BODY_BYTES)));
        made.client.read(request);
        upstream = made.upstream();
        upstream.read(response);
    }

    private void http2(MemoryLoop made) throws Http2Exception {
        made.client.pipeline().addLast(http2Of(made));
        Frames asking = new Frames(/* indexed= */ true);
        made.client.read(Frames.preface());
        made.client.read(asking.request());
        request = asking.request();
        upstream = made.upstream();
        Frames answering = new Frames(/* indexed= */ true);
        upstream.read(Frames.settings());
        upstream.read(answering.response());
        response = answering.response();
    }

    private static Http2Connection http2Of(MemoryLoop made) {
        return new Http2Connection(made.downstream, refused -> {});
    }

    @TearDown
    public void end() {
        MemoryLoop made = Objects.requireNonNull(loop);
        Telemetry running = Objects.requireNonNull(telemetry);
        running.on(() -> {
            made.close();
            return true;
        });
        running.close();
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public int exchange() {
        return Objects.requireNonNull(telemetry).on(this::batch);
    }

    private int batch() {
        MemorySocket client = Objects.requireNonNull(loop).client;
        boolean numbered = protocol.equals("http2");
        int bytes = 0;
        for (int i = 0; i < BATCH; i++) {
            if (numbered) {
                stream += 2;
                Frames.about(stream, request);
                Frames.about(stream, response);
            }
            client.read(request);
            bytes += upstream.takeWritten(1);
            upstream.read(response);
            bytes += client.takeWritten(Frames.BODY_BYTES);
        }
        return bytes;
    }
}
