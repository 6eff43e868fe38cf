package io.tracery.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Settings;
import org.jspecify.annotations.Nullable;

/**
 * Puts frames one behind the other into few buffers: all that a turn of the event loop writes goes to the socket as one, or
 * as few pieces as large bodies allow, which are passed on as they are.
 */
final class FrameWriter {

    private static final int BUFFER_BYTES = 8 * 1024;

    /** Smaller bodies are copied: a piece of its own costs the socket more. */
    private static final int COPIED_BYTES = 4 * 1024;

    private final ChannelHandlerContext context;
    private @Nullable ByteBuf out;
    private boolean unflushed;

    FrameWriter(ChannelHandlerContext context) {
        this.context = context;
    }

    // ---- frames ----

    /** @param most the largest payload that the peer takes */
    void head(int id, byte[] block, int length, boolean end, int most) {
        int first = Math.min(length, most);
        int flags = (end ? Frame.END_STREAM : 0) | (first == length ? Frame.END_HEADERS : 0);
        frame(first, Frame.HEADERS, flags, id).writeBytes(block, 0, first);
        for (int at = first; at < length; at += most) {
            int part = Math.min(length - at, most);
            frame(part, Frame.CONTINUATION, at + part == length ? Frame.END_HEADERS : 0, id)
                    .writeBytes(block, at, part);
        }
    }

    /** One frame of the data's first bytes, which are taken off it; it stays its owner's. */
    void data(int id, ByteBuf data, int length, boolean end) {
        int flags = end ? Frame.END_STREAM : 0;
        if (length <= COPIED_BYTES) {
            frame(length, Frame.DATA, flags, id).writeBytes(data, length);
        } else {
            header(room(Frame.HEADER_BYTES), length, Frame.DATA, flags, id);
            passOn();
            context.write(data.readRetainedSlice(length), context.voidPromise());
        }
    }

    void reset(int id, Http2Error code) {
        frame(Integer.BYTES, Frame.RST_STREAM, 0, id).writeInt((int) code.code());
    }

    void settings(Http2Settings settings) {
        ByteBuf to = frame(settings.size() * 6, Frame.SETTINGS, 0, 0);
        settings.forEach((name, value) -> to.writeShort(name.charValue()).writeInt((int) value.longValue()));
    }

    void settingsAck() {
        frame(0, Frame.SETTINGS, Frame.ACK, 0);
    }

    void ping(long data, int flags) {
        frame(Long.BYTES, Frame.PING, flags, 0).writeLong(data);
    }

    void goAway(int lastId, Http2Error code, String why) {
        frame(Long.BYTES + ByteBufUtil.utf8Bytes(why), Frame.GOAWAY, 0, 0)
                .writeInt(lastId)
                .writeInt((int) code.code());
        ByteBufUtil.writeUtf8(room(0), why);
    }

    void windowUpdate(int id, int bytes) {
        frame(Integer.BYTES, Frame.WINDOW_UPDATE, 0, id).writeInt(bytes);
    }

    /** What a client says first (RFC 9113 section 3.4). */
    void preface(byte[] bytes) {
        room(bytes.length).writeBytes(bytes);
    }

    private ByteBuf frame(int length, int type, int flags, int id) {
        return header(room(Frame.HEADER_BYTES + length), length, type, flags, id);
    }

    private static ByteBuf header(ByteBuf to, int length, int type, int flags, int id) {
        return to.writeInt(length << Byte.SIZE | type).writeByte(flags).writeInt(id);
    }

    // ---- buffers ----

    private ByteBuf room(int bytes) {
        ByteBuf to = out;
        if (to != null && to.writableBytes() < bytes) {
            passOn();
            to = null;
        }
        if (to == null) {
            to = context.alloc().directBuffer(Math.max(BUFFER_BYTES, bytes));
            out = to;
        }
        return to;
    }

    /** Gives what there is to the channel, which sends it with the next flush. */
    void passOn() {
        ByteBuf full = out;
        if (full != null) {
            out = null;
            unflushed = true;
            context.write(full, context.voidPromise());
        }
    }

    /** Sends what there is; costs nothing where there is nothing. */
    void flush() {
        passOn();
        if (unflushed) {
            unflushed = false;
            context.flush();
        }
    }

    void release() {
        ByteBuf to = out;
        if (to != null) {
            out = null;
            to.release();
        }
    }
}
