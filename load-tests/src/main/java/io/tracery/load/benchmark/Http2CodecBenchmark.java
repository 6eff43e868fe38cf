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
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
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

    private static final int BODY_BYTES = 1024;
    /** After so many streams comes a new connection, as ids do not last for ever. */
    private static final int STREAMS = 1 << 20;

    private static final int STREAM_ID_AT = 5;

    /** Whose streams. */
    @Param({"tracery", "netty"})
    public String codec = "";

    private EmbeddedChannel channel = new EmbeddedChannel();
    /** A HEADERS frame, and the WINDOW_UPDATE by which the client gives back what the last answer took. */
    private ByteBuf request = Unpooled.EMPTY_BUFFER;

    private final ByteBuf body =
            Unpooled.unreleasableBuffer(Unpooled.directBuffer().writeZero(BODY_BYTES));
    private int streams;

    @Setup
    public void open() throws Http2Exception {
        request = Unpooled.unreleasableBuffer(request());
        connect();
    }

    @TearDown
    public void close() {
        channel.finishAndReleaseAll();
    }

    private void connect() {
        channel.finishAndReleaseAll();
        channel = codec.equals("netty")
                ? new EmbeddedChannel(
                        Http2FrameCodecBuilder.forServer().build(), new Http2MultiplexHandler(new NettyAnswer()))
                : new EmbeddedChannel(new Answers(Http2Limits.of(1000, 32_768)));
        ByteBuf hello = Unpooled.directBuffer().writeBytes(Http2CodecUtil.connectionPrefaceBuf());
        Http2CodecUtil.writeFrameHeader(hello, 0, Http2FrameTypes.SETTINGS, new Http2Flags(), 0);
        channel.writeInbound(hello);
        channel.releaseOutbound();
        streams = 0;
    }

    /** Without HPACK's table of what was sent before, so that the same bytes mean the same each time. */
    private static ByteBuf request() throws Http2Exception {
        Http2Headers headers = new DefaultHttp2Headers()
                .method("GET")
                .scheme("http")
                .authority("checkout:8080")
                .path("/orders/7?full=1")
                .add("user-agent", "benchmark/1")
                .add("accept", "application/json")
                .add("accept-encoding", "gzip")
                .add("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        ByteBuf block = Unpooled.buffer();
        new DefaultHttp2HeadersEncoder(Http2HeadersEncoder.ALWAYS_SENSITIVE).encodeHeaders(1, headers, block);
        ByteBuf frames = Unpooled.directBuffer();
        Http2CodecUtil.writeFrameHeader(
                frames,
                block.readableBytes(),
                Http2FrameTypes.HEADERS,
                new Http2Flags().endOfHeaders(true).endOfStream(true),
                1);
        frames.writeBytes(block);
        Http2CodecUtil.writeFrameHeader(frames, 4, Http2FrameTypes.WINDOW_UPDATE, new Http2Flags(), 0);
        return frames.writeInt(BODY_BYTES);
    }

    @Benchmark
    public int readAndWrite() {
        if (++streams == STREAMS) {
            connect();
        }
        request.setInt(STREAM_ID_AT, 2 * streams + 1);
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
                headers.setInt("content-length", BODY_BYTES);
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
            answer.set("content-length", Integer.toString(BODY_BYTES));
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
