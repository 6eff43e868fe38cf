package io.tracery.proxy.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/** A client's HTTP/2 stream: one exchange. */
public final class Http2Stream extends ChannelInboundHandlerAdapter implements Client {

    private final Downstream downstream;

    private @Nullable ChannelHandlerContext context;
    private @Nullable HttpRelay relay;
    private boolean requestComplete;
    private boolean answerComplete;
    private boolean ended;

    public Http2Stream(Downstream downstream) {
        this.downstream = downstream;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        requestComplete |= message instanceof LastHttpContent;
        if (message instanceof HttpRequest request && relay == null && !ended) {
            HttpRelay begun = Intake.begin(downstream, request, /* http2= */ true, this);
            if (begun != null) {
                relay = begun;
                begun.start();
            }
        }
        if (message instanceof FullHttpRequest whole && relay != null) {
            // Its head has gone its way already; what is left is the end of the body.
            relay.requestPiece(new DefaultLastHttpContent(whole.content(), whole.trailingHeaders()));
        } else if (message instanceof HttpContent content && relay != null) {
            relay.requestPiece(content);
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (relay != null) {
            relay.flushRequest();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (relay != null) {
            relay.clientWritable();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof Http2ResetFrame && relay != null) {
            relay.clientGone();
        }
        ReferenceCountUtil.release(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (relay != null) {
            relay.clientGone();
        }
    }

    /** What came is not HTTP/2 as RFC 9113 section 8.1.1 wants it: the stream is reset and the request counts. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (relay != null) {
            relay.clientMalformed(String.valueOf(cause.getMessage()));
        } else if (!ended) {
            ended = true;
            Intake.unanswerable(downstream);
            ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.PROTOCOL_ERROR));
        }
        ctx.close();
    }

    @Override
    public void write(HttpObject piece) {
        if (piece instanceof HttpResponse head) {
            // HTTP/2 has frames for this; the header would be an error (RFC 9113 section 8.2.2).
            head.headers().remove(HttpHeaderNames.TRANSFER_ENCODING);
            answerComplete = piece instanceof LastHttpContent && head.status().code() >= 200;
        } else {
            answerComplete = piece instanceof LastHttpContent;
        }
        stream().write(piece);
    }

    @Override
    public void interim(HttpResponse interim) {
        if (interim.status().code() == HttpResponseStatus.CONTINUE.code()) {
            stream().writeAndFlush(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
        }
    }

    @Override
    public void flush() {
        stream().flush();
    }

    @Override
    public boolean writable() {
        return stream().channel().isWritable();
    }

    @Override
    public void reading(boolean on) {
        if (stream().channel().config().isAutoRead() != on) {
            stream().channel().config().setAutoRead(on);
        }
    }

    @Override
    public void over(boolean answered) {
        relay = null;
        ended = true;
        if (!answerComplete) {
            stream().writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.INTERNAL_ERROR));
        } else if (!requestComplete) {
            // The rest of the request is not wanted (RFC 9113 section 8.1).
            stream().writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR));
        }
    }

    private ChannelHandlerContext stream() {
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            throw new IllegalStateException("used before it was added to a pipeline");
        }
        return ctx;
    }
}
