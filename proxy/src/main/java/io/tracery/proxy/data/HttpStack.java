package io.tracery.proxy.data;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.util.ReferenceCountUtil;
import io.tracery.proxy.http.Downstream;
import io.tracery.proxy.http.Drain;
import io.tracery.proxy.http.Http1Connection;
import io.tracery.proxy.http.Http2Stream;
import io.tracery.proxy.http.MalformedStreams;
import io.tracery.proxy.http1.Http1ServerCodec;
import io.tracery.proxy.loop.LoopState;
import io.tracery.proxy.loop.Swept;
import io.tracery.proxy.upstream.Limits;
import org.jspecify.annotations.Nullable;

/** The part of both stacks that understands HTTP: from the first byte in clear to whole exchanges. */
final class HttpStack implements ProtocolDetector.Choice {

    private static final int WINDOW_BYTES = 256 * 1024;
    private static final long NO_TIMEOUT = -1;

    private final Downstream downstream;
    private final Refusals refusals;
    private final Limits limits;

    HttpStack(Downstream downstream, Refusals refusals) {
        this.downstream = downstream;
        this.refusals = refusals;
        this.limits = downstream.loop().limits();
    }

    /** Puts the detector at the end; the protocol's handlers follow when the first bytes are there. */
    void addTo(ChannelPipeline pipeline) {
        pipeline.addLast("protocol", new ProtocolDetector(this, limits.headTimeout(), refusals));
    }

    @Override
    public void http1(ChannelHandlerContext after) {
        Http1ServerCodec codec = new Http1ServerCodec(limits.http1());
        after.pipeline().addLast("http1", codec).addLast("exchanges", new Http1Connection(downstream, codec));
    }

    @Override
    public void http2(ChannelHandlerContext after) {
        MalformedStreams malformed = new MalformedStreams(downstream);
        Http2FrameCodec codec = Http2FrameCodecBuilder.forServer()
                .initialSettings(Http2Settings.defaultSettings()
                        .maxConcurrentStreams(limits.maxStreamsPerConnection())
                        .initialWindowSize(WINDOW_BYTES)
                        .maxHeaderListSize(limits.maxHeaderBytes()))
                .validateHeaders(true)
                .validateRequiredPseudoHeaders(true)
                .frameLogger(malformed)
                // A connection that is closed lets its streams finish; who waits for that has a deadline of its own.
                .gracefulShutdownTimeoutMillis(NO_TIMEOUT)
                .build();
        malformed.on(codec.connection());
        after.pipeline()
                .addLast("http2", codec)
                .addLast("streams", new Http2MultiplexHandler(new Streams()))
                .addLast("connection", new WholeConnection(downstream.loop(), codec.connection()));
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

    /** What concerns the connection and no stream of it: it ends when it has been idle for too long, or is to drain. */
    private static final class WholeConnection extends ChannelInboundHandlerAdapter implements Swept {

        private final LoopState loop;
        private final Http2Connection streams;
        private long idleSince;

        private @Nullable ChannelHandlerContext context;

        WholeConnection(LoopState loop, Http2Connection streams) {
            this.loop = loop;
            this.streams = streams;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            context = ctx;
            idleSince = loop.ticker().nanos();
            loop.add(this);
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext ctx) {
            loop.remove(this);
        }

        @Override
        public void sweep(long nowNanos) {
            if (streams.numActiveStreams() > 0) {
                idleSince = nowNanos;
            } else if (context != null
                    && nowNanos - idleSince > loop.limits().idleTimeout().toNanos()) {
                context.close();
            }
        }

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
