package io.tracery.topology.history;

import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/** How many entries each window has and how large they are; kept in the store beside them. Confined to the stream's thread but for its sums. */
final class WindowSizes {

    private record Size(long entries, long bytes) {}

    private record Place(Step step, long begin) {}

    private final WindowStore store;
    private final EnumMap<Step, TreeMap<Long, Size>> sizes = new EnumMap<>(Step.class);
    private final Set<Place> changed = new HashSet<>();
    private volatile Map<Step, HistoryStats.OfStep> stats = Map.of();

    WindowSizes(WindowStore store) {
        this.store = store;
        for (Step step : Step.values()) {
            TreeMap<Long, Size> known = new TreeMap<>();
            store.visit(WindowKey.size(step, 0), WindowKey.size(step, Long.MAX_VALUE), (key, value) -> {
                ByteBuffer buffer = ByteBuffer.wrap(value);
                known.put(WindowKey.time(key), new Size(buffer.getLong(), buffer.getLong()));
                return true;
            });
            sizes.put(step, known);
        }
        publish();
    }

    void grew(Step step, long begin, long entries, long bytes) {
        of(step).merge(
                        begin,
                        new Size(entries, bytes),
                        (one, other) -> new Size(one.entries + other.entries, one.bytes + other.bytes));
        changed.add(new Place(step, begin));
    }

    /** Forgets the windows before a time. */
    void drop(Step step, long before) {
        var gone = of(step).headMap(before);
        gone.keySet().forEach(begin -> store.delete(WindowKey.size(step, begin)));
        gone.clear();
        changed.removeIf(place -> place.step == step && place.begin < before);
        publish();
    }

    /** Writes what changed. */
    void save() {
        for (Place place : changed) {
            Size size = of(place.step).get(place.begin);
            if (size != null) {
                store.put(
                        WindowKey.size(place.step, place.begin),
                        ByteBuffer.allocate(16)
                                .putLong(size.entries)
                                .putLong(size.bytes)
                                .array());
            }
        }
        if (!changed.isEmpty()) {
            changed.clear();
            publish();
        }
    }

    long bytes() {
        return stats.values().stream().mapToLong(HistoryStats.OfStep::bytes).sum();
    }

    /** Until where windows of a length would have to go for so many bytes to be gone, at most up to a time. */
    long cut(Step step, long bytes, long atMost) {
        long left = bytes;
        long cut = Long.MIN_VALUE;
        for (Map.Entry<Long, Size> window : of(step).entrySet()) {
            if (left <= 0 || window.getKey() >= atMost) {
                break;
            }
            cut = window.getKey() + step.millis();
            left -= window.getValue().bytes;
        }
        return cut;
    }

    long bytesBefore(Step step, long time) {
        return of(step).headMap(time).values().stream().mapToLong(Size::bytes).sum();
    }

    /** As of the last time anything was saved or dropped. Any thread. */
    Map<Step, HistoryStats.OfStep> stats() {
        return stats;
    }

    private void publish() {
        EnumMap<Step, HistoryStats.OfStep> now = new EnumMap<>(Step.class);
        sizes.forEach((step, windows) -> now.put(
                step,
                new HistoryStats.OfStep(
                        windows.isEmpty() ? 0 : windows.firstKey(),
                        windows.values().stream().mapToLong(Size::entries).sum(),
                        windows.values().stream().mapToLong(Size::bytes).sum())));
        stats = Map.copyOf(now);
    }

    private NavigableMap<Long, Size> of(Step step) {
        return sizes.computeIfAbsent(step, any -> new TreeMap<>());
    }
}
