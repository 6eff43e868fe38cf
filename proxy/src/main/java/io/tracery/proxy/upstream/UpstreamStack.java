package io.tracery.proxy.upstream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.SslHandler;
import io.tracery.proxy.http1.Http1ClientCodec;
import org.jspecify.annotations.Nullable;

/** What a connection to an endpoint goes through, in order; the counterpart of the inbound and outbound stacks. */
final class UpstreamStack {

    private UpstreamStack() {}

    /** 1. TLS before any byte of a request; the peer's name is checked when the handshake is over. */
    static ChannelInitializer<Channel> connecting(@Nullable SslHandler tls) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                if (tls != null) {
                    channel.pipeline().addLast("tls", tls).addLast("handshake", new HandshakeErrors());
                }
            }
        };
    }

    /** 2a. HTTP/1.1: messages, then whoever holds the connection for one request. */
    static void http1(Channel channel, Limits limits, UpstreamHandler holder) {
        channel.pipeline()
                .addLast("http1", new Http1ClientCodec(limits.http1()))
                .addLast("upstream", holder);
    }

    /** 2b. HTTP/2: frames, and the streams they belong to. */
    static void http2(Channel channel, Http2Upstream connection) {
        channel.pipeline().addLast("http2", connection);
    }

    /** What goes wrong in a handshake is told by its future; later errors go on to whoever stands behind. */
    private static final class HandshakeErrors extends ChannelInboundHandlerAdapter {

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            if (!ctx.equals(ctx.pipeline().lastContext())) {
                ctx.fireExceptionCaught(cause);
            }
        }
    }
}
