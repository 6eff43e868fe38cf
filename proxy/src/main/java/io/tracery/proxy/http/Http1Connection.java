package io.tracery.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.tracery.proxy.http.Intake.Version;
import io.tracery.proxy.http1.Complaint;
import io.tracery.proxy.http1.Framing;
import io.tracery.proxy.http1.Http1ServerCodec;
import io.tracery.proxy.loop.Swept;
import io.tracery.proxy.upstream.ConnectionReset;
import io.tracery.proxy.upstream.Limits;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A client's HTTP/1.1 connection: one exchange after the other, pipelined requests answered in their order. Between
 * requests it is closed when nothing comes; within a request's head when it comes too slowly.
 */
public final class Http1Connection extends ChannelInboundHandlerAdapter implements Client, Swept {

    /** Requests that a client sends ahead are read no further than this. */
    private static final int MOST_QUEUED = 64;

    private static final int MOST_DISCARDED_BYTES = 64 * 1024;

    private final Downstream downstream;
    private final Http1ServerCodec codec;
    private final Supplier<Http2Connection> http2;
    private final Limits limits;
    private final ArrayDeque<HttpObject> queued = new ArrayDeque<>();

    // Set when the handler is added, before anything is read.
    private @Nullable ChannelHandlerContext context;

    // The exchange under way, if any.
    private @Nullable HttpRelay relay;
    private boolean requestComplete = true;
    private boolean discarding;
    private int discardedBytes;
    private @Nullable Http2Upgrade upgrade;
    private boolean keepAlive = true;
    private boolean http10;
    private HttpMethod askedMethod = HttpMethod.GET;
    /** The answer under way ends with the connection, and so does its tunnel. */
    private boolean endless;

    private boolean draining;
    private boolean closing;
    private boolean busy;
    private boolean unread;

    private long waitingSince;
    private long headSince;

    /**
     * @param codec the handler before this one
     * @param http2 makes what takes over where a client offers HTTP/2
     */
    public Http1Connection(Downstream downstream, Http1ServerCodec codec, Supplier<Http2Connection> http2) {
        this.downstream = downstream;
        this.codec = codec;
        this.http2 = http2;
        this.limits = downstream.loop().limits();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        mayHalfClose(!secured());
        downstream.loop().add(this);
        waitingSince = now();
    }

