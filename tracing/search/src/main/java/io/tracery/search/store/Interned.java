package io.tracery.search.store;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import java.util.Arrays;

/** Sequences of bytes, each of them once, in a column and numbered in the order of first use. Confined to one thread. */
final class Interned {

    private static final int LEAST = 256;
    private static final int MOST_KEPT = 16 * 1024;

    private final Column column;

    // A number plus one for each slot that is taken, by the hash of what has the number.
    private int[] slots = new int[LEAST];
    private long[] hashes = new long[LEAST / 2];
    private int[] places = new int[LEAST / 2];
    private int[] lengths = new int[LEAST / 2];
    private int count;

    Interned(Column column) {
        this.column = column;
    }

    int count() {
        return count;
    }

    /** Begins anew; what one huge fragment took is given back. */
    void clear() {
        column.clear();
        if (slots.length > MOST_KEPT) {
            slots = new int[LEAST];
            hashes = new long[LEAST / 2];
            places = new int[LEAST / 2];
            lengths = new int[LEAST / 2];
        } else {
            Arrays.fill(slots, 0);
        }
        count = 0;
    }

    /** The {@link TextHash} of what has this number. */
    long hash(int number) {
        return hashes[number];
    }

    /** @throws InvalidProtocolBufferException where it is not UTF-8 */
    int text(byte[] bytes, int from, int length) throws InvalidProtocolBufferException {
        int before = count;
        int number = number(bytes, from, length);
        if (count > before
                && !isAscii(bytes, from, length)
                && !UnsafeByteOperations.unsafeWrap(bytes, from, length).isValidUtf8()) {
            throw new InvalidProtocolBufferException("a text is not UTF-8");
        }
        return number;
    }

    private static boolean isAscii(byte[] bytes, int from, int length) {
        int all = 0;
        for (int i = from; i < from + length; i++) {
            all |= bytes[i];
        }
        return all >= 0;
    }

    int number(byte[] bytes, int from, int length) {
        long hash = TextHash.of(bytes, from, length);
        int mask = slots.length - 1;
        int slot = (int) hash & mask;
        while (slots[slot] != 0) {
            int number = slots[slot] - 1;
            if (hashes[number] == hash
                    && lengths[number] == length
                    && column.holds(places[number], bytes, from, length)) {
                return number;
            }
            slot = (slot + 1) & mask;
        }
        return add(slot, hash, bytes, from, length);
    }

    private int add(int slot, long hash, byte[] bytes, int from, int length) {
        if (count == hashes.length) {
            grow();
            return number(bytes, from, length);
        }
        column.write(length);
        hashes[count] = hash;
        places[count] = column.size();
        lengths[count] = length;
        column.writeBytes(bytes, from, length);
        slots[slot] = count + 1;
        return count++;
    }

    private void grow() {
        int size = slots.length * 2;
        hashes = Arrays.copyOf(hashes, size / 2);
        places = Arrays.copyOf(places, size / 2);
        lengths = Arrays.copyOf(lengths, size / 2);
        slots = new int[size];
        for (int number = 0; number < count; number++) {
            int slot = (int) hashes[number] & (size - 1);
            while (slots[slot] != 0) {
                slot = (slot + 1) & (size - 1);
            }
            slots[slot] = number + 1;
        }
    }
}
