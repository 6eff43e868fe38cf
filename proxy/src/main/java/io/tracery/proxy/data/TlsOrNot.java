package io.tracery.proxy.data;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Looks at the first byte, which 0x16 is where TLS begins, and takes nothing. Where it is something else, {@link #PLAIN} is fired. */
final class TlsOrNot extends ByteToMessageDecoder {

    /** Says that a connection has no TLS. */
    static final Object PLAIN = new Object();

    private static final int HANDSHAKE = 0x16;

    private final Supplier<SslHandler> tls;
    private final long patienceMillis;
    private final Consumer<ChannelHandlerContext> onSilence;
    private @Nullable ScheduledFuture<?> silence;

    /** @param onSilence called where nothing came for so long */
    TlsOrNot(Supplier<SslHandler> tls, long patienceMillis, Consumer<ChannelHandlerContext> onSilence) {
        this.tls = tls;
        this.patienceMillis = patienceMillis;
        this.onSilence = onSilence;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        silence = ctx.executor().schedule(() -> onSilence.accept(ctx), patienceMillis, TimeUnit.MILLISECONDS);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (in.getUnsignedByte(in.readerIndex()) == HANDSHAKE) {
            ctx.pipeline().addAfter(ctx.name(), "tls", tls.get());
            ctx.pipeline().remove(this);
        } else {
            plain(ctx);
        }
    }

    /** Takes it for plain text, and goes. */
    static void plain(ChannelHandlerContext ctx) {
        ctx.fireUserEventTriggered(PLAIN);
        ctx.pipeline().remove(ctx.handler());
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext ctx) {
        if (silence != null) {
            silence.cancel(false);
        }
    }
}
