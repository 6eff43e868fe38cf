package io.tracery.search.store;

import java.util.Arrays;

/** Places in an array of bytes; used again and again. */
final class Slices {

    private int[] froms = new int[64];
    private int[] lengths = new int[64];
    private int count;

    void clear() {
        count = 0;
    }

    void add(int from, int length) {
        if (count == froms.length) {
            froms = Arrays.copyOf(froms, 2 * count);
            lengths = Arrays.copyOf(lengths, 2 * count);
        }
        froms[count] = from;
        lengths[count++] = length;
    }

    int count() {
        return count;
    }

    int from(int index) {
        return froms[index];
    }

    int length(int index) {
        return lengths[index];
    }
}
