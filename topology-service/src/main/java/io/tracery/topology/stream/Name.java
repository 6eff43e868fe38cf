package io.tracery.topology.stream;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The bytes by which a report names something, as a key of maps. To look something up they are read where they stand; what is kept has
 * a {@link #copy} of them. Confined to one thread.
 */
final class Name {

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** Of this process alone, so that nobody can send names that collide. */
    private static final long FACTOR = new SplittableRandom().nextLong() | 1;

    private byte[] bytes = {};
    private int from;
    private int to;
    private long number;
    private int hash;

    /** Reads bytes where they stand; what a number tells apart is different. */
    Name of(byte[] source, int begin, int end, long distinct) {
        bytes = source;
        from = begin;
        to = end;
        number = distinct;
        long mixed = (distinct + end - begin) * FACTOR;
        int at = begin;
        for (; at + Long.BYTES <= end; at += Long.BYTES) {
            mixed = mix(mixed ^ (long) LONGS.get(source, at));
        }
        for (; at < end; at++) {
            mixed = mix(mixed ^ source[at]);
        }
        hash = (int) (mixed >>> 32);
        return this;
    }

    private static long mix(long bits) {
        return (bits ^ (bits >>> 29)) * FACTOR;
    }

    /** The same in memory of its own. */
    Name copy() {
        return new Name().of(Arrays.copyOfRange(bytes, from, to), 0, to - from, number);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Name that
                && hash == that.hash
                && number == that.number
                && Arrays.equals(bytes, from, to, that.bytes, that.from, that.to);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
