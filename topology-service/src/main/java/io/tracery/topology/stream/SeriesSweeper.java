package io.tracery.topology.stream;

import io.tracery.topology.graph.Graph;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the store bounded. Series of proxies that are no more are added to one sum for each series, so that the edge's
 * counts stay exact; when nothing of an edge was heard of for an hour, the edge is forgotten. Walks a slice of the store
 * at each call, so that data never waits long for it.
 */
final class SeriesSweeper {

    /** A series that was silent for this long, while data flowed, is of a proxy that is no more. */
    static final Duration EXPIRY = Duration.ofHours(1);

    /** A proxy that started anew does not come back to its former counts; its last words may still be under way. */
    static final Duration EXPIRY_SUPERSEDED = Duration.ofMinutes(2);

    /** At least this many entries are looked at in one call, and then to the end of an edge. */
    private static final int SLICE = 1_000;

    /** Epochs that a sum remembers, so that one that comes back after all does not count twice. */
    private static final int MAX_FOLDED = 64;

    private record Entry(String text, SeriesKey key, SeriesValue value) {}

    private final KeyValueStore<String, byte[]> store;
    private final Graph graph;
    private final int owner;
    private final Lives lives;
    private final Listening listening;
    private @Nullable String next;

    SeriesSweeper(KeyValueStore<String, byte[]> store, Graph graph, int owner, Lives lives, Listening listening) {
        this.store = store;
        this.graph = graph;
        this.owner = owner;
        this.lives = lives;
        this.listening = listening;
    }

    /** Looks at the next slice of the store. */
    void sweep() {
        List<List<Entry>> edges = new ArrayList<>();
        int seen = 0;
        try (KeyValueIterator<String, byte[]> entries = store.range(next, null)) {
            next = null;
            while (entries.hasNext()) {
                KeyValue<String, byte[]> stored = entries.next();
                Entry entry = new Entry(stored.key, SeriesKey.parse(stored.key), SeriesValueCodec.read(stored.value));
                boolean another = edges.isEmpty()
                        || !edges.getLast()
                                .getFirst()
                                .key()
                                .labels()
                                .edge()
                                .equals(entry.key().labels().edge());
                if (another && seen >= SLICE) {
                    next = stored.key;
                    break;
                }
                if (another) {
                    edges.add(new ArrayList<>());
                }
                edges.getLast().add(entry);
                seen++;
            }
        }
        edges.forEach(this::sweepEdge);
    }

    private void sweepEdge(List<Entry> entries) {
        if (entries.stream().allMatch(entry -> silentFor(entry, EXPIRY))) {
            entries.forEach(this::delete);
            return;
        }
        List<Entry> gone = new ArrayList<>();
        Entry sum = null;
        for (Entry entry : entries) {
            boolean sameSum = sum != null && entry.key().retired().equals(sum.key());
            if (!gone.isEmpty()
                    && !entry.key().retired().equals(gone.getFirst().key().retired())) {
                fold(sum, gone);
                gone.clear();
            }
            if (entry.key().isRetired()) {
                sum = entry;
            } else {
                sum = sameSum ? sum : null;
                if (isGone(entry)) {
                    gone.add(entry);
                }
            }
        }
        if (!gone.isEmpty()) {
            fold(sum, gone);
        }
    }

    private boolean isGone(Entry entry) {
        return silentFor(entry, EXPIRY) || (lives.superseded(entry.key()) && silentFor(entry, EXPIRY_SUPERSEDED));
    }

    private boolean silentFor(Entry entry, Duration duration) {
        return listening.silence(entry.value().heardMillis()) > duration.toMillis();
    }

    /** Writes the sum before it deletes what went into it, and names that: see {@link SeriesTable#restore}. */
    private void fold(@Nullable Entry sum, List<Entry> gone) {
        SeriesKey key = gone.getFirst().key().retired();
        List<String> folded =
                new ArrayList<>(sum == null ? List.of() : sum.value().folded());
        Count count = sum == null ? null : sum.value().last();
        long time = sum == null ? 0 : sum.value().timeNanos();
        long changed = sum == null ? 0 : sum.value().changedMillis();
        long heard = sum == null ? 0 : sum.value().heardMillis();
        for (Entry entry : gone) {
            SeriesValue value = entry.value();
            count = count == null ? value.counted() : count.plus(value.counted());
            time = Math.max(time, value.timeNanos());
            changed = Math.max(changed, value.changedMillis());
            heard = Math.max(heard, value.heardMillis());
            folded.remove(entry.key().epoch());
            folded.add(entry.key().epoch());
        }
        if (count == null) {
            return;
        }
        List<String> latest =
                folded.subList(Math.max(0, folded.size() - Math.max(MAX_FOLDED, gone.size())), folded.size());
        if (sum == null) {
            graph.reserve(owner, key.labels());
        }
        store.put(
                key.text(),
                SeriesValueCodec.write(new SeriesValue(time, changed, heard, count, null, List.copyOf(latest))));
        gone.forEach(this::delete);
    }

    private void delete(Entry entry) {
        store.delete(entry.text());
        graph.forget(owner, entry.key().labels(), entry.key().epoch());
    }
}
