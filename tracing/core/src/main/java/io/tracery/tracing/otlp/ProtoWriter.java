package io.tracery.tracing.otlp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Protocol Buffers wire format, written front to back into one growing buffer that is used again and again. The length
 * of a nested message is filled in when it ends, by moving the message up where one byte does not hold its length;
 * the bytes are those that generated code would write, provided that fields are written in the order of their numbers.
 *
 * <p>Confined to one thread. Fields with a default value are written when asked: leaving them out is the caller's choice.
 */
final class ProtoWriter {

    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH_DELIMITED = 2;
    private static final int FIXED32 = 5;
    private static final int MOST_VARINT_BYTES = 10;
    /** Bytes for the length of a message that does not know it yet. */
    private static final int ROOM = 3;

    static final long MOST_ROOMY = (1L << 35) - 1;
    static final int ROOMY_BYTES = 5;
    private static final byte[] ROOMY_ZERO = {(byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x80, 0};

    private static final VarHandle LITTLE_ENDIAN_INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LITTLE_ENDIAN_LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle BIG_ENDIAN_LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private byte[] buffer;
    private int size;

    ProtoWriter(int initialCapacity) {
        this.buffer = new byte[initialCapacity];
    }

    int size() {
        return size;
    }

    int capacity() {
        return buffer.length;
    }

    void reset() {
        size = 0;
    }

    /** Takes back everything written since the size was as given. */
    void truncate(int toSize) {
        size = toSize;
    }

    byte[] toByteArray() {
        return Arrays.copyOf(buffer, size);
    }

    /**
     * Fills the buffer to its end with one field of zeros.
     *
     * @return false, and nothing written, when there is less room than such a field needs, or more than was allowed
     */
    boolean pad(int field, int most) {
        int room = buffer.length - size;
        if (room > most || room < varintSize(tag(field, LENGTH_DELIMITED)) + ROOM) {
            return false;
        }
        int mark = beginRoomy(field);
        Arrays.fill(buffer, mark, buffer.length, (byte) 0);
        size = buffer.length;
        endRoomy(mark);
        return true;
    }

    /** Gives the buffer away, whole, and goes on with another one. */
    byte[] exchange(byte[] next) {
        byte[] given = buffer;
        buffer = next;
        size = 0;
        return given;
    }

    /** What was written since the size was as given. */
    byte[] copy(int fromSize) {
        return Arrays.copyOfRange(buffer, fromSize, size);
    }

    /** Copies what was written since the size was as given. */
    void copy(int fromSize, byte[] to, int at) {
        System.arraycopy(buffer, fromSize, to, at, size - fromSize);
    }

    /** Starts a nested message; the answer goes to {@link #end}. Messages end in reverse order of their start. */
    int begin(int field) {
        key(field, LENGTH_DELIMITED);
        ensure(1);
        return ++size;
    }

    void end(int mark) {
        int length = size - mark;
        int lengthBytes = varintSize(length);
        if (lengthBytes > 1) {
            ensure(lengthBytes - 1);
            System.arraycopy(buffer, mark, buffer, mark + lengthBytes - 1, length);
        }
        size = mark - 1;
        varint(length);
        size += length;
    }

    /** As {@link #begin}, for a message of less than 2 MiB: room is kept for its length, so that nothing moves when it ends. */
    int beginRoomy(int field) {
        key(field, LENGTH_DELIMITED);
        ensure(ROOM);
        size += ROOM;
        return size;
    }

    void endRoomy(int mark) {
        int length = size - mark;
        if (length >>> (7 * ROOM) != 0) {
            throw new IllegalStateException("a message of " + length + " bytes, which is more than was foreseen");
        }
        buffer[mark - 3] = (byte) (length | 0x80);
        buffer[mark - 2] = (byte) (length >>> 7 | 0x80);
        buffer[mark - 1] = (byte) (length >>> 14);
    }

    /** Room for any number below 2^35, zero for now; the answer is for {@link #setRoomy}. */
    int roomyVarint(int field) {
        key(field, VARINT);
        int at = size;
        raw(ROOMY_ZERO);
        return at;
    }

    /** Wire format allows a number more bytes than it needs. */
    void setRoomy(int at, long value) {
        byte[] to = buffer;
        to[at] = (byte) (value | 0x80);
        to[at + 1] = (byte) (value >>> 7 | 0x80);
        to[at + 2] = (byte) (value >>> 14 | 0x80);
        to[at + 3] = (byte) (value >>> 21 | 0x80);
        to[at + 4] = (byte) (value >>> 28 & 0x7f);
    }

    /** Overwrites a fixed field's eight bytes. */
    void setFixed64(int at, long value) {
        LITTLE_ENDIAN_LONG.set(buffer, at, value);
    }

    void varint(int field, long value) {
        ensure(2 * MOST_VARINT_BYTES);
        size = put(buffer, put(buffer, size, tag(field, VARINT)), value);
    }

    /** {@code sint32}: small negative numbers stay small. */
    void zigZag(int field, int value) {
        key(field, VARINT);
        varint(Integer.toUnsignedLong((value << 1) ^ (value >> 31)));
    }

    void fixed64(int field, long value) {
        key(field, FIXED64);
        ensure(8);
        LITTLE_ENDIAN_LONG.set(buffer, size, value);
        size += 8;
    }

    void fixed32(int field, int value) {
        key(field, FIXED32);
        ensure(4);
        LITTLE_ENDIAN_INT.set(buffer, size, value);
        size += 4;
    }

    void doubleValue(int field, double value) {
        fixed64(field, Double.doubleToRawLongBits(value));
    }

    /**
     * Starts a nested message whose length is known, writes its first field, and starts a message in it that takes the
     * rest; nothing ends either. It is what every attribute begins with.
     *
     * @param first a whole field in wire format
     * @param last number of the inner message's field, below 16
     * @param lastLength length of the inner message
     */
    void open(int field, byte[] first, int last, int lastLength) {
        ensure(first.length + 4 * MOST_VARINT_BYTES);
        byte[] to = buffer;
        int at = put(to, size, tag(field, LENGTH_DELIMITED));
        at = put(to, at, first.length + 1 + varintSize(lastLength) + lastLength);
        System.arraycopy(first, 0, to, at, first.length);
        at = put(to, at + first.length, tag(last, LENGTH_DELIMITED));
        size = put(to, at, lastLength);
    }

    /** Always valid UTF-8, as proto3 demands: a lone surrogate becomes a question mark. */
    void string(int field, String text) {
        string(field, text, utf8Length(text));
    }

    /** @param utf8Length as {@link #utf8Length} has it */
    void string(int field, String text, int utf8Length) {
        key(field, LENGTH_DELIMITED);
        varint(utf8Length);
        int length = text.length();
        if (utf8Length != length) {
            raw(text.getBytes(StandardCharsets.UTF_8));
            return;
        }
        ensure(length);
        // As many chars as bytes: all of them are ASCII, or a lone surrogate is among them, which is written as one
        // byte.
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            buffer[size++] = (byte) (c < 0x80 ? c : '?');
        }
    }

