package io.tracery.load.benchmark;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What peers say, outside of the heap as from a socket; nobody has to release it. */
final class Bytes {

    private Bytes() {}

    static ByteBuf of(byte[] bytes) {
        return Unpooled.wrappedBuffer(
                ByteBuffer.allocateDirect(bytes.length).put(bytes).flip());
    }

    static ByteBuf of(ByteBuf bytes) {
        byte[] copy = new byte[bytes.readableBytes()];
        bytes.getBytes(bytes.readerIndex(), copy);
        return of(copy);
    }

    /** Text whose lines end as HTTP's do. */
    static ByteBuf lines(String text) {
        return of(text.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    static ByteBuf zeros(int length) {
        return of(new byte[length]);
    }
}
