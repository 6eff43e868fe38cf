package io.tracery.proxy.data;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.util.ReferenceCountUtil;
import io.tracery.proxy.http.Downstream;
import io.tracery.proxy.http.Drain;
import io.tracery.proxy.http.Http1Connection;
import io.tracery.proxy.http.Http2Stream;
import io.tracery.proxy.http.StrictServerCodec;
import io.tracery.proxy.upstream.Limits;

/** The part of both stacks that understands HTTP: from the first byte in clear to whole exchanges. */
final class HttpStack implements ProtocolDetector.Choice {

    private static final int WINDOW_BYTES = 256 * 1024;

    private final Downstream downstream;
    private final Limits limits;

    HttpStack(Downstream downstream) {
        this.downstream = downstream;
        this.limits = downstream.loop().limits();
    }

    /** Puts the detector at the end; the protocol's handlers follow when the first bytes are there. */
    void addTo(ChannelPipeline pipeline) {
        pipeline.addLast("protocol", new ProtocolDetector(this));
    }

    @Override
    public void http1(ChannelHandlerContext after) {
        after.pipeline()
                .addLast("http1", new StrictServerCodec(limits))
                .addLast("exchanges", new Http1Connection(downstream));
    }

    @Override
    public void http2(ChannelHandlerContext after) {
        after.pipeline()
                .addLast(
                        "http2",
                        Http2FrameCodecBuilder.forServer()
                                .initialSettings(Http2Settings.defaultSettings()
                                        .maxConcurrentStreams(limits.maxStreamsPerConnection())
                                        .initialWindowSize(WINDOW_BYTES)
                                        .maxHeaderListSize(limits.maxHeaderBytes()))
                                .validateHeaders(true)
                                .build())
                .addLast("streams", new Http2MultiplexHandler(new Streams()))
                .addLast("connection", new Http2Connection());
    }

    /** A stream is an exchange. */
    private final class Streams extends ChannelInitializer<Channel> {

        @Override
        public boolean isSharable() {
            return true;
        }

        @Override
        protected void initChannel(Channel stream) {
            stream.pipeline()
                    .addLast("http", new Http2StreamFrameToHttpObjectCodec(true))
                    .addLast("exchange", new Http2Stream(downstream));
        }
    }

    /** What concerns the connection and no stream of it. */
    private static final class Http2Connection extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object frame) {
            ReferenceCountUtil.release(frame);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event == Drain.NOW) {
                // Sends GOAWAY and closes when the streams that are open have ended.
                ctx.close();
            }
            ReferenceCountUtil.release(event);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
