package io.tracery.proxy.upstream;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.HttpObject;
import io.netty.util.ReferenceCountUtil;
import io.tracery.proxy.upstream.UpstreamEvents.Closing;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The last handler of an HTTP/1 connection to an endpoint: hands what happens to the request that holds it. An idle
 * connection that says anything is closed: it has nothing to say.
 */
final class UpstreamHandler extends ChannelInboundHandlerAdapter {

    private @Nullable UpstreamEvents holder;
    private Closing closing = Closing.CLOSED;

    void hold(UpstreamEvents events) {
        holder = events;
    }

    void letGo() {
        holder = null;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        UpstreamEvents events = holder;
        if (events != null && message instanceof HttpObject piece) {
            if (piece.decoderResult().isFailure()) {
                // A head cut short by the end of the connection is a reset, not a mistake.
                if (!(piece.decoderResult().cause() instanceof PrematureChannelClosureException)) {
                    closing = Closing.MALFORMED;
                }
                ReferenceCountUtil.release(message);
                ctx.close();
                return;
            }
            events.received(piece);
        } else {
            ReferenceCountUtil.release(message);
            ctx.close();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        UpstreamEvents events = holder;
        if (events != null) {
            events.readComplete();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        UpstreamEvents events = holder;
        if (events != null) {
            events.writabilityChanged();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        UpstreamEvents events = holder;
        holder = null;
        if (events != null) {
            events.closed(closing);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof SSLException || cause.getCause() instanceof SSLException) {
            closing = Closing.TLS;
        } else if (cause instanceof DecoderException) {
            closing = Closing.MALFORMED;
        }
        ctx.close();
    }
}
