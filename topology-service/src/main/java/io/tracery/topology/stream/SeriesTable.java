package io.tracery.topology.stream;

import io.tracery.topology.graph.Exemplar;
import io.tracery.topology.graph.Graph;
import io.tracery.topology.graph.Increment;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns cumulative points into what happened since, against the newest point of each series in the store.
 *
 * <p>The store is the truth and the graph its sum: each point changes one entry, and the graph only after it. So it does
 * not matter which entries survive a crash: points that are read again and were kept are duplicates, the others count.
 */
final class SeriesTable {

    private static final Logger log = LoggerFactory.getLogger(SeriesTable.class);

    private final KeyValueStore<String, byte[]> store;
    private final Graph graph;
    private final int owner;
    private final Lives lives;
    private final InstantSource clock;
    private final Consumer<Increment> history;

    /**
     * @param owner the partition whose series these are
     * @param history is told what is counted, but not what is restored
     */
    SeriesTable(
            KeyValueStore<String, byte[]> store,
            Graph graph,
            int owner,
            Lives lives,
            InstantSource clock,
            Consumer<Increment> history) {
        this.store = store;
        this.graph = graph;
        this.owner = owner;
        this.lives = lives;
        this.clock = clock;
        this.history = history;
    }

    /** Counts a point; null when it counted, even if nothing had changed. */
    @Nullable
    PointDrop apply(Point point) {
        SeriesKey key = point.key();
        String text = key.text();
        byte[] stored = store.get(text);
        long time = millis(point.timeNanos());
        long now = clock.millis();
        if (stored == null) {
            return begin(point, text, now, lives.before(key, time, now));
        }
        SeriesValue known = SeriesValueCodec.read(stored);
        if (point.timeNanos() <= known.timeNanos()) {
            return point.timeNanos() == known.timeNanos() ? PointDrop.DUPLICATE : PointDrop.OUT_OF_ORDER;
        }
        Count change;
        try {
            change = point.count().since(known.last());
        } catch (IllegalArgumentException e) {
            return PointDrop.DECREASED;
        }
        long changed = change.amount() == 0 ? known.changedMillis() : time;
        put(text, new SeriesValue(point.timeNanos(), changed, now, point.count(), known.skipped(), List.of()));
        long before = Math.max(millis(known.timeNanos()), lives.before(key, time, now));
        count(increment(key, change, before, time, point.exemplar()));
        return null;
    }

    /** The first point of a series: all that it counted since its start is new, unless it was closed before. */
    private @Nullable PointDrop begin(Point point, String text, long now, long before) {
        SeriesKey key = point.key();
        switch (graph.admit(owner, key.labels())) {
            case EDGE_BUDGET -> {
                return PointDrop.EDGE_BUDGET;
            }
            case SERIES_BUDGET -> {
                return PointDrop.SERIES_BUDGET;
            }
            case ADMITTED -> {
                // There is room.
            }
        }
        long time = millis(point.timeNanos());
        Count skipped = wasClosed(key) ? point.count() : null;
        put(text, new SeriesValue(point.timeNanos(), time, now, point.count(), skipped, List.of()));
        if (skipped != null) {
            return PointDrop.RETURNED;
        }
        count(increment(key, point.count(), Math.max(millis(key.startNanos()), before), time, point.exemplar()));
        return null;
    }

    private boolean wasClosed(SeriesKey key) {
        byte[] retired = store.get(key.retired().text());
        return retired != null && SeriesValueCodec.read(retired).folded().contains(key.epoch());
    }

    /** Makes the graph what the store says. */
    void restore() {
        long restored = 0;
        long unreadable = 0;
        Graph.Restoration counts = graph.restoration(owner);
        try (KeyValueIterator<String, byte[]> entries = store.all()) {
            @Nullable Closed closed = null;
            while (entries.hasNext()) {
                KeyValue<String, byte[]> entry = entries.next();
                SeriesKey key;
                SeriesValue value;
                try {
                    key = SeriesKey.parse(entry.key);
                    value = SeriesValueCodec.read(entry.value);
                } catch (IllegalArgumentException e) {
                    store.delete(entry.key);
                    unreadable++;
                    continue;
                }
                if (key.isRetired()) {
                    closed = new Closed(key, value.folded());
                } else if (closed != null && closed.holds(key, value)) {
                    store.delete(entry.key);
                    continue;
                } else {
                    lives.before(key, millis(value.timeNanos()), value.heardMillis());
                }
                counts.add(increment(key, value.counted(), 0, value.changedMillis(), null));
                restored++;
            }
        }
        counts.complete();
        log.info("partition {}: {} series restored", owner, restored);
        if (unreadable > 0) {
            log.warn(
                    "partition {}: {} series were kept in a way this version cannot read, and begin anew",
                    owner,
                    unreadable);
        }
    }

    /** What went into a sum. An entry that it holds is still there only where a crash came before its deletion. */
    private record Closed(SeriesKey sum, List<String> epochs) {
        boolean holds(SeriesKey key, SeriesValue value) {
            return value.skipped() == null
                    && epochs.contains(key.epoch())
                    && key.retired().equals(sum);
        }
    }

    private void count(Increment increment) {
        graph.add(owner, increment);
        history.accept(increment);
    }

    private static Increment increment(
            SeriesKey key, Count count, long fromMillis, long toMillis, @Nullable Exemplar exemplar) {
        return new Increment(
                key.labels(),
                key.measure(),
                key.epoch(),
                count.amount(),
                count.latencies(),
                fromMillis,
                toMillis,
                exemplar);
    }

    private void put(String text, SeriesValue value) {
        store.put(text, SeriesValueCodec.write(value));
    }

    private static long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }
}
