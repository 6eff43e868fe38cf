package io.tracery.proxy.data;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.util.concurrent.ScheduledFuture;
import io.tracery.proxy.http.Downstream;
import io.tracery.proxy.http.Drain;
import io.tracery.proxy.identity.Identity;
import io.tracery.proxy.loop.LoopState;
import io.tracery.proxy.mesh.Listener;
import io.tracery.proxy.mesh.Workload;
import io.tracery.proxy.tcp.TcpRelay;
import io.tracery.proxy.upstream.PeerIdentity;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** From the mesh to the application beside the proxy: what a connection goes through, in order. */
final class InboundStack {

    private static final long GREETING_MILLIS = 300;

    private final LoopState loop;
    private final Listener listener;
    private final Refusals refusals;
    private final Detections detections;

    /** The client was silent for as long as a server's greeting is waited for. */
    private boolean waited;

    InboundStack(LoopState loop, Listener listener, Refusals refusals, Detections detections) {
        this.loop = loop;
        this.listener = listener;
        this.refusals = refusals;
        this.detections = detections;
    }

    void build(Channel channel, @Nullable Identity identity) {
        ChannelPipeline pipeline = channel.pipeline();
        switch (listener.tls()) {
            // 1a. Plain text by configuration: nobody is verified, nobody is known.
            case NONE -> understand(pipeline, Workload.UNKNOWN, /* mutualTls= */ false);
            // 1b. Mutual TLS or nothing. Without an identity of our own there is nothing: fail closed.
            case STRICT -> {
                if (identity == null) {
                    refusals.noIdentity();
                    channel.close();
                } else {
                    pipeline.addLast("tls", handshake(identity, channel));
                    pipeline.addLast("peer", new Peer());
                }
            }
            // 1c. Callers outside the mesh may come in plain text; the first byte tells (0x16 begins a TLS handshake).
            case PERMISSIVE -> {
                if (identity == null) {
                    understand(pipeline, Workload.UNKNOWN, /* mutualTls= */ false);
                } else {
                    pipeline.addLast("tls or not", new TlsOrNot(identity));
                    pipeline.addLast("peer", new Peer());
                }
            }
        }
    }

    /** 3. The bytes are in clear and the peer is known: HTTP, each exchange as in package http, or opaque bytes. */
    private void understand(ChannelPipeline pipeline, Workload peer, boolean mutualTls) {
        Downstream downstream =
                new Downstream(loop, listener, peer, mutualTls, OutboundStack.source(pipeline.channel()));
        switch (listener.handler()) {
            case Listener.Handler.Http http -> new HttpStack(downstream, refusals).addTo(pipeline);
            case Listener.Handler.Tcp tcp -> pipeline.addLast("relay", new TcpRelay(downstream));
            case Listener.Handler.Tls tls ->
                pipeline.addLast("server name", new ServerNameReader(downstream, refusals));
            case Listener.Handler.Auto auto ->
                new HttpStack(downstream, refusals)
                        .detect(pipeline, detections, waited ? Duration.ZERO : auto.greeting());
        }
    }

    /** 2. The handshake has verified the chain; here the peer gets its name, or is turned away. */
    private final class Peer extends ChannelInboundHandlerAdapter {

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof SslHandshakeCompletionEvent handshake) {
                SslHandler tls = ctx.pipeline().get(SslHandler.class);
                String identity = handshake.isSuccess() && tls != null ? PeerIdentity.of(tls) : "";
                if (handshake.cause() instanceof SslHandshakeTimeoutException) {
                    tooSilent(ctx);
                } else if (identity.isEmpty()) {
                    refusals.unverified();
                    ctx.close();
                } else {
                    admit(ctx, CallerWorkload.of(identity), /* mutualTls= */ true);
                }
            } else if (event == PLAIN) {
                admit(ctx, Workload.UNKNOWN, /* mutualTls= */ false);
            } else if (event == Drain.NOW) {
                ctx.close();
            } else {
                ctx.fireUserEventTriggered(event);
            }
        }

        private void admit(ChannelHandlerContext ctx, Workload peer, boolean mutualTls) {
            ChannelPipeline pipeline = ctx.pipeline();
            understand(pipeline, peer, mutualTls);
            pipeline.remove(this);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }

    /** Says that a connection has no TLS. */
    private static final Object PLAIN = new Object();

    /** Looks at the first byte, which 0x16 is where TLS begins, and takes nothing. */
    private final class TlsOrNot extends ByteToMessageDecoder {

        private static final int HANDSHAKE = 0x16;

        private final Identity identity;
        private @Nullable ScheduledFuture<?> silence;

        TlsOrNot(Identity identity) {
            this.identity = identity;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            // Who speaks TLS begins at once; a silent client of an opaque port may wait for the server's greeting.
            boolean opaque = !listener.handler().splits().isEmpty();
            silence = opaque
                    ? ctx.executor().schedule(() -> waited(ctx), GREETING_MILLIS, TimeUnit.MILLISECONDS)
                    : ctx.executor().schedule(() -> tooSilent(ctx), headTimeoutMillis(), TimeUnit.MILLISECONDS);
        }

        @Override
        protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
            if (in.getUnsignedByte(in.readerIndex()) == HANDSHAKE) {
                ctx.pipeline().addAfter(ctx.name(), "tls", handshake(identity, ctx.channel()));
                ctx.pipeline().remove(this);
            } else {
                plain(ctx);
            }
        }

        private void waited(ChannelHandlerContext ctx) {
            waited = true;
            plain(ctx);
        }

        private void plain(ChannelHandlerContext ctx) {
            ctx.fireUserEventTriggered(PLAIN);
            ctx.pipeline().remove(this);
        }

        @Override
        protected void handlerRemoved0(ChannelHandlerContext ctx) {
            if (silence != null) {
                silence.cancel(false);
            }
        }
    }

    private SslHandler handshake(Identity identity, Channel channel) {
        SslHandler handler = identity.server().newHandler(channel.alloc());
        handler.setHandshakeTimeoutMillis(headTimeoutMillis());
        return handler;
    }

    private long headTimeoutMillis() {
        return loop.limits().headTimeout().toMillis();
    }

    private void tooSilent(ChannelHandlerContext ctx) {
        refusals.silent();
        ctx.close();
    }
}
