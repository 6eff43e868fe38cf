package io.tracery.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandler;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An HTTP/2 connection's place in a pipeline: its bytes, its beginning and its end. */
abstract class FrameHandler extends ByteToMessageDecoder implements ChannelOutboundHandler {

    private static final int SECONDS_TO_HEAR_WHY = 1;

    /** RFC 9113 section 3.4. */
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final boolean server;
    private final FrameReader reader;
    private final Runnable flush = this::flushNow;

    private @Nullable ChannelHandlerContext context;
    private @Nullable FrameWriter writer;
    private int prefaceBytes;
    private boolean begun;
    private boolean flushing;
    private boolean ended;
    private boolean goAwaySent;
    private int lastServed = Frame.LARGEST_ID;
    private @Nullable ChannelPromise closing;

    @SuppressWarnings("this-escape") // Nothing calls back before the handler is added.
    FrameHandler(boolean server, Http2Limits limits) {
        this.server = server;
        reader = new FrameReader((FrameConnection) this, limits);
    }

    final boolean server() {
        return server;
    }

    /** Writes what is said first. */
    abstract void hello();

    /** Whether the peer has gone too far. */
    abstract void judge() throws Http2Exception;

    /** A mistake that concerns one stream. */
    abstract void streamError(Http2Exception error);

    /** A mistake that ends the connection. */
    abstract void connectionError(Http2Exception error);

    /** Writes what streams have waiting, as far as windows reach. */
    abstract void drain();

    /** Tells streams that they are over, which they must not hear while they write. */
    abstract void tellFinished();

    /** Nothing more comes or goes. */
    abstract void gone();

    /** Told by the last stream, too, once this is to end. */
    abstract boolean unused();

    abstract void writableAgain();

    /** The last stream that the peer has opened. */
    abstract int lastOfPeer();

    // ---- beginning ----

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
        context = ctx;
        writer = new FrameWriter(ctx);
        if (ctx.channel().isActive()) {
            begin();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) throws Exception {
        begin();
        super.channelActive(ctx);
    }

    private void begin() {
        if (!begun) {
            begun = true;
            if (!server) {
                writer().preface(PREFACE);
            }
            hello();
            flushSoon();
        }
    }

    // ---- bytes ----

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        try {
            if (server && prefaceBytes < PREFACE.length && !ended) {
                readPreface(in);
            }
            boolean more = !server || prefaceBytes == PREFACE.length;
            while (more && !ended) {
                more = frame(in);
                judge();
            }
        } catch (Http2Exception e) {
            fail(e);
        }
        if (ended) {
            in.skipBytes(in.readableBytes());
        }
    }

    private boolean frame(ByteBuf in) throws Http2Exception {
        try {
            return reader.read(in);
        } catch (Http2Exception e) {
            if (!Http2Exception.isStreamError(e)) {
                throw e;
            }
            streamError(e);
            return true;
        }
    }

    private void readPreface(ByteBuf in) throws Http2Exception {
        while (prefaceBytes < PREFACE.length && in.isReadable()) {
            if (in.readByte() != PREFACE[prefaceBytes++]) {
                throw Http2Exception.connectionError(Http2Error.PROTOCOL_ERROR, "%s", "not the beginning of HTTP/2");
            }
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        super.channelReadComplete(ctx);
        flushNow();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) throws Exception {
        if (ctx.channel().isWritable()) {
            flushSoon();
            writableAgain();
        }
        super.channelWritabilityChanged(ctx);
    }

    /** Flushes when whatever else is to be written in this turn of the event loop has been. */
    protected final void flushSoon() {
        if (!flushing) {
            flushing = true;
            context().executor().execute(flush);
        }
    }

    final void flushNow() {
        flushing = false;
        drain();
        writer().flush();
        tellFinished();
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        drain();
        writer().passOn();
        ctx.flush();
    }

    /** Asks for a sign of life. */
    protected final void ping(long data) {
        writer().ping(data, 0);
        flushSoon();
    }

    /** The socket takes more. */
    final boolean writable() {
        return context().channel().isWritable();
    }

    // ---- the end ----

    /** No new streams, please. */
    protected final void askForNoMore() {
        goAwaySent = true;
        writer().goAway(Frame.LARGEST_ID, Http2Error.NO_ERROR, "");
        flushSoon();
    }

    /** What is open will be served, what comes now will not. */
    protected final void serveNoMore() {
        goAwaySent = true;
        lastServed = lastOfPeer();
        writer().goAway(lastServed, Http2Error.NO_ERROR, "");
        flushNow();
    }

    final int lastServed() {
        return lastServed;
    }

    /** What the peer said outside of any frame is wrong. */
    protected final void broken(Http2Exception error) {
        fail(error);
    }

    /** Tells the peer why, and that this is the end. */
    private void fail(Http2Exception error) {
        if (ended) {
            return;
        }
        ended = true;
        goAwaySent = true;
        connectionError(error);
        writer().goAway(lastOfPeer(), error.error(), String.valueOf(error.getMessage()));
        flushNow();
        ChannelHandlerContext ctx = context();
        afterWrites(ctx.newPromise());
        // The peer may never read it.
        ctx.executor().schedule(() -> ctx.close(), SECONDS_TO_HEAR_WHY, TimeUnit.SECONDS);
    }

    private void afterWrites(ChannelPromise promise) {
        ChannelHandlerContext ctx = context();
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> ctx.close(promise));
    }

    /** Lets streams finish; who waits for that has a deadline of its own. */
    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        if (!ctx.channel().isActive() || !begun || ended) {
            ctx.close(promise);
            return;
        }
        if (!goAwaySent) {
            serveNoMore();
        }
        flushNow();
        if (unused()) {
            afterWrites(promise);
        } else if (closing == null) {
            closing = promise;
        } else {
            closing.addListener(done -> promise.trySuccess());
        }
    }

    /** The last stream is over. */
    final void closeWhereMeant() {
        ChannelPromise promise = closing;
        if (promise != null && unused()) {
            closing = null;
            flushNow();
            afterWrites(promise);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        super.channelInactive(ctx);
        ended = true;
        gone();
        tellFinished();
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext ctx) throws Exception {
        writer().release();
    }

    protected final ChannelHandlerContext context() {
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            throw new IllegalStateException("used before it was added to a pipeline");
        }
        return ctx;
    }

    final FrameWriter writer() {
        FrameWriter to = writer;
        if (to == null) {
            throw new IllegalStateException("used before it was added to a pipeline");
        }
        return to;
    }

    // ---- what a connection has no part in ----

    @Override
    public void bind(ChannelHandlerContext ctx, SocketAddress local, ChannelPromise promise) {
        ctx.bind(local, promise);
    }

    @Override
    public void connect(ChannelHandlerContext ctx, SocketAddress to, SocketAddress from, ChannelPromise promise) {
        ctx.connect(to, from, promise);
    }

    @Override
    public void disconnect(ChannelHandlerContext ctx, ChannelPromise promise) {
        ctx.disconnect(promise);
    }

    @Override
    public void deregister(ChannelHandlerContext ctx, ChannelPromise promise) {
        ctx.deregister(promise);
    }

    @Override
    public void read(ChannelHandlerContext ctx) {
        ctx.read();
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        ctx.write(message, promise);
    }
}
