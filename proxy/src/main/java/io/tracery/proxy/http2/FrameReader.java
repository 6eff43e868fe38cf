package io.tracery.proxy.http2;

import static io.netty.handler.codec.http2.Http2Error.ENHANCE_YOUR_CALM;
import static io.netty.handler.codec.http2.Http2Error.FLOW_CONTROL_ERROR;
import static io.netty.handler.codec.http2.Http2Error.FRAME_SIZE_ERROR;
import static io.netty.handler.codec.http2.Http2Error.PROTOCOL_ERROR;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Settings;
import java.util.Arrays;

/**
 * Takes frames off the bytes that have come, looks at their form (RFC 9113 sections 4 and 6) and hands them on; what they
 * mean for streams is the connection's to say.
 */
final class FrameReader {

    private static final int SETTING_BYTES = 6;
    private static final int PRIORITY_BYTES = 5;
    private static final int NO_STREAM = 0;

    /** A continuation that carries less than this is one that an honest peer has no use for. */
    private static final int SMALL_CONTINUATION = 4 * 1024;

    private static final byte[] NOTHING = {};

    private final FrameConnection to;
    private final Http2Limits limits;
    private final HpackDecoder decoder = new HpackDecoder();

    // A head in several frames; in most there is one.
    private int headStream;
    private boolean headEnds;
    private byte[] headBytes = NOTHING;
    private int headLength;
    private int continuations;

    private boolean begun;

    FrameReader(FrameConnection to, Http2Limits limits) {
        this.to = to;
        this.limits = limits;
    }

    /** @return whether there was a whole frame */
    boolean read(ByteBuf in) throws Http2Exception {
        if (in.readableBytes() < Frame.HEADER_BYTES) {
            return false;
        }
        int start = in.readerIndex();
        int length = in.getUnsignedMedium(start);
        if (length > Frame.USUAL_BYTES) {
            throw error(FRAME_SIZE_ERROR, "a frame of " + length + " bytes");
        }
        int type = in.getByte(start + 3);
        if (!begun && type != Frame.SETTINGS) {
            throw error(PROTOCOL_ERROR, "the first frame is not SETTINGS");
        }
        if (in.readableBytes() - Frame.HEADER_BYTES < length) {
            return false;
        }
        int flags = in.getByte(start + 4);
        int id = in.getInt(start + 5) & Frame.LARGEST_ID;
        in.skipBytes(Frame.HEADER_BYTES);
        int end = in.readerIndex() + length;
        if (headStream != NO_STREAM && (type != Frame.CONTINUATION || id != headStream)) {
            throw error(PROTOCOL_ERROR, "a frame between the frames of a head");
        }
        begun = true;
        try {
            frame(in, type, flags, id, end);
        } finally {
            // After a mistake of one stream, too: the rest of its frame is not the beginning of the next one.
            in.readerIndex(end);
        }
        return true;
    }

    private void frame(ByteBuf in, int type, int flags, int id, int end) throws Http2Exception {
        int length = end - in.readerIndex();
        switch (type) {
            case Frame.DATA -> data(in, length, flags, id);
            case Frame.HEADERS -> headers(in, end, flags, id);
            case Frame.PRIORITY -> priority(in, length, id);
            case Frame.RST_STREAM -> {
                size(length == Integer.BYTES, type);
                to.onReset(stream(id), in.readUnsignedInt());
            }
            case Frame.SETTINGS -> settings(in, length, flags, id);
            case Frame.PUSH_PROMISE -> throw error(PROTOCOL_ERROR, "a push that nobody may send");
            case Frame.PING -> {
                connection(id);
                size(length == Long.BYTES, type);
                to.onPing(in.readLong(), (flags & Frame.ACK) != 0);
            }
            case Frame.GOAWAY -> {
                connection(id);
                size(length >= Long.BYTES, type);
                to.onGoAway(in.readInt() & Frame.LARGEST_ID);
            }
            case Frame.WINDOW_UPDATE -> windowUpdate(in, length, id);
            case Frame.CONTINUATION -> continuation(in, end, flags, id);
            // Extensions are nothing to us (RFC 9113 section 5.5).
            default -> to.onOverhead();
        }
    }

    // ---- frames of streams ----

    private void data(ByteBuf in, int length, int flags, int id) throws Http2Exception {
        stream(id);
        int padding = padding(in, length, flags);
        int bytes = length - ((flags & Frame.PADDED) == 0 ? 0 : 1) - padding;
        to.onData(id, in, bytes, length, (flags & Frame.END_STREAM) != 0);
    }

    private void headers(ByteBuf in, int end, int flags, int id) throws Http2Exception {
        stream(id);
        int padding = padding(in, end - in.readerIndex(), flags);
        if ((flags & Frame.WITH_PRIORITY) != 0) {
            size(end - padding - in.readerIndex() >= PRIORITY_BYTES, Frame.HEADERS);
            // Priorities are a thing of the past (RFC 9113 section 5.3), but this one never made sense.
            if ((in.readInt() & Frame.LARGEST_ID) == id) {
                throw error(PROTOCOL_ERROR, "a stream that depends on itself");
            }
            in.skipBytes(1);
        }
        int bytes = end - padding - in.readerIndex();
        if (bytes < 0) {
            throw error(PROTOCOL_ERROR, "more padding than there is room for");
        }
        boolean ends = (flags & Frame.END_STREAM) != 0;
        if ((flags & Frame.END_HEADERS) != 0) {
            HeadBlock head = HeadBlock.empty(id, limits.maxHeaderBytes());
            byte[] packed = head.packed(bytes);
            in.readBytes(packed, 0, bytes);
            unpack(id, packed, bytes, ends);
            return;
        }
        headStream = id;
        headEnds = ends;
        headLength = 0;
        continuations = 0;
        gather(in, bytes);
    }

