package io.tracery.proxy.data;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.ScheduledFuture;
import io.tracery.proxy.http.Downstream;
import io.tracery.proxy.http.Drain;
import io.tracery.proxy.tcp.ClientHello;
import io.tracery.proxy.tcp.TcpRelay;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Waits until a connection has said whom its TLS asks for, takes none of its bytes, and joins it to an endpoint then. */
final class ServerNameReader extends ByteToMessageDecoder {

    private final Downstream downstream;
    private final Refusals refusals;
    private @Nullable ScheduledFuture<?> silence;

    ServerNameReader(Downstream downstream, Refusals refusals) {
        this.downstream = downstream;
        this.refusals = refusals;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        long patience = downstream.loop().limits().headTimeout().toMillis();
        silence = ctx.executor()
                .schedule(
                        () -> {
                            refusals.silent();
                            ctx.close();
                        },
                        patience,
                        TimeUnit.MILLISECONDS);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        ClientHello hello = ClientHello.in(in);
        if (hello.known()) {
            join(ctx, hello.serverName());
        }
    }

    private void join(ChannelHandlerContext ctx, String serverName) {
        ctx.pipeline().addAfter(ctx.name(), "relay", TcpRelay.named(downstream, serverName));
        ctx.pipeline().remove(this);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == Drain.NOW || (event instanceof ChannelInputShutdownEvent && actualReadableBytes() == 0)) {
            ctx.close(); // Nothing was begun.
        } else {
            if (event instanceof ChannelInputShutdownEvent) {
                join(ctx, ""); // It has said all that it will, which is no ClientHello.
            }
            ctx.fireUserEventTriggered(event);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext ctx) {
        if (silence != null) {
            silence.cancel(false);
        }
    }
}
