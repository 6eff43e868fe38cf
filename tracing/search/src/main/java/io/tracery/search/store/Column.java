package io.tracery.search.store;

import java.io.IOException;
import java.util.Arrays;

/** Numbers and bytes of one kind, one after the other; written by one thread, then read by one. */
final class Column {

    private static final int LEAST = 64;
    private static final int LONGEST = 10;
    private static final int MOST_KEPT = 1 << 20;

    private byte[] bytes;
    private int end;
    private int at;

    /** An empty one, to write to. */
    Column() {
        this(new byte[LEAST], 0, 0);
    }

    private Column(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        this.at = from;
        this.end = to;
    }

    /** The next bytes of this column as a column of its own, to read from. */
    Column take(int length) throws IOException {
        int from = advance(length);
        return new Column(bytes, from, from + length);
    }

    static Column reading(byte[] bytes) {
        return new Column(bytes, 0, bytes.length);
    }

    static Column reading(byte[] bytes, int offset, int length) {
        return new Column(bytes, offset, offset + length);
    }

    /** How much is not read yet. */
    int left() {
        return end - at;
    }

    /** How much was written. */
    int size() {
        return end;
    }

    /** Forgets all but so much of what was written. */
    void cut(int size) {
        end = size;
    }

    /** Begins anew; what one huge fragment took is given back. */
    void clear() {
        end = 0;
        if (bytes.length > MOST_KEPT) {
            bytes = new byte[LEAST];
        }
    }

    /** True when these bytes stand at a place. */
    boolean holds(int place, byte[] others, int from, int length) {
        return Arrays.equals(bytes, place, place + length, others, from, from + length);
    }

    /** What was written, and bytes beyond {@link #size} that mean nothing. */
    byte[] bytes() {
        return bytes;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, end);
    }

    private void reserve(int more) {
        if (end + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(end + more, 2 * bytes.length));
        }
    }

    /** Seven bits to a byte, the lowest first; small numbers are short. */
    void write(long number) {
        reserve(LONGEST);
        long rest = number;
        while ((rest & ~0x7FL) != 0) {
            bytes[end++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[end++] = (byte) rest;
    }

    /** Numbers near zero are short, whichever side they are on. */
    void writeSigned(long number) {
        write((number << 1) ^ (number >> 63));
    }

    void writeBytes(byte[] more) {
        writeBytes(more, 0, more.length);
    }

    void writeBytes(byte[] more, int from, int length) {
        reserve(length);
        System.arraycopy(more, from, bytes, end, length);
        end += length;
    }

    void writeSized(byte[] more) {
        writeSized(more, 0, more.length);
    }

    void writeSized(byte[] more, int from, int length) {
        write(length);
        writeBytes(more, from, length);
    }

    /** Another column, with its length before it. */
    void writeColumn(Column other) {
        write(other.end);
        reserve(other.end);
        System.arraycopy(other.bytes, 0, bytes, end, other.end);
        end += other.end;
    }

    long read() throws IOException {
        long number = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte next = bytes[advance(1)];
            number |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return number;
            }
        }
        throw damaged();
    }

    int readInt() throws IOException {
        return (int) read();
    }

    long readSigned() throws IOException {
        long number = read();
        return (number >>> 1) ^ -(number & 1);
    }

    byte[] readBytes(int length) throws IOException {
        int from = advance(length);
        return Arrays.copyOfRange(bytes, from, from + length);
    }

    byte[] readSized() throws IOException {
        return readBytes(readInt());
    }

    Column readColumn() throws IOException {
        return take(readInt());
    }

    private int advance(int length) throws IOException {
        if (length < 0 || length > end - at) {
            throw damaged();
        }
        int from = at;
        at += length;
        return from;
    }

    private static IOException damaged() {
        return new IOException("spans in the trace index are damaged; move its folder away, it fills again from Kafka");
    }
}
