package io.tracery.proxy.data;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.OptionalSslHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.tracery.proxy.http.Downstream;
import io.tracery.proxy.identity.Identity;
import io.tracery.proxy.loop.LoopState;
import io.tracery.proxy.mesh.Listener;
import io.tracery.proxy.mesh.MeshSnapshots;
import io.tracery.proxy.mesh.Workload;
import io.tracery.proxy.tcp.TcpRelay;
import io.tracery.proxy.upstream.PeerIdentity;
import org.jspecify.annotations.Nullable;

/** From the mesh to the application beside the proxy: what a connection goes through, in order. */
final class InboundStack {

    private final LoopState loop;
    private final MeshSnapshots snapshots;
    private final Listener listener;
    private final Refusals refusals;

    InboundStack(LoopState loop, MeshSnapshots snapshots, Listener listener, Refusals refusals) {
        this.loop = loop;
        this.snapshots = snapshots;
        this.listener = listener;
        this.refusals = refusals;
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
                    pipeline.addLast("tls", identity.server().newHandler(channel.alloc()));
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
        Downstream downstream = new Downstream(loop, snapshots, listener, peer, mutualTls);
        switch (listener.handler()) {
            case Listener.Handler.Http http -> new HttpStack(downstream).addTo(pipeline);
            case Listener.Handler.Tcp tcp -> pipeline.addLast("relay", new TcpRelay(downstream));
        }
    }

    /** 2. The handshake has verified the chain; here the peer gets its name, or is turned away. */
    private final class Peer extends ChannelInboundHandlerAdapter {

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof SslHandshakeCompletionEvent handshake) {
                SslHandler tls = ctx.pipeline().get(SslHandler.class);
                String identity = handshake.isSuccess() && tls != null ? PeerIdentity.of(tls) : "";
                if (identity.isEmpty()) {
                    refusals.unverified();
                    ctx.close();
                } else {
                    admit(ctx, CallerWorkload.of(identity), /* mutualTls= */ true);
                }
            } else if (event == PLAIN) {
                admit(ctx, Workload.UNKNOWN, /* mutualTls= */ false);
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

    private static final Object PLAIN = new Object();

    private static final class TlsOrNot extends OptionalSslHandler {

        private final Identity identity;

        TlsOrNot(Identity identity) {
            super(identity.server());
            this.identity = identity;
        }

        @Override
        protected SslHandler newSslHandler(ChannelHandlerContext ctx, SslContext context) {
            return identity.server().newHandler(ctx.alloc());
        }

        @Override
        protected @Nullable ChannelHandler newNonSslHandler(ChannelHandlerContext ctx) {
            ctx.fireUserEventTriggered(PLAIN);
            return null;
        }
    }
}
