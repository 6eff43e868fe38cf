package io.tracery.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 connection: reads messages, and writes what was given between two flushes as one buffer. Large pieces of a
 * body go as they are. A write's promise is done once its bytes are taken; that they left nobody asks.
 */
abstract class Http1Codec extends ChannelDuplexHandler {

    /** Smaller pieces are cheaper to copy than to hand to the kernel as a part of their own. */
    private static final int MOST_COPIED_BYTES = 4 * 1024;

    private static final int FIRST_BUFFER_BYTES = 2 * 1024;
    private static final int MOST_PENDING_BYTES = 16 * 1024;

    /** How the body of the message being written goes out. */
    private enum Body {
        NONE,
        AS_IT_IS,
        CHUNKED
    }

    private Body body = Body.NONE;
    private @Nullable ByteBuf pending;

    abstract MessageDecoder decoder();

    /** Puts a head's start line and fields together; false for a piece that is no head. */
    abstract boolean begin(ChannelHandlerContext ctx, HttpObject piece, HeadWriter head);

    /** After a head was written. */
    abstract void begun(ChannelHandlerContext ctx);

    /** After the last piece of a message was written. */
    abstract void ended(ChannelHandlerContext ctx);

    /** True while a head has begun to come and is not complete. */
    public final boolean headBegun() {
        return decoder().headBegun();
    }

    /** What has come after the last message, for another protocol's handler that takes over; the caller's now. */
    public final @Nullable ByteBuf rest() {
        return decoder().rest();
    }

    // ---- reading ----

    @Override
    public final void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof ByteBuf bytes) {
            decoder().read(ctx, bytes);
        } else {
            ctx.fireChannelRead(message);
        }
    }

    @Override
    public final void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        decoder().broken();
        ctx.fireExceptionCaught(cause);
    }

    @Override
    public final void channelInactive(ChannelHandlerContext ctx) {
        decoder().end(ctx);
        ctx.fireChannelInactive();
    }

    @Override
    public final void handlerRemoved(ChannelHandlerContext ctx) {
        decoder().release();
        ReferenceCountUtil.release(pending);
        pending = null;
    }

    // ---- writing ----

    /** What follows a head: nothing, chunks where its fields say so, or bytes as they are. */
    final void bodyFollows(HttpHeaders headers) {
        body = headers.contains(HttpHeaderNames.TRANSFER_ENCODING) ? Body.CHUNKED : Body.AS_IT_IS;
    }

    final void noBodyFollows() {
        body = Body.NONE;
    }

    final void bytesFollow() {
        body = Body.AS_IT_IS;
    }

    @Override
    public final void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (!(message instanceof HttpObject piece)) {
            emit(ctx);
            ctx.write(message, promise);
            return;
        }
        try {
            HeadWriter head = HeadWriter.empty();
            if (begin(ctx, piece, head)) {
                head.to(pending(ctx));
                begun(ctx);
            }
        } catch (IllegalArgumentException e) {
            // What cannot be said in HTTP/1.1 is not said in part.
            ReferenceCountUtil.release(message);
            promise.tryFailure(e);
            ctx.fireExceptionCaught(e);
            ctx.close();
            return;
        }
        if (piece instanceof HttpContent content) {
            write(ctx, content);
        }
        promise.trySuccess();
    }

    /** Takes the piece over. */
    private void write(ChannelHandlerContext ctx, HttpContent piece) {
        ByteBuf data = piece.content();
        int length = data.readableBytes();
        boolean chunked = body == Body.CHUNKED;
        boolean passedOn = false;
        if (length > 0 && body != Body.NONE) {
            if (chunked) {
                pending(ctx).writeBytes(chunkSize(length));
            }
            if (length <= MOST_COPIED_BYTES) {
                pending(ctx).writeBytes(data);
            } else {
                emit(ctx);
                ctx.write(data, ctx.voidPromise());
                passedOn = true;
            }
            if (chunked) {
                pending(ctx).writeBytes(Syntax.CRLF);
            }
        }
        if (piece instanceof LastHttpContent last) {
            if (chunked) {
                HeadWriter end = HeadWriter.empty().raw(Syntax.LAST_CHUNK);
                end.fields(last.trailingHeaders()).to(pending(ctx));
            }
            ended(ctx);
        }
        if (!passedOn) {
            piece.release();
        }
        if (pending != null && pending.readableBytes() > MOST_PENDING_BYTES) {
            emit(ctx);
        }
    }

    private static byte[] chunkSize(int length) {
        int digits = (Integer.SIZE - Integer.numberOfLeadingZeros(length) + 3) / 4;
        byte[] line = new byte[digits + 2];
        for (int i = digits - 1, rest = length; i >= 0; i--, rest >>>= 4) {
            line[i] = (byte) Character.forDigit(rest & 0xf, 16);
        }
        line[digits] = Syntax.CR;
        line[digits + 1] = Syntax.LF;
        return line;
    }

    @Override
    public final void flush(ChannelHandlerContext ctx) {
        emit(ctx);
        ctx.flush();
    }

    private ByteBuf pending(ChannelHandlerContext ctx) {
        if (pending == null) {
            pending = ctx.alloc().directBuffer(FIRST_BUFFER_BYTES);
        }
        return pending;
    }

    private void emit(ChannelHandlerContext ctx) {
        ByteBuf bytes = pending;
        if (bytes != null) {
            pending = null;
            ctx.write(bytes, ctx.voidPromise());
        }
    }
}