    private void continuation(ByteBuf in, int end, int flags, int id) throws Http2Exception {
        if (headStream == NO_STREAM) {
            throw error(PROTOCOL_ERROR, "a continuation of nothing");
        }
        int bytes = end - in.readerIndex();
        boolean last = (flags & Frame.END_HEADERS) != 0;
        if (!last && bytes < SMALL_CONTINUATION && ++continuations > limits.maxContinuations()) {
            throw error(ENHANCE_YOUR_CALM, "too many small parts of one head");
        }
        gather(in, bytes);
        if (last) {
            headStream = NO_STREAM;
            byte[] packed = headBytes;
            headBytes = NOTHING;
            unpack(id, packed, headLength, headEnds);
        }
    }

    private void gather(ByteBuf in, int bytes) throws Http2Exception {
        // Packed it is smaller than unpacked, unless somebody wants to be sure that it is not.
        if (headLength + bytes > 2 * limits.maxHeaderBytes() + Frame.USUAL_BYTES) {
            throw error(ENHANCE_YOUR_CALM, "a head without an end");
        }
        if (headBytes.length < headLength + bytes) {
            headBytes = Arrays.copyOf(headBytes, Math.max(headLength + bytes, headLength == 0 ? 512 : 2 * headLength));
        }
        in.readBytes(headBytes, headLength, bytes);
        headLength += bytes;
    }

    /** Unpacked in any case: what it adds to the table later heads will name. */
    private void unpack(int id, byte[] packed, int length, boolean ends) throws Http2Exception {
        HeadBlock head = HeadBlock.empty(id, limits.maxHeaderBytes());
        decoder.decode(packed, 0, length, head);
        to.onHead(id, head, ends);
    }

    private void priority(ByteBuf in, int length, int id) throws Http2Exception {
        stream(id);
        to.onOverhead();
        if (length != PRIORITY_BYTES) {
            throw Http2Exception.streamError(id, FRAME_SIZE_ERROR, "a priority of %s bytes", length);
        }
        if ((in.readInt() & Frame.LARGEST_ID) == id) {
            throw Http2Exception.streamError(id, PROTOCOL_ERROR, "a stream that depends on itself");
        }
    }

    private void windowUpdate(ByteBuf in, int length, int id) throws Http2Exception {
        size(length == Integer.BYTES, Frame.WINDOW_UPDATE);
        int increment = in.readInt() & Frame.LARGEST_ID;
        if (increment == 0) {
            throw id == NO_STREAM
                    ? error(PROTOCOL_ERROR, "a window update of nothing")
                    : Http2Exception.streamError(id, PROTOCOL_ERROR, "a window update of nothing");
        }
        to.onWindowUpdate(id, increment);
    }

    private int padding(ByteBuf in, int length, int flags) throws Http2Exception {
        if ((flags & Frame.PADDED) == 0) {
            return 0;
        }
        size(length >= 1, Frame.DATA);
        int padding = in.readUnsignedByte();
        if (padding > length - 1) {
            throw error(PROTOCOL_ERROR, "more padding than there is room for");
        }
        return padding;
    }

    // ---- frames of the connection ----

    private void settings(ByteBuf in, int length, int flags, int id) throws Http2Exception {
        connection(id);
        boolean acknowledged = (flags & Frame.ACK) != 0;
        size(acknowledged ? length == 0 : length % SETTING_BYTES == 0, Frame.SETTINGS);
        if (acknowledged) {
            to.onOverhead();
            return;
        }
        Http2Settings settings = new Http2Settings();
        for (int i = 0; i < length; i += SETTING_BYTES) {
            char name = (char) in.readUnsignedShort();
            try {
                settings.put(name, Long.valueOf(in.readUnsignedInt()));
            } catch (IllegalArgumentException e) {
                Http2Error code = name == 4 ? FLOW_CONTROL_ERROR : PROTOCOL_ERROR;
                throw Http2Exception.connectionError(code, e, "%s", "a setting that may not be: " + e.getMessage());
            }
        }
        to.onSettings(settings);
    }

    // ---- form ----

    private static int stream(int id) throws Http2Exception {
        if (id == NO_STREAM) {
            throw error(PROTOCOL_ERROR, "a frame of a stream that names none");
        }
        return id;
    }

    private static void connection(int id) throws Http2Exception {
        if (id != NO_STREAM) {
            throw error(PROTOCOL_ERROR, "a frame of the connection that names a stream");
        }
    }

    private static void size(boolean fits, int type) throws Http2Exception {
        if (!fits) {
            throw error(FRAME_SIZE_ERROR, "a frame of type " + type + " that cannot have that size");
        }
    }

    private static Http2Exception error(Http2Error code, String what) {
        return Http2Exception.connectionError(code, "%s", what);
    }
}
