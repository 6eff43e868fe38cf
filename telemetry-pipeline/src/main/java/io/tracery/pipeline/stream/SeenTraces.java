package io.tracery.pipeline.stream;

import io.tracery.pipeline.otlp.TraceId;
import java.time.Duration;
import java.util.Arrays;

/**
 * Whether a trace may have been decided upon lately: a Bloom filter in three generations, each of half the time that decisions
 * stay. Nearly all spans are of traces that have not, and a look into the store for each of those would be the dearest
 * thing that is done for it. Never forgets within that time; errs for less than one in a hundred up to half a million traces a generation. Confined to
 * one task.
 */
final class SeenTraces {

    private static final int GENERATIONS = 3;
    private static final int WORDS = 1 << 16;
    private static final int BITS = WORDS * Long.SIZE;
    private static final int HASHES = 4;

    private final long generationMillis;
    private final long[][] generations = new long[GENERATIONS][WORDS];
    private int current;
    private long sinceMillis;

    SeenTraces(Duration stay, long nowMillis) {
        this.generationMillis = stay.toMillis() / (GENERATIONS - 1);
        this.sinceMillis = nowMillis;
    }

    void add(TraceId id, long nowMillis) {
        age(nowMillis);
        long[] bits = generations[current];
        long hash = id.mixed();
        for (int i = 0; i < HASHES; i++) {
            int bit = bit(hash, i);
            bits[bit / Long.SIZE] |= 1L << bit;
        }
    }

    boolean maybe(TraceId id) {
        long hash = id.mixed();
        for (long[] bits : generations) {
            if (holds(bits, hash)) {
                return true;
            }
        }
        return false;
    }

    private static boolean holds(long[] bits, long hash) {
        for (int i = 0; i < HASHES; i++) {
            int bit = bit(hash, i);
            if ((bits[bit / Long.SIZE] & 1L << bit) == 0) {
                return false;
            }
        }
        return true;
    }

    /** Two halves of a hash make as many as one likes (Kirsch and Mitzenmacher). */
    private static int bit(long hash, int number) {
        return Math.floorMod((int) hash + number * ((int) (hash >>> Integer.SIZE) | 1), BITS);
    }

    private void age(long nowMillis) {
        for (int i = 0; i < GENERATIONS && nowMillis - sinceMillis >= generationMillis; i++) {
            sinceMillis += generationMillis;
            current = (current + 1) % GENERATIONS;
            Arrays.fill(generations[current], 0);
        }
        if (nowMillis - sinceMillis >= generationMillis) {
            sinceMillis = nowMillis;
        }
    }
}
