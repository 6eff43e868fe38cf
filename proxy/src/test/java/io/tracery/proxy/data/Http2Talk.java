package io.tracery.proxy.data;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.codec.http2.Http2StreamFrame;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client's HTTP/2 stream on which both sides speak when they like. */
final class Http2Talk {

    private final BlockingQueue<Http2Headers> heads = new LinkedBlockingQueue<>();
    private final BlockingQueue<Character> bytes = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();
    private final Channel stream;

    Http2Talk(Channel connection, Http2Headers head) throws InterruptedException {
        stream = new Http2StreamChannelBootstrap(connection)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new Listener());
                    }
                })
                .open()
                .syncUninterruptibly()
                .getNow();
        stream.writeAndFlush(new DefaultHttp2HeadersFrame(head, /* endStream= */ false))
                .sync();
    }

    /** Extended CONNECT (RFC 8441 section 4). */
    static Http2Headers connect(String protocol) {
        return new DefaultHttp2Headers(false)
                .method("CONNECT")
                .scheme("http")
                .authority("cart")
                .path("/chat")
                .set(Http2Headers.PseudoHeaderName.PROTOCOL.value(), protocol)
                .set("sec-websocket-version", "13");
    }

    /** CONNECT as it always was (RFC 9113 section 8.5). */
    static Http2Headers connectTo(String authority) {
        return new DefaultHttp2Headers(false).method("CONNECT").authority(authority);
    }

    /** More headers, where none belong. */
    void trail() {
        stream.writeAndFlush(
                new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().set("x-late", "1"), /* endStream= */ true));
    }

    void say(String text) {
        stream.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1)));
    }

    void end() {
        stream.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.EMPTY_BUFFER, /* endStream= */ true));
    }

    void reset(Http2Error code) {
        stream.writeAndFlush(new DefaultHttp2ResetFrame(code));
    }

    Http2Headers head() throws InterruptedException {
        return given(heads.poll(10, TimeUnit.SECONDS), "no head came");
    }

    /** The next bytes of the other side's. */
    String hear(int count) throws InterruptedException {
        StringBuilder text = new StringBuilder();
        while (text.length() < count) {
            text.append(given(bytes.poll(10, TimeUnit.SECONDS), "only this came: " + text)
                    .charValue());
        }
        return text.toString();
    }

    /** What ended it: {@code end}, {@code reset CODE} or {@code closed}. */
    String ended() throws InterruptedException {
        return given(ends.poll(10, TimeUnit.SECONDS), "it has not ended");
    }

    private static <T> T given(@Nullable T found, String otherwise) {
        if (found == null) {
            throw new AssertionError(otherwise);
        }
        return found;
    }

    private final class Listener extends SimpleChannelInboundHandler<Http2StreamFrame> {

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, Http2StreamFrame frame) {
            boolean end = false;
            if (frame instanceof Http2HeadersFrame headers) {
                heads.add(headers.headers());
                end = headers.isEndStream();
            } else if (frame instanceof Http2DataFrame data) {
                data.content().toString(StandardCharsets.ISO_8859_1).chars().forEach(c -> bytes.add((char) c));
                end = data.isEndStream();
            }
            if (end) {
                ends.add("end");
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
            if (event instanceof Http2ResetFrame reset) {
                ends.add("reset " + reset.errorCode());
            }
            super.userEventTriggered(ctx, event);
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            ends.add("closed");
        }
    }
}
