package io.tracery.proxy.data;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.tracery.proxy.http.Downstream;
import io.tracery.proxy.http.Drain;
import io.tracery.proxy.identity.Identity;
import io.tracery.proxy.loop.LoopState;
import io.tracery.proxy.mesh.Listener;
import io.tracery.proxy.mesh.Workload;
import io.tracery.proxy.tcp.TcpRelay;
import io.tracery.proxy.upstream.PeerIdentity;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * From the mesh to the application beside the proxy: what a connection goes through, in order. {@link OutboundStack} lists what
 * each exchange goes through then.
 */
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
                    pipeline.addLast("tls or not", tlsOrNot(identity, channel));
                    pipeline.addLast("peer", new Peer());
                }
            }
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
            } else if (TlsOrNot.PLAIN.equals(event)) {
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

    private SslHandler handshake(Identity identity, Channel channel) {
        SslHandler handler = identity.server().newHandler(channel.alloc());
        handler.setHandshakeTimeoutMillis(headTimeoutMillis());
        return handler;
    }

    /** Who speaks TLS begins at once; a silent client of an opaque port may wait for the server's greeting. */
    private TlsOrNot tlsOrNot(Identity identity, Channel channel) {
        boolean opaque = !listener.handler().splits().isEmpty();
        return opaque
                ? new TlsOrNot(() -> handshake(identity, channel), GREETING_MILLIS, this::waited)
                : new TlsOrNot(() -> handshake(identity, channel), headTimeoutMillis(), this::tooSilent);
    }

    private void waited(ChannelHandlerContext ctx) {
        waited = true;
        TlsOrNot.plain(ctx);
    }

    private long headTimeoutMillis() {
        return loop.limits().headTimeout().toMillis();
    }

    private void tooSilent(ChannelHandlerContext ctx) {
        refusals.silent();
        ctx.close();
    }
}
