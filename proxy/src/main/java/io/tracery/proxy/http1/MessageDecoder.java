package io.tracery.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * Bytes to messages: a head, then its body in pieces as they come, which share the memory that was read into. What was
 * wrong is told once, as a piece whose decoder result is a failure; whatever follows it is thrown away.
 *
 * <p>Bounds: a head and a body's trailers by {@link Http1Limits}; a chunk's line by {@link #MOST_CHUNK_LINE}; beyond these
 * nothing is kept.
 */
abstract class MessageDecoder {

    /** A chunk's size with its extensions, which nobody uses. */
    static final int MOST_CHUNK_LINE = 256;

    private static final int NOT_FOUND = -1;

    /** Of a trailer these would change what has already been passed on (RFC 9110 section 6.5.1). */
    static final AsciiString[] NOT_IN_TRAILERS = {
        HttpHeaderNames.CONTENT_LENGTH,
        HttpHeaderNames.TRANSFER_ENCODING,
        HttpHeaderNames.HOST,
        HttpHeaderNames.TRAILER,
        HttpHeaderNames.TE,
        HttpHeaderNames.CONNECTION,
        HttpHeaderNames.UPGRADE,
        AsciiString.cached("keep-alive"),
        AsciiString.cached("traceparent"),
        AsciiString.cached("tracestate"),
    };

    private enum State {
        HEAD,
        FIXED,
        UNTIL_CLOSE,
        CHUNK_SIZE,
        CHUNK_DATA,
        CHUNK_END,
        TRAILERS,
        /** After a request that asks for another protocol: what follows is in one or the other. */
        PAUSED,
        /** No messages any more: bytes, as pieces of a body without end. */
        TUNNEL,
        REFUSED
    }

    private final Http1Limits limits;

    private State state = State.HEAD;
    private long remaining;

    /** How far the end of a head was looked for, counted from where it begins. */
    private int searched;

    /** Bytes of a head, line or pause that is not complete yet; null while there are none. */
    private @Nullable ByteBuf held;

    MessageDecoder(Http1Limits limits) {
        this.limits = limits;
    }

    /** Understands a head and hands it on; answers how its body ends, as {@link Framing} says it. */
    abstract long head(ChannelHandlerContext ctx, HeadParser parser);

    /** Whether what was just completed leaves open what protocol follows. */
    abstract boolean pausesAfterMessage();

    /** True while a head has begun to come and is not complete. */
    final boolean headBegun() {
        return state == State.HEAD && held != null;
    }

    /** True between two messages. */
    final boolean idle() {
        return state == State.HEAD && held == null;
    }

    /** From here on bytes are bytes. */
    final void tunnel(ChannelHandlerContext ctx) {
        state = State.TUNNEL;
        goOn(ctx);
    }

    /** After a pause: the same protocol goes on. */
    final void resume(ChannelHandlerContext ctx) {
        if (state == State.PAUSED) {
            state = State.HEAD;
            goOn(ctx);
        }
    }

    private void goOn(ChannelHandlerContext ctx) {
        ByteBuf waiting = held;
        held = null;
        if (waiting != null) {
            read(ctx, waiting);
            ctx.fireChannelReadComplete();
        }
    }

    /** Takes over what was read. */
    final void read(ChannelHandlerContext ctx, ByteBuf received) {
        ByteBuf in = received;
        ByteBuf before = held;
        if (before != null) {
            held = null;
            in = before.writeBytes(received);
            received.release();
        }
        try {
            while (in.isReadable() && step(ctx, in)) {
                // The next step.
            }
        } catch (MalformedMessage e) {
            refuse(ctx, e);
        }
        if (in.isReadable() && state != State.REFUSED) {
            // Half a head should not hold a whole read buffer, nor may a buffer grow of which pieces were handed out.
            boolean untouched = in.equals(before) && in.readerIndex() == 0;
            held = untouched ? in : ctx.alloc().buffer(in.readableBytes()).writeBytes(in);
        }
        if (!in.equals(held)) {
            in.release();
        }
    }

    /** The connection is at its end; a body that this ends is complete. */
    final void end(ChannelHandlerContext ctx) {
        if (state == State.UNTIL_CLOSE || state == State.TUNNEL) {
            state = State.REFUSED;
            ctx.fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
            ctx.fireChannelReadComplete();
        }
        release();
    }

    /** The connection broke: what would end with it in good order has no end. */
    final void broken() {
        if (state == State.UNTIL_CLOSE || state == State.TUNNEL) {
            state = State.REFUSED;
        }
    }

    /** What has come and was not read, for who reads on in its stead; the caller's now. */
    final @Nullable ByteBuf rest() {
        ByteBuf unread = held;
        held = null;
        return unread;
    }

    final void release() {
        if (held != null) {
            held.release();
            held = null;
        }
    }

    private void refuse(ChannelHandlerContext ctx, MalformedMessage problem) {
        state = State.REFUSED;
        HttpContent failed = new DefaultHttpContent(Unpooled.EMPTY_BUFFER);
        failed.setDecoderResult(DecoderResult.failure(problem));
        ctx.fireChannelRead(failed);
    }

    /** One part of a message; false when more has to come first. */
    private boolean step(ChannelHandlerContext ctx, ByteBuf in) {
        return switch (state) {
            case HEAD -> readHead(ctx, in);
            case FIXED, CHUNK_DATA -> readData(ctx, in);
            case UNTIL_CLOSE, TUNNEL -> {
                ctx.fireChannelRead(new DefaultHttpContent(in.readRetainedSlice(in.readableBytes())));
                yield true;
            }
            case CHUNK_SIZE -> readChunkSize(in);
            case CHUNK_END -> readChunkEnd(in);
            case TRAILERS -> readTrailers(ctx, in);
            case PAUSED -> {
                if (in.readableBytes() > limits.headBytes()) {
                    throw new MalformedMessage("too much was sent ahead of the answer to an upgrade");
                }
                yield false;
            }
            case REFUSED -> {
                in.skipBytes(in.readableBytes());
                yield false;
            }
        };
    }

    // ---- heads ----

    private boolean readHead(ChannelHandlerContext ctx, ByteBuf in) {
        byte[] head = block(in, "the head");
        if (head == null) {
            return false;
        }
        long length = head(ctx, new HeadParser(head));
        if (state == State.TUNNEL || length == Framing.NO_MESSAGE) {
            return true;
        }
        if (length == Framing.CHUNKED) {
            state = State.CHUNK_SIZE;
        } else if (length == Framing.UNTIL_CLOSE) {
            state = State.UNTIL_CLOSE;
        } else if (length == 0) {
            complete(ctx, LastHttpContent.EMPTY_LAST_CONTENT);
        } else {
            remaining = length;
            state = State.FIXED;
        }
        return true;
    }

    /** Head and tunnel follow each other at once, where the answer to an upgrade is read. */
    final void tunnelFollows() {
        state = State.TUNNEL;
    }

    private void complete(ChannelHandlerContext ctx, LastHttpContent last) {
        state = pausesAfterMessage() ? State.PAUSED : State.HEAD;
        ctx.fireChannelRead(last);
    }

    /** The bytes up to and with the next empty line, or null while that has not come. */
    private byte @Nullable [] block(ByteBuf in, String what) {
        int start = in.readerIndex();
        int end = emptyLine(in, start);
        if ((end == NOT_FOUND ? in.readableBytes() : end - start) > limits.headBytes()) {
            throw new MalformedMessage(Complaint.LARGE_HEAD, what + " is larger than " + limits.headBytes() + " bytes");
        }
        if (end == NOT_FOUND) {
            return null;
        }
        searched = 0;
        byte[] block = new byte[end - start];
        in.readBytes(block);
        return block;
    }

    /** The index after the next empty line. Each byte is looked at once, however slowly they come. */
    private int emptyLine(ByteBuf in, int start) {
        int writer = in.writerIndex();
        int from = start + searched;
        while (true) {
            int feed = in.indexOf(from, writer, Syntax.LF);
            if (feed < 0) {
                searched = writer - start;
                return NOT_FOUND;
            }
            if (feed == start || in.getByte(feed - 1) != Syntax.CR) {
                throw new MalformedMessage("a line ends with a line feed alone");
            }
            // A line of its CR alone, which is the first of the block or follows a line feed.
            if (feed - 1 == start || in.getByte(feed - 2) == Syntax.LF) {
                return feed + 1;
            }
            from = feed + 1;
        }
    }

    // ---- bodies ----

    private boolean readData(ChannelHandlerContext ctx, ByteBuf in) {
        int length = (int) Math.min(remaining, in.readableBytes());
        remaining -= length;
        ByteBuf data = in.readRetainedSlice(length);
        if (remaining > 0 || state == State.CHUNK_DATA) {
            state = remaining == 0 ? State.CHUNK_END : state;
            ctx.fireChannelRead(new DefaultHttpContent(data));
        } else {
            complete(ctx, new DefaultLastHttpContent(data, EmptyHttpHeaders.INSTANCE));
        }
        return true;
    }

    private boolean readChunkSize(ByteBuf in) {
        int start = in.readerIndex();
        int feed = in.indexOf(start, in.writerIndex(), Syntax.LF);
        if ((feed < 0 ? in.readableBytes() : feed - start) > MOST_CHUNK_LINE) {
            throw new MalformedMessage("a chunk's line is longer than " + MOST_CHUNK_LINE + " bytes");
        }
        if (feed < 0) {
            return false;
        }
        remaining = ChunkLine.size(in, feed + 1);
        in.readerIndex(feed + 1);
        state = remaining == 0 ? State.TRAILERS : State.CHUNK_DATA;
        return true;
    }

    private boolean readChunkEnd(ByteBuf in) {
        if (in.readableBytes() < 2) {
            return false;
        }
        if (in.readByte() != Syntax.CR || in.readByte() != Syntax.LF) {
            throw new MalformedMessage("a chunk is longer or shorter than it says");
        }
        state = State.CHUNK_SIZE;
        return true;
    }

    private boolean readTrailers(ChannelHandlerContext ctx, ByteBuf in) {
        byte[] block = block(in, "the trailer section");
        if (block == null) {
            return false;
        }
        if (block.length == Syntax.CRLF.length) {
            complete(ctx, LastHttpContent.EMPTY_LAST_CONTENT);
        } else {
            HttpHeaders trailers = new HeadParser(block).fields(limits.fields());
            for (AsciiString name : NOT_IN_TRAILERS) {
                trailers.remove(name);
            }
            complete(ctx, new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER, trailers));
        }
        return true;
    }
}
