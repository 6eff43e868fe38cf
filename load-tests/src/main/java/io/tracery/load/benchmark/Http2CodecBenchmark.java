package io.tracery.load.benchmark;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.util.ReferenceCountUtil;
import io.tracery.proxy.http2.FrameConnection;
import io.tracery.proxy.http2.FrameStream;
import io.tracery.proxy.http2.HeadBlock;
import io.tracery.proxy.http2.Heads;
import io.tracery.proxy.http2.Http2Limits;
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

/** One request read and one response of 1 KiB written as HTTP/2, by our streams and by Netty's multiplexer, without a socket. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {"-XX:+UseSerialGC", "-Dio.netty.leakDetection.level=disabled"})
public class Http2CodecBenchmark {

    /** After so many streams comes a new connection, as ids do not last for ever. */
    private static final int STREAMS = 1 << 20;

    /** Whose streams. */
    @Param({"tracery", "netty"})
    public String codec = "";

    /** Whether requests name the fields of earlier ones, as HPACK is meant, or say everything each time. */
    @Param({"indexed", "literal"})
    public String heads = "indexed";

    private EmbeddedChannel channel = new EmbeddedChannel();
    private ByteBuf request = Unpooled.EMPTY_BUFFER;
    private final ByteBuf body = Unpooled.unreleasableBuffer(Bytes.zeros(Frames.BODY_BYTES));
    private int streams;

    @Setup
    public void open() throws Http2Exception {
        connect();
    }

    @TearDown
    public void close() {
        channel.finishAndReleaseAll();
    }

    private void connect() throws Http2Exception {
        channel.finishAndReleaseAll();
        channel = codec.equals("netty")
                ? new EmbeddedChannel(
                        Http2FrameCodecBuilder.forServer().build(), new Http2MultiplexHandler(new NettyAnswer()))
                : new EmbeddedChannel(new Answers(Http2Limits.of(1000, 32_768)));
        Frames asking = new Frames(heads.equals("indexed"));
        channel.writeInbound(Frames.preface());
        // Netty takes stream 1 for one that began as HTTP/1.
        streams = 1;
        channel.writeInbound(Frames.about(2 * streams + 1, asking.request()));
        channel.releaseOutbound();
        request = Unpooled.unreleasableBuffer(asking.request());
    }

    @Benchmark
    public int readAndWrite() throws Http2Exception {
        if (++streams == STREAMS) {
            connect();
        }
        Frames.about(2 * streams + 1, request);
        channel.pipeline().fireChannelRead(request.duplicate());
        channel.pipeline().fireChannelReadComplete();
        channel.flush();
        int bytes = 0;
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            bytes += out.readableBytes();
            out.release();
        }
        return bytes;
    }

    private ByteBuf body() {
        return body.retainedDuplicate();
    }

    /** Netty's way: a channel for each stream. */
    @ChannelHandler.Sharable
    private final class NettyAnswer extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (message instanceof Http2HeadersFrame read) {
                Http2Headers headers = new DefaultHttp2Headers().status("200");
                headers.set("traceparent", read.headers().get("traceparent"));
                headers.setInt("content-length", Frames.BODY_BYTES);
                ctx.write(new DefaultHttp2HeadersFrame(headers), ctx.voidPromise());
                ctx.writeAndFlush(new DefaultHttp2DataFrame(body(), /* endStream= */ true), ctx.voidPromise());
            }
            ReferenceCountUtil.release(message);
        }
    }

    /** Ours: an object for each stream. */
    private final class Answers extends FrameConnection {

        Answers(Http2Limits limits) {
            super(Side.SERVER, limits);
        }

        @Override
        protected FrameStream opened() {
            return new Answer(this);
        }
    }

    private final class Answer extends FrameStream {

        Answer(FrameConnection connection) {
            super(connection);
        }

        @Override
        protected void headers(int id, HeadBlock headers, boolean end) throws Http2Exception {
            HttpHeaders answer = headers.request(end).headers();
            answer.set("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-11f067aa0ba902b7-01");
            answer.set("content-length", Integer.toString(Frames.BODY_BYTES));
            write(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, answer));
            write(new DefaultLastHttpContent(body(), EmptyHttpHeaders.INSTANCE));
            flush();
        }

        @Override
        protected void pack(HttpMessage message, Heads.Packer into) {
            into.response((HttpResponse) message);
        }

        @Override
        protected void content(HttpContent piece) {
            piece.release();
        }

        @Override
        protected void readComplete() {}

        @Override
        protected void writableAgain() {}

        @Override
        protected void resetByPeer(long errorCode) {
            throw new IllegalStateException(Http2Error.valueOf(errorCode).toString());
        }

        @Override
        protected void malformed(String detail) {
            throw new IllegalStateException(detail);
        }

        @Override
        protected void gone() {}
    }
}
