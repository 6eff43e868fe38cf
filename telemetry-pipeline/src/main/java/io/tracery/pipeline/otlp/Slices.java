package io.tracery.pipeline.otlp;

import java.util.Arrays;

/** Places in an array of bytes. Confined to one thread. */
final class Slices {

    private static final int USUAL = 4;

    /** Where each begins, and where it ends. */
    private int[] places = new int[2 * USUAL];

    private int count;
    private int bytes;

    void add(int from, int to) {
        if (2 * count == places.length) {
            places = Arrays.copyOf(places, 2 * places.length);
        }
        places[2 * count] = from;
        places[2 * count + 1] = to;
        count++;
        bytes += to - from;
    }

    int count() {
        return count;
    }

    /** Of all of them. */
    int bytes() {
        return bytes;
    }

    int from(int number) {
        return places[2 * number];
    }

    int to(int number) {
        return places[2 * number + 1];
    }
}