    /** Bytes of {@link #string} without tag and length. */
    static int utf8Length(String text) {
        int length = text.length();
        for (int i = 0; i < length; i++) {
            if (text.charAt(i) >= 0x80) {
                return text.getBytes(StandardCharsets.UTF_8).length;
            }
        }
        return length;
    }

    /** A {@code bytes} field of 8 bytes, big endian, as span ids are. */
    void id(int field, long value) {
        key(field, LENGTH_DELIMITED);
        varint(8);
        bigEndian(value);
    }

    /** A {@code bytes} field of 16 bytes, big endian, as trace ids are. */
    void id(int field, long high, long low) {
        key(field, LENGTH_DELIMITED);
        varint(16);
        bigEndian(high);
        bigEndian(low);
    }

    /** Bytes that are already in wire format. */
    void raw(byte[] bytes) {
        ensure(bytes.length);
        System.arraycopy(bytes, 0, buffer, size, bytes.length);
        size += bytes.length;
    }

    /** A length-delimited field whose length prefix and body are already in wire format. */
    void prefixed(int field, byte[] lengthAndBody) {
        key(field, LENGTH_DELIMITED);
        raw(lengthAndBody);
    }

    void varint(long value) {
        ensure(MOST_VARINT_BYTES);
        size = put(buffer, size, value);
    }

    private static int put(byte[] to, int from, long value) {
        int at = from;
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            to[at++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        to[at++] = (byte) rest;
        return at;
    }

    private void key(int field, int wireType) {
        varint(tag(field, wireType));
    }

    private static long tag(int field, int wireType) {
        return (long) field << 3 | wireType;
    }

    private void bigEndian(long value) {
        ensure(8);
        BIG_ENDIAN_LONG.set(buffer, size, value);
        size += 8;
    }

    private void ensure(int more) {
        if (buffer.length - size < more) {
            buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, size + more));
        }
    }

    static int varintSize(int value) {
        return varintSize(Integer.toUnsignedLong(value));
    }

    static int varintSize(long value) {
        return value == 0 ? 1 : (70 - Long.numberOfLeadingZeros(value)) / 7;
    }
}