    // ---- from the client ----

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof HttpObject piece) || closing) {
            ReferenceCountUtil.release(message);
            return;
        }
        queued.addLast(piece);
        work();
        if (queued.size() >= MOST_QUEUED) {
            ctx.channel().config().setAutoRead(false);
        }
    }

    /** Takes what is queued as far as the exchange under way allows. Not reentrant: {@link #over} may be called within. */
    private void work() {
        if (busy) {
            return;
        }
        busy = true;
        while (!queued.isEmpty() && !closing && mayTake()) {
            take(queued.removeFirst());
        }
        busy = false;
    }

    /** A client that does not read its answers is asked for no more requests: answers that wait would have no bound. */
    private boolean mayTake() {
        if (!requestComplete) {
            return true;
        }
        unread = !channel().channel().isWritable();
        return relay == null && !unread;
    }

    private void take(HttpObject piece) {
        if (piece.decoderResult().isFailure()) {
            Throwable cause = piece.decoderResult().cause();
            String detail = String.valueOf(cause.getMessage());
            ReferenceCountUtil.release(piece);
            closing = true;
            if (relay != null) {
                relay.clientMalformed(detail);
            } else {
                keepAlive = false;
                Intake.malformed(downstream, this, Complaint.of(cause), detail);
            }
        } else if (piece instanceof HttpRequest request) {
            requestComplete = false;
            headSince = 0;
            keepAlive = HttpUtil.isKeepAlive(request);
            askedMethod = request.method();
            http10 = request.protocolVersion().equals(HttpVersion.HTTP_1_0);
            upgrade = !codec.asksToSwitch() || draining || secured() ? null : Http2Upgrade.offered(request);
            if (upgrade == null) {
                busyWith(request);
            }
        } else if (piece instanceof HttpContent content) {
            requestComplete = content instanceof LastHttpContent;
            if (relay != null) {
                relay.requestPiece(content);
            } else if (upgrade != null) {
                // Not from within the reading of the bytes that what takes over must see.
                ReferenceCountUtil.release(content);
                channel().executor().execute(this::upgrade);
            } else {
                discard(content);
            }
        }
    }

    private void busyWith(HttpRequest request) {
        HttpRelay begun = Intake.begin(downstream, request, Version.HTTP1, this);
        if (begun != null) {
            relay = begun;
            begun.start();
        }
    }

    private boolean secured() {
        return channel().pipeline().get(SslHandler.class) != null;
    }

    /** HTTP/2 takes over, with the request that offered it as its first. */
    private void upgrade() {
        Http2Upgrade offered = upgrade;
        if (offered == null) {
            return;
        }
        upgrade = null;
        ChannelHandlerContext ctx = channel();
        ChannelPipeline pipeline = ctx.pipeline();
        Http2Connection next = http2.get();
        ctx.write(Http2Upgrade.accepted());
        ByteBuf rest = codec.rest();
        pipeline.addLast("http2", next).remove(this);
        pipeline.remove(codec);
        next.upgraded(offered);
        ctx.channel().config().setAutoRead(true);
        if (rest != null) {
            // Handlers that are still before it take no part in plain text.
            pipeline.fireChannelRead(rest);
            pipeline.fireChannelReadComplete();
        }
    }

    /** The rest of a request that was answered early: let it pass, within a bound, to keep the connection. */
    private void discard(HttpContent content) {
        discardedBytes += content.content().readableBytes();
        boolean last = content instanceof LastHttpContent;
        ReferenceCountUtil.release(content);
        if (last) {
            discarding = false;
            discardedBytes = 0;
            afterExchange();
        } else if (discardedBytes > MOST_DISCARDED_BYTES) {
            closeAfterWrites();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (relay != null) {
            relay.flushRequest();
        } else if (headSince == 0 && codec.headBegun()) {
            headSince = now();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (relay != null) {
            relay.clientWritable();
        } else if (unread && ctx.channel().isWritable()) {
            // Told from within a write.
            ctx.executor().execute(this::takeAgain);
        }
    }

    private void takeAgain() {
        if (unread && relay == null && !closing) {
            unread = false;
            afterExchange();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == Drain.NOW) {
            draining = true;
            if (relay == null && !discarding) {
                closeAfterWrites();
            }
        } else if (event == ChannelInputShutdownEvent.INSTANCE && !closing && !lastIsAsked()) {
            ctx.close();
        }
        ReferenceCountUtil.release(event);
    }

    /**
     * Whether a client that has ended its side has asked a last request, whole, and said that it was. It has then said the
     * same twice and waits for its answers (RFC 9112 section 9.6); whoever meant to keep the connection has given up.
     */
    private boolean lastIsAsked() {
        boolean whole = requestComplete;
        boolean last = !keepAlive;
        for (HttpObject piece : queued) {
            if (piece instanceof HttpRequest request) {
                last = !HttpUtil.isKeepAlive(request);
            }
            whole = piece instanceof LastHttpContent;
        }
        return last && whole;
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        closing = true;
        if (upgrade != null) {
            // It was asked all the same, and is counted.
            HttpRequest asked = upgrade.request();
            upgrade = null;
            busyWith(asked);
        }
        if (relay != null) {
            relay.clientGone();
        }
        queued.forEach(ReferenceCountUtil::release);
        queued.clear();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        downstream.loop().remove(this);
        mayHalfClose(false);
    }

    private void mayHalfClose(boolean allowed) {
        channel().channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, allowed);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (relay != null && cause instanceof IOException) {
            relay.clientReset(Switching.brokenOff(askedMethod));
        }
        ctx.close();
    }

    // ---- to the client ----

    @Override
    public void write(HttpObject piece) {
        if (piece instanceof HttpResponse head) {
            endless = false;
            if (Switching.done(askedMethod, head)) {
                endless = true;
                // What both sides say from here on is one body each, without an end of its own.
                requestComplete = false;
                keepAlive = false;
            } else if (head.status().code() >= 200) {
                frame(head);
            }
        }
        channel().write(piece, channel().voidPromise());
    }

    /** Says how the body ends, in the words that this client knows. */
    private void frame(HttpResponse head) {
        boolean chunked = HttpUtil.isTransferEncodingChunked(head);
        boolean sized = head.headers().contains(HttpHeaderNames.CONTENT_LENGTH);
        boolean bodiless = Framing.bodiless(askedMethod, head.status().code());
        if (head.status().code() == 204) {
            head.headers().remove(HttpHeaderNames.CONTENT_LENGTH).remove(HttpHeaderNames.TRANSFER_ENCODING);
        }
        if (head instanceof FullHttpResponse full && !sized && !chunked && !bodiless) {
            head.headers().set(HttpHeaderNames.CONTENT_LENGTH, full.content().readableBytes());
        } else if (http10 && (chunked || !sized) && !bodiless) {
            head.headers().remove(HttpHeaderNames.TRANSFER_ENCODING);
            keepAlive = false;
            endless = true;
        } else if (!sized && !chunked && !bodiless) {
            head.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
        keepAlive &= !draining && !closing && !downstream.loop().memory().high();
        if (!keepAlive) {
            head.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        } else if (http10) {
            head.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        }
    }

    /** HTTP/1.0 knows no such answers. */
    @Override
    public void interim(HttpResponse interim) {
        if (!http10) {
            channel()
                    .write(new DefaultFullHttpResponse(
                            HttpVersion.HTTP_1_1,
                            interim.status(),
                            Unpooled.EMPTY_BUFFER,
                            interim.headers(),
                            EmptyHttpHeaders.INSTANCE));
            flush();
        }
    }

    @Override
    public void flush() {
        channel().flush();
    }

    @Override
    public boolean writable() {
        return channel().channel().isWritable();
    }

    /** While there is an exchange that is asked. */
    @Override
    public double pace(long nowNanos) {
        return relay == null && !writable() ? 0 : Double.POSITIVE_INFINITY;
    }

    @Override
    public void drop() {
        Swept.cut(channel().channel());
    }

    @Override
    public void reading(boolean on) {
        if (channel().channel().config().isAutoRead() != on && queued.size() < MOST_QUEUED) {
            channel().channel().config().setAutoRead(on);
        }
    }

    @Override
    public void over(boolean answered) {
        relay = null;
        // What is left of this exchange, its last bytes or the rest of its request, has the time of a wait for the
        // next.
        waitingSince = now();
        if (!answered && endless) {
            closing = true;
            ConnectionReset.afterWrites(channel().channel());
        } else if (!answered || !keepAlive) {
            closeAfterWrites();
        } else if (requestComplete) {
            afterExchange();
        } else {
            discarding = true;
            reading(true);
        }
    }

    private void afterExchange() {
        waitingSince = now();
        if (draining) {
            closeAfterWrites();
            return;
        }
        if (!channel().channel().config().isAutoRead() && queued.size() < MOST_QUEUED) {
            channel().channel().config().setAutoRead(true);
        }
        work();
        if (relay != null) {
            relay.flushRequest();
        }
    }

    private void closeAfterWrites() {
        closing = true;
        channel().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    /** Closes it where a request's head comes too slowly, or nothing comes at all. */
    @Override
    public void sweep(long nowNanos) {
        if (relay != null) {
            return;
        }
        boolean slow = !discarding
                && queued.isEmpty()
                && headSince != 0
                && nowNanos - headSince > limits.headTimeout().toNanos();
        if (slow && !closing) {
            closing = true;
            keepAlive = false;
            Intake.malformed(downstream, this, Complaint.LATE, "the request's head did not come in time");
        } else if (nowNanos - waitingSince > limits.idleTimeout().toNanos()) {
            channel().close();
        }
    }

    private long now() {
        return downstream.loop().ticker().nanos();
    }

    private ChannelHandlerContext channel() {
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            throw new IllegalStateException("used before it was added to a pipeline");
        }
        return ctx;
    }
}
