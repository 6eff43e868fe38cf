package io.tracery.proxy.data;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.concurrent.ScheduledFuture;
import io.tracery.proxy.http.Downstream;
import io.tracery.proxy.http.Drain;
import io.tracery.proxy.tcp.ClientHello;
import io.tracery.proxy.tcp.TcpRelay;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what a connection to a port of undeclared protocol speaks, and takes none of its bytes.
 *
 * <pre>
 *   listening ──client's bytes──▶ decided
 *       │ silence, or a server known to speak first
 *       ▼
 *   listening, an endpoint being connected ──client's bytes, server's bytes, either's end──▶ decided
 * </pre>
 *
 * Whoever speaks first decides. Decided for HTTP, the connection to the endpoint is given up: nothing was sent on it, and it
 * counts for nothing. Decided for opaque bytes, it is the exchange.
 */
final class OpeningDetector extends ByteToMessageDecoder implements TcpRelay.Speculation {

    private final Downstream downstream;
    private final HttpStack http;
    private final Detections detections;
    private final Duration greeting;
    private final String name;

    private @Nullable ChannelHandlerContext context;
    private @Nullable ScheduledFuture<?> silence;
    private @Nullable ScheduledFuture<?> late;
    private @Nullable TcpRelay relay;
    private boolean decided;
    private String serverName = "";

    /** @param greeting how long a client may be silent before its server is asked whether it has something to say */
    OpeningDetector(Downstream downstream, HttpStack http, Detections detections, Duration greeting) {
        this.downstream = downstream;
        this.http = http;
        this.detections = detections;
        this.greeting = greeting;
        this.name = downstream.listener().name();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        if (greeting.isZero() || detections.latest(name) == Opening.SERVER_FIRST) {
            speculate(ctx);
        } else {
            silence = ctx.executor().schedule(() -> speculate(ctx), greeting.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void speculate(ChannelHandlerContext ctx) {
        if (!decided && relay == null) {
            relay = TcpRelay.speculative(downstream, this);
            ctx.pipeline().addAfter(ctx.name(), "relay", relay);
        }
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (decided) {
            return;
        }
        Opening opening = Opening.of(in);
        switch (opening) {
            case UNDECIDED -> awaitRest(ctx);
            case HTTP_1, HTTP_2 -> understand(ctx, opening);
            case TLS -> {
                // As much of it as there is: nobody waits for a name that nothing depends on.
                serverName = ClientHello.in(in).serverName();
                pass(ctx, opening);
            }
            case OPAQUE, SERVER_FIRST -> pass(ctx, opening);
        }
    }

    /** Who has begun to say something may take as long as a head may; then it is passed on as it is. */
    private void awaitRest(ChannelHandlerContext ctx) {
        if (late == null) {
            long millis = downstream.loop().limits().headTimeout().toMillis();
            late = ctx.executor().schedule(() -> pass(ctx, Opening.OPAQUE), millis, TimeUnit.MILLISECONDS);
        }
    }

    // ---- verdicts ----

    private void understand(ChannelHandlerContext ctx, Opening opening) {
        decided = true;
        detections.found(name, opening, greeting.toMillis());
        giveUp(ctx);
        // What a client means that ends its side is for the protocol to say.
        ctx.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
        HttpStack known = http.detectedBy(opening);
        if (opening == Opening.HTTP_2) {
            known.http2(ctx);
        } else {
            known.http1(ctx);
        }
        ctx.pipeline().remove(this);
    }

    private void pass(ChannelHandlerContext ctx, Opening opening) {
        if (!decided) {
            detections.found(name, opening, greeting.toMillis());
            pass(ctx, downstream.detectedBy(opening.label()));
        }
    }

    private void pass(ChannelHandlerContext ctx, Downstream known) {
        decided = true;
        if (relay == null) {
            ctx.pipeline().addAfter(ctx.name(), "relay", TcpRelay.named(known, serverName));
        } else {
            relay.confirm(known, serverName);
        }
        ctx.pipeline().remove(this);
    }

    private void giveUp(ChannelHandlerContext ctx) {
        if (relay != null) {
            relay.giveUp();
            ctx.pipeline().remove(relay);
            relay = null;
        }
    }

    // ---- the server's side ----

    @Override
    public void serverSpoke() {
        if (context != null) {
            pass(context, Opening.SERVER_FIRST);
        }
    }

    @Override
    public void serverEnded() {
        if (context != null && !decided) {
            pass(context, downstream);
        }
    }

    // ---- the client's end ----

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        boolean ends = event instanceof ChannelInputShutdownEvent || event instanceof SslCloseCompletionEvent;
        if (event == Drain.NOW && !decided) {
            abandon(ctx);
        } else if (ends && !decided) {
            if (actualReadableBytes() > 0) {
                pass(ctx, Opening.OPAQUE);
            } else if (relay == null && detections.latest(name).http()) {
                // A connection that was opened ahead and not used.
                abandon(ctx);
            } else {
                pass(ctx, downstream);
            }
            ctx.fireUserEventTriggered(event);
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    private void abandon(ChannelHandlerContext ctx) {
        decided = true;
        detections.gone(name);
        giveUp(ctx);
        ctx.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        if (!decided && relay == null) {
            detections.gone(name);
        }
        decided = true;
        super.channelInactive(ctx);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (relay == null) {
            ctx.close();
        } else {
            ctx.fireExceptionCaught(cause);
        }
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext ctx) {
        if (silence != null) {
            silence.cancel(false);
        }
        if (late != null) {
            late.cancel(false);
        }
    }
}
