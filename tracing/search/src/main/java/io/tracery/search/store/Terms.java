package io.tracery.search.store;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.lucene.util.BytesRef;

/** Terms of one field of one document, one after the other in one array. */
final class Terms {

    static final Terms NONE = new Terms(0);

    private static final int BYTES_PER_TERM = 24;

    private byte[] bytes;
    private int[] ends;
    private int count;
    private int size;

    /** @param expected how many there will be, more or less */
    Terms(int expected) {
        this.bytes = new byte[expected * BYTES_PER_TERM];
        this.ends = new int[expected];
    }

    int count() {
        return count;
    }

    /** Makes a reference mean one of the terms. */
    void at(int index, BytesRef term) {
        int from = index == 0 ? 0 : ends[index - 1];
        term.bytes = bytes;
        term.offset = from;
        term.length = ends[index] - from;
    }

    Terms write(byte[] more) {
        return write(more, 0, more.length);
    }

    Terms write(byte[] more, int from, int length) {
        reserve(length);
        System.arraycopy(more, from, bytes, size, length);
        size += length;
        return this;
    }

    Terms write(int one) {
        reserve(1);
        bytes[size++] = (byte) one;
        return this;
    }

    /** The lowest bytes of a number, the highest of them first. */
    Terms write(long number, int length) {
        reserve(length);
        for (int shift = Byte.SIZE * (length - 1); shift >= 0; shift -= Byte.SIZE) {
            bytes[size++] = (byte) (number >>> shift);
        }
        return this;
    }

    /** What was written since the last one is a term. */
    void end() {
        if (count == ends.length) {
            ends = Arrays.copyOf(ends, Math.max(4, 2 * count));
        }
        ends[count++] = size;
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void reserve(int more) {
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(size + more, 2 * bytes.length));
        }
    }
}
