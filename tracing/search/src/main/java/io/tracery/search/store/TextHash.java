package io.tracery.search.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A hash of a text, eight bytes at a time. It stands in indexes that are already written and never changes. */
final class TextHash {

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long PRIME = 0x9E3779B97F4A7C15L;
    private static final long SPREAD = 0xFF51AFD7ED558CCDL;

    private TextHash() {}

    static long of(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return of(bytes, 0, bytes.length);
    }

    static long of(byte[] bytes, int from, int length) {
        long hash = length * PRIME;
        int end = from + length;
        int at = from;
        for (; at + Long.BYTES <= end; at += Long.BYTES) {
            hash = (hash ^ (long) LONGS.get(bytes, at)) * PRIME;
            hash ^= hash >>> 32;
        }
        long rest = 0;
        for (; at < end; at++) {
            rest = (rest << 8) | (bytes[at] & 0xFF);
        }
        return mixed((hash ^ rest) * PRIME);
    }

    /** Of two or three texts in this order. */
    static long together(long first, long second) {
        return mixed((first * PRIME) ^ second);
    }

    /** Spreads every bit over all others. */
    private static long mixed(long hash) {
        long once = (hash ^ (hash >>> 32)) * SPREAD;
        return once ^ (once >>> 29);
    }
}
