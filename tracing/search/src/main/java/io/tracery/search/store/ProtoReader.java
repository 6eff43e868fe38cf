package io.tracery.search.store;

import com.google.protobuf.InvalidProtocolBufferException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Walks over the fields of one protobuf message where they stand. Millions of attributes a second pass here, most of them known from the
 * message before: objects for them would cost more than all that is done with them.
 */
final class ProtoReader {

    /** How a field's value is written, the lowest three bits of its tag. */
    static final int VARINT = 0;

    static final int FIXED64 = 1;
    static final int SIZED = 2;
    static final int FIXED32 = 5;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private byte[] bytes = {};
    private int at;
    private int end;
    private int from;

    /** Begins anew, with the message that stands there. */
    void over(byte[] message, int start, int length) {
        bytes = message;
        at = start;
        end = start + length;
    }

    boolean more() {
        return at < end;
    }

    /** Where the next field begins. */
    int at() {
        return at;
    }

    /** A field's number, shifted by three, and how its value is written. */
    int tag() throws InvalidProtocolBufferException {
        long tag = varint();
        if (tag >>> 3 == 0 || tag >>> Integer.SIZE != 0) {
            throw malformed("there is no field of that number");
        }
        return (int) tag;
    }

    long varint() throws InvalidProtocolBufferException {
        int next = at;
        if (next < end && bytes[next] >= 0) {
            at = next + 1;
            return bytes[next];
        }
        long number = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            if (next == end) {
                throw truncated();
            }
            byte part = bytes[next++];
            number |= (part & 0x7FL) << shift;
            if (part >= 0) {
                at = next;
                return number;
            }
        }
        throw malformed("a number has more than ten bytes");
    }

    long fixed64() throws InvalidProtocolBufferException {
        return (long) LONGS.get(bytes, advance(Long.BYTES));
    }

    int fixed32() throws InvalidProtocolBufferException {
        return (int) INTS.get(bytes, advance(Integer.BYTES));
    }

    /** Goes past a text, bytes or a message, which began at {@link #from}; answers its length. */
    int sized() throws InvalidProtocolBufferException {
        long length = varint();
        if (length < 0 || length > end - at) {
            throw truncated();
        }
        from = at;
        at += (int) length;
        return (int) length;
    }

    int from() {
        return from;
    }

    /** Goes past a field's value. */
    void skip(int tag) throws InvalidProtocolBufferException {
        switch (tag & 7) {
            case VARINT -> varint();
            case FIXED64 -> advance(Long.BYTES);
            case SIZED -> sized();
            case FIXED32 -> advance(Integer.BYTES);
            default -> throw malformed("a field is written in a way that OTLP does not know");
        }
    }

    private int advance(int length) throws InvalidProtocolBufferException {
        if (length > end - at) {
            throw truncated();
        }
        int start = at;
        at += length;
        return start;
    }

    private static InvalidProtocolBufferException truncated() {
        return malformed("it ends in the middle of a field");
    }

    private static InvalidProtocolBufferException malformed(String what) {
        return new InvalidProtocolBufferException(what);
    }
}
