package io.tracery.pipeline.otlp;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads protobuf fields where they stand, without making objects of them. Where there are none, it throws rather than read
 * beyond the end. Confined to one thread.
 */
final class Wire {

    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int DELIMITED = 2;
    private static final int GROUP = 3;
    private static final int GROUP_END = 4;
    private static final int FIXED32 = 5;
    private static final int TYPE_BITS = 3;

    private final byte[] bytes;
    private int at;
    private int end;

    Wire(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        this.at = from;
        this.end = to;
    }

    boolean more() {
        return at < end;
    }

    int at() {
        return at;
    }

    /** Reads on from there to there. */
    void move(int from, int to) {
        at = from;
        end = to;
    }

    int end() {
        return end;
    }

    /** Field number and type of what follows. */
    int tag() {
        return (int) varint();
    }

    static int field(int tag) {
        return tag >>> TYPE_BITS;
    }

    static boolean delimited(int tag) {
        return (tag & 7) == DELIMITED;
    }

    long varint() {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte next = next();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw broken();
    }

    private byte next() {
        if (at >= end) {
            throw broken();
        }
        return bytes[at++];
    }

    long fixed64() {
        long value = 0;
        if (end - at < Long.BYTES) {
            throw broken();
        }
        for (int i = Long.BYTES - 1; i >= 0; i--) {
            value = (value << Byte.SIZE) | (bytes[at + i] & 0xff);
        }
        at += Long.BYTES;
        return value;
    }

    /** Where what is length-delimited ends; {@link #at} is where it begins. */
    int limit() {
        long length = varint();
        if (length < 0 || length > end - at) {
            throw broken();
        }
        return at + (int) length;
    }

    void skip(int tag) {
        switch (tag & 7) {
            case VARINT -> varint();
            case FIXED64 -> forward(Long.BYTES);
            case FIXED32 -> forward(Integer.BYTES);
            case DELIMITED -> at = limit();
            case GROUP -> group();
            default -> throw broken();
        }
    }

    /** Nobody writes them any more, but protobuf passes on those that it does not know, no more than a hundred in each other. */
    private void group() {
        for (int tag = tag(); (tag & 7) != GROUP_END; tag = tag()) {
            skip(tag);
        }
    }

    private void forward(int count) {
        if (count > end - at) {
            throw broken();
        }
        at += count;
    }

    /** The text from here to there; reads on behind it. */
    String text(int to) {
        String text = new String(bytes, at, to - at, StandardCharsets.UTF_8);
        at = to;
        return text;
    }

    /** Whether the text from here to there has ASCII characters only; reads on behind it. */
    boolean ascii(int to) {
        int all = 0;
        for (int i = at; i < to; i++) {
            all |= bytes[i];
        }
        at = to;
        return all >= 0;
    }

    byte[] copy(int from, int to) {
        return Arrays.copyOfRange(bytes, from, to);
    }

    /** Whether exactly these bytes stand from here to there. */
    boolean is(byte[] expected, int to) {
        return Arrays.equals(bytes, at, to, expected, 0, expected.length);
    }

    /** Begins a field that is delimited by its length. */
    static void length(ByteArrayOutputStream out, int tag, int length) {
        out.write(tag);
        int rest = length;
        while (rest > 0x7f) {
            out.write((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out.write(rest);
    }

    /** How many bytes a field of so many takes, its tag and length included. */
    static int size(int length) {
        return 1 + CodedOutputStream.computeUInt32SizeNoTag(length) + length;
    }

    private static IllegalStateException broken() {
        return new IllegalStateException("these bytes are no batch of spans");
    }
}
