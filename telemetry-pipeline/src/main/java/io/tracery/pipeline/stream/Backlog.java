package io.tracery.pipeline.stream;

import java.util.HashMap;
import java.util.Map;

/**
 * How far behind the partitions of {@code mesh_spans} are read, each by itself. While there is a backlog, as after a restart, one is read sooner than
 * another, and spans of one trace that were written together come apart. Confined to one task.
 */
final class Backlog {

    /** Partitions of which nothing came for so long have no backlog. */
    private static final long ACTIVE_MILLIS = 3_000;

    /** What is less is no backlog, but how things are. */
    private static final long LEAST_MILLIS = 2_000;

    /** Whoever's clock is wrong must not hold up decisions for long. */
    private static final long MOST_MILLIS = 30_000;

    private final Map<Integer, Source> sources = new HashMap<>();

    private record Source(long lagMillis, long atMillis) {}

    /** @return how far behind its partition is read */
    long came(int source, long timestampMillis, long nowMillis) {
        long lag = Math.max(0, nowMillis - timestampMillis);
        sources.put(source, new Source(lag, nowMillis));
        return lag;
    }

    /** How far behind the one is read that is furthest behind. */
    long most(long nowMillis) {
        long most = 0;
        for (Source source : sources.values()) {
            if (nowMillis - source.atMillis <= ACTIVE_MILLIS) {
                most = Math.max(most, source.lagMillis);
            }
        }
        return most;
    }

    /** How much longer to wait for spans that may stand in the backlog of others. */
    static long patience(long mostMillis, long ownMillis) {
        long further = mostMillis - ownMillis;
        return further < LEAST_MILLIS ? 0 : Math.min(further, MOST_MILLIS);
    }
}
