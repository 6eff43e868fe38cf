package io.tracery.proxy.data;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.ScheduledFuture;
import io.tracery.proxy.http.Drain;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tells HTTP/2 from HTTP/1 by the connection preface (RFC 9113 section 3.4). It looks and takes nothing: whoever comes
 * after it sees every byte.
 */
final class ProtocolDetector extends ByteToMessageDecoder {

    private final Choice choice;
    private final Duration patience;
    private final Refusals refusals;
    private @Nullable ScheduledFuture<?> silence;

    /** Puts the handlers of the protocol into the pipeline. */
    interface Choice {
        void http1(ChannelHandlerContext after);

        void http2(ChannelHandlerContext after);
    }

    /** @param patience how long a client may take until it is clear what it speaks */
    ProtocolDetector(Choice choice, Duration patience, Refusals refusals) {
        this.choice = choice;
        this.patience = patience;
        this.refusals = refusals;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        silence = ctx.executor()
                .schedule(
                        () -> {
                            refusals.silent();
                            ctx.close();
                        },
                        patience.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event == Drain.NOW) {
            ctx.close();
        } else {
            super.userEventTriggered(ctx, event);
        }
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext ctx) {
        if (silence != null) {
            silence.cancel(false);
        }
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        switch (Opening.ofHttp(in)) {
            case UNDECIDED -> {}
            case HTTP_2 -> {
                choice.http2(ctx);
                ctx.pipeline().remove(this);
            }
            case HTTP_1, TLS, OPAQUE, SERVER_FIRST -> {
                choice.http1(ctx);
                ctx.pipeline().remove(this);
            }
        }
    }
}
