package io.tracery.tracing.otlp;

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

    /** Starts a nested message; the answer goes to {@link #end}. Messages end in reverse order of their start. */
    int begin(int field) {
        tag(field, LENGTH_DELIMITED);
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

    void varint(int field, long value) {
        tag(field, VARINT);
        varint(value);
    }

    /** {@code sint32}: small negative numbers stay small. */
    void zigZag(int field, int value) {
        tag(field, VARINT);
        varint(Integer.toUnsignedLong((value << 1) ^ (value >> 31)));
    }

    void fixed64(int field, long value) {
        tag(field, FIXED64);
        ensure(8);
        for (int i = 0; i < 8; i++) {
            buffer[size++] = (byte) (value >>> (8 * i));
        }
    }

    void fixed32(int field, int value) {
        tag(field, FIXED32);
        ensure(4);
        for (int i = 0; i < 4; i++) {
            buffer[size++] = (byte) (value >>> (8 * i));
        }
    }

    void doubleValue(int field, double value) {
        fixed64(field, Double.doubleToRawLongBits(value));
    }

    /** Always valid UTF-8, as proto3 demands: a lone surrogate becomes a question mark. */
    void string(int field, String text) {
        tag(field, LENGTH_DELIMITED);
        int length = text.length();
        ensure(length + 5);
        int start = size;
        varint(length);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                size = start;
                byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
                varint(utf8.length);
                raw(utf8);
                return;
            }
            buffer[size++] = (byte) c;
        }
    }

    /** A {@code bytes} field of 8 bytes, big endian, as span ids are. */
    void id(int field, long value) {
        tag(field, LENGTH_DELIMITED);
        varint(8);
        bigEndian(value);
    }

    /** A {@code bytes} field of 16 bytes, big endian, as trace ids are. */
    void id(int field, long high, long low) {
        tag(field, LENGTH_DELIMITED);
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
        tag(field, LENGTH_DELIMITED);
        raw(lengthAndBody);
    }

    void varint(long value) {
        ensure(10);
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            buffer[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        buffer[size++] = (byte) rest;
    }

    private void tag(int field, int wireType) {
        varint((long) field << 3 | wireType);
    }

    private void bigEndian(long value) {
        ensure(8);
        for (int shift = 56; shift >= 0; shift -= 8) {
            buffer[size++] = (byte) (value >>> shift);
        }
    }

    private void ensure(int more) {
        if (buffer.length - size < more) {
            buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, size + more));
        }
    }

    private static int varintSize(int value) {
        return value == 0 ? 1 : (38 - Integer.numberOfLeadingZeros(value)) / 7;
    }
}
