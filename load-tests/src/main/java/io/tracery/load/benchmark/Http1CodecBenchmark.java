package io.tracery.load.benchmark;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import io.tracery.proxy.http1.Http1Limits;
import io.tracery.proxy.http1.Http1ServerCodec;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** One request read and one response of 1 KiB written, by our codec and by Netty's, without a socket. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {"-XX:+UseSerialGC", "-Dio.netty.leakDetection.level=disabled"})
public class Http1CodecBenchmark {

    private static final int BODY_BYTES = 1024;

    /** Whose codec. */
    @Param({"tracery", "netty"})
    private String codec = "";

    private EmbeddedChannel channel = new EmbeddedChannel();
    private final ByteBuf request = Unpooled.unreleasableBuffer(Bytes.lines("""
                    GET /orders/7?full=1 HTTP/1.1
                    Host: checkout:8080
                    User-Agent: benchmark/1
                    Accept: application/json
                    Accept-Encoding: gzip
                    traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01

                    """));
    private final ByteBuf body = Unpooled.unreleasableBuffer(Bytes.zeros(BODY_BYTES));

    @Setup
    public void open() {
        channel = new EmbeddedChannel(
                codec.equals("netty") ? new HttpServerCodec() : new Http1ServerCodec(new Http1Limits(8192, 32768, 200)),
                new Answering());
    }

    @TearDown
    public void close() {
        channel.finishAndReleaseAll();
    }

    /** What a sidecar does to a head: sets one field, takes one off, passes the rest on. */
    private final class Answering extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (message instanceof HttpRequest read) {
                HttpHeaders headers = read.headers();
                headers.set("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-11f067aa0ba902b7-01");
                headers.remove("connection");
                headers.set("content-length", Integer.toString(BODY_BYTES));
                ctx.write(
                        new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, headers),
                        ctx.voidPromise());
                ctx.write(
                        new DefaultLastHttpContent(body.retainedDuplicate(), EmptyHttpHeaders.INSTANCE),
                        ctx.voidPromise());
            }
            ReferenceCountUtil.release(message);
        }
    }

    @Benchmark
    public int readAndWrite() {
        channel.pipeline().fireChannelRead(request.duplicate());
        channel.flush();
        int bytes = 0;
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            bytes += out.readableBytes();
            out.release();
        }
        return bytes;
    }
}
