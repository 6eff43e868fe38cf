package io.tracery.tracing.otlp;

import java.util.Arrays;

/** Where parts of a message stand in its bytes. Confined to one thread; may be cleared and used again. */
public final class Slices {

    private static final int USUAL = 4;

    /** Where each begins, and how long it is. */
    private int[] places = new int[2 * USUAL];

    private int count;
    private int bytes;

    public void add(int from, int length) {
        if (2 * count == places.length) {
            places = Arrays.copyOf(places, 2 * places.length);
        }
        places[2 * count] = from;
        places[2 * count + 1] = length;
        count++;
        bytes += length;
    }

    public void clear() {
        count = 0;
        bytes = 0;
    }

    public int count() {
        return count;
    }

    /** Of all of them. */
    public int bytes() {
        return bytes;
    }

    /** @param index 0 to {@link #count} - 1 */
    public int from(int index) {
        return places[2 * index];
    }

    /** @param index 0 to {@link #count} - 1 */
    public int length(int index) {
        return places[2 * index + 1];
    }
}
