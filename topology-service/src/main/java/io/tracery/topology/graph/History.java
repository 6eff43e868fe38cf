package io.tracery.topology.graph;

import io.tracery.tracing.metric.ExponentialHistogram;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The last minutes of one edge's version, second by second: a ring that grows from a minute to what is asked of it, and
 * is empty where nothing happened. Guarded by its edge's lock.
 */
final class History {

    private static final int SMALL = 64;
    private static final int LARGE = 1024;

    /** Slot of a second: its number modulo the length. */
    private @Nullable Second[] ring = new @Nullable Second[SMALL];

    /**
     * Spreads exchanges over the seconds in which they ended.
     *
     * @param oldest what ended before this second is not kept
     * @param version of the graph that this makes
     */
    void add(Exchanges exchanges, long oldest, long version) {
        long last = Math.floorDiv(exchanges.spread().toMillis() - 1, 1000L);
        long first = Math.max(oldest, Math.floorDiv(exchanges.spread().fromMillis(), 1000L));
        ExponentialHistogram latencies = exchanges.latencies();
        for (long second = first; second <= last; second++) {
            long begin = second * 1000;
            int zeros = share(exchanges, latencies.zeroCount(), begin);
            int total = zeros;
            Second cell = null;
            for (int i = 0; i < latencies.bucketCount(); i++) {
                int count = latencies.countAt(i) == 0 ? 0 : share(exchanges, latencies.countAt(i), begin);
                if (count > 0) {
                    cell = cell == null ? at(second, oldest) : cell;
                    cell.add(latencies.offset() + i, count);
                    total += count;
                }
            }
            if (total > 0) {
                cell = cell == null ? at(second, oldest) : cell;
                cell.addZero(zeros);
                cell.count(total, exchanges);
                cell.changed = version;
            }
        }
    }

    private static int share(Exchanges exchanges, long count, long begin) {
        long share = exchanges.spread().within(count, begin, begin + 1000);
        return (int) Math.min(Integer.MAX_VALUE / 2, share);
    }

    /** Adds up the seconds from one to another, both included. */
    void sum(long from, long to, WindowSum sum) {
        if (to - from < ring.length) {
            // Most windows are shorter than what is kept, and a second that is not looked at need not be fetched from
            // memory.
            for (long second = from; second <= to; second++) {
                add(ring[(int) (second & (ring.length - 1))], second, second, sum);
            }
        } else {
            for (Second cell : ring) {
                add(cell, from, to, sum);
            }
        }
    }

    private static void add(@Nullable Second cell, long from, long to, WindowSum sum) {
        if (cell != null && cell.second >= from && cell.second <= to) {
            cell.addTo(sum);
            sum.countSettled(cell);
        }
    }

    /** Copies of the seconds from one on, in no particular order. */
    List<Second> copySince(long from) {
        List<Second> copies = new ArrayList<>();
        for (Second cell : ring) {
            if (cell != null && cell.second >= from) {
                copies.add(cell.copy());
            }
        }
        return copies;
    }

    /** Copies of the seconds that changed after a version of the graph by what this process counted; all of them after 0. */
    List<Second> copyChanged(long version) {
        List<Second> copies = new ArrayList<>();
        for (Second cell : ring) {
            if (cell != null && (version == 0 || cell.changed > version)) {
                copies.add(cell.copy());
            }
        }
        return copies;
    }

    /** Takes a second as another process counted it. */
    void put(Second cell, long oldest) {
        if (cell.second >= oldest) {
            Second place = at(cell.second, oldest);
            ring[(int) (place.second & (ring.length - 1))] = cell;
        }
    }

    /** Forgets what is older than a second. */
    void trim(long oldest) {
        boolean empty = true;
        for (int i = 0; i < ring.length; i++) {
            Second cell = ring[i];
            if (cell != null && cell.second < oldest) {
                ring[i] = null;
            }
            empty &= ring[i] == null;
        }
        if (empty && ring.length > SMALL) {
            ring = new @Nullable Second[SMALL];
        }
    }

    private Second at(long second, long oldest) {
        int slot = (int) (second & (ring.length - 1));
        Second cell = ring[slot];
        if (cell != null && cell.second != second && cell.second >= oldest && ring.length < LARGE) {
            grow();
            slot = (int) (second & (ring.length - 1));
            cell = ring[slot];
        }
        if (cell == null || cell.second != second) {
            cell = new Second(second);
            ring[slot] = cell;
        }
        return cell;
    }

    private void grow() {
        @Nullable Second[] larger = new @Nullable Second[LARGE];
        for (Second cell : ring) {
            if (cell != null) {
                larger[(int) (cell.second & (LARGE - 1))] = cell;
            }
        }
        ring = larger;
    }
}
