package io.tracery.proxy.http2;

import io.netty.buffer.ByteBuf;

/**
 * A piece of a body is a slice of the buffer that it was read into, and keeps all of it. Where pieces have to be kept, one
 * that keeps much more than itself is better copied.
 */
public final class SmallSlices {

    /** Below a quarter of what it keeps. */
    private static final int SHARE = 4;

    /** Room for some pieces of a few bytes each. */
    private static final int FIRST_BYTES = 512;

    private SmallSlices() {}

    /** Whether a copy would take much less memory. */
    public static boolean keepsMuch(ByteBuf slice) {
        ByteBuf whole = slice;
        for (ByteBuf next = slice.unwrap(); next != null; next = next.unwrap()) {
            whole = next;
        }
        return slice.readableBytes() < whole.capacity() / SHARE || slice.readableBytes() < FIRST_BYTES / SHARE;
    }

    /** A buffer to put such pieces together in, the first one included; the slice stays its owner's. */
    public static ByteBuf gather(ByteBuf first) {
        return first.alloc()
                .buffer(Math.max(FIRST_BYTES, first.readableBytes()))
                .writeBytes(first);
    }
}
