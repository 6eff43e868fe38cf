package io.tracery.search.store;

import java.util.Arrays;

/** Numbers, each with the value that it was put with last, in the order in which they came first. Confined to one thread. */
final class LongTable {

    static final int NONE = -1;
    private static final int LEAST = 256;
    private static final int MOST_KEPT = 16 * 1024;
    private static final long PRIME = 0x9E3779B97F4A7C15L;

    private int[] slots = new int[LEAST];
    private long[] keys = new long[LEAST / 2];
    private int[] values = new int[LEAST / 2];
    private int count;

    int count() {
        return count;
    }

    long key(int index) {
        return keys[index];
    }

    void clear() {
        if (slots.length > MOST_KEPT) {
            slots = new int[LEAST];
            keys = new long[LEAST / 2];
            values = new int[LEAST / 2];
        } else {
            Arrays.fill(slots, 0);
        }
        count = 0;
    }

    /** The value of a key; {@link #NONE} for one that is not there. */
    int find(long key) {
        int found = slots[slot(key)];
        return found == 0 ? NONE : values[found - 1];
    }

    void put(long key, int value) {
        int slot = slot(key);
        if (slots[slot] != 0) {
            values[slots[slot] - 1] = value;
            return;
        }
        if (count == keys.length) {
            grow();
            slot = slot(key);
        }
        keys[count] = key;
        values[count] = value;
        slots[slot] = ++count;
    }

    private int slot(long key) {
        int mask = slots.length - 1;
        int slot = (int) ((key * PRIME) >>> 32) & mask;
        while (slots[slot] != 0 && keys[slots[slot] - 1] != key) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        keys = Arrays.copyOf(keys, slots.length);
        values = Arrays.copyOf(values, slots.length);
        slots = new int[slots.length * 2];
        for (int i = 0; i < count; i++) {
            slots[slot(keys[i])] = i + 1;
        }
    }
}
