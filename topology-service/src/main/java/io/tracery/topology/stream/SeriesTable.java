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

    /** What was heard of is in the store after this, even if nothing changed: a fraction of {@link SeriesSweeper#EXPIRY_SUPERSEDED}. */
    private static final long UNTOLD_MILLIS = 45_000;

    /** The sweeper, who reads the store, leaves alone what was heard of in this time; proxies speak at least every 30 s. */
    private static final long TRUSTED_MILLIS = SeriesSweeper.EXPIRY_SUPERSEDED.toMillis() - UNTOLD_MILLIS - 5_000;

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
        KnownSeries series = point.series();
        long time = millis(point.timeNanos());
        long now = clock.millis();
        SeriesValue known = newest(series, now);
        if (known == null) {
            return begin(point, now, lives.before(series.key, time, now));
        }
        if (point.timeNanos() <= known.timeNanos()) {
            return point.timeNanos() == known.timeNanos() ? PointDrop.DUPLICATE : PointDrop.OUT_OF_ORDER;
        }
        Count change;
        try {
            change = point.count().since(known.last());
        } catch (IllegalArgumentException e) {
            return PointDrop.DECREASED;
        }
        boolean same = change.amount() == 0;
        keep(
                series,
                new SeriesValue(
                        point.timeNanos(),
                        same ? known.changedMillis() : time,
                        now,
                        point.count(),
                        known.skipped(),
                        List.of()),
                same);
        long before = Math.max(millis(known.timeNanos()), lives.before(series.key, time, now));
        count(increment(series.key, series.epoch, change, before, time, point.exemplar()));
        return null;
    }

    /** What is known is as new as the store, unless it was silent for so long that the sweeper may have changed that. */
    private @Nullable SeriesValue newest(KnownSeries series, long now) {
        SeriesValue known = series.value;
        if (known == null || now - known.heardMillis() > TRUSTED_MILLIS) {
            byte[] stored = store.get(series.key.text());
            known = stored == null ? null : SeriesValueCodec.read(stored);
            series.value = known;
            series.storedMillis = known == null ? 0 : known.heardMillis();
        }
        return known;
    }

    /** The store need not be told of each report that says nothing new. */
    private void keep(KnownSeries series, SeriesValue value, boolean same) {
        series.value = value;
        if (!same || value.heardMillis() - series.storedMillis >= UNTOLD_MILLIS) {
            series.storedMillis = value.heardMillis();
            store.put(series.key.text(), SeriesValueCodec.write(value));
        }
    }

    /** The first point of a series: all that it counted since its start is new, unless it was closed before. */
    private @Nullable PointDrop begin(Point point, long now, long before) {
        SeriesKey key = point.series().key;
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
        Count skipped = wasClosed(point.series()) ? point.count() : null;
        keep(point.series(), new SeriesValue(point.timeNanos(), time, now, point.count(), skipped, List.of()), false);
        if (skipped != null) {
            return PointDrop.RETURNED;
        }
        count(increment(
                key,
                point.series().epoch,
                point.count(),
                Math.max(millis(key.startNanos()), before),
                time,
                point.exemplar()));
        return null;
    }

    private boolean wasClosed(KnownSeries series) {
        byte[] retired = store.get(series.key.retired().text());
        return retired != null && SeriesValueCodec.read(retired).folded().contains(series.epoch);
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
                counts.add(increment(key, key.epoch(), value.counted(), 0, value.changedMillis(), null));
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
            SeriesKey key, String epoch, Count count, long fromMillis, long toMillis, @Nullable Exemplar exemplar) {
        return new Increment(
                key.labels(), key.measure(), epoch, count.amount(), count.latencies(), fromMillis, toMillis, exemplar);
    }

    private static long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }
}
