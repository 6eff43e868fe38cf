package io.tracery.topology.api;

import com.linecorp.armeria.common.HttpData;
import io.tracery.topology.graph.GraphReader;
import io.tracery.topology.json.GraphJson;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The graph as JSON, made once for all who ask for the same window at about the same time. One that took long to make is
 * kept for four times as long, so that a large graph with many readers costs at most a fifth of a core for each window.
 */
final class Snapshots {

    private static final int MAX_WINDOWS = 8;
    private static final long KEEP_NANOS = Duration.ofMillis(50).toNanos();
    private static final long KEEP_UNCHANGED_NANOS = Duration.ofSeconds(1).toNanos();

    /**
     * @param version of the graph
     * @param json UTF-8
     */
    record Rendered(long version, HttpData json) {}

    private static final class Slot {
        private @Nullable Rendered rendered;
        private long madeNanos;
        private long costNanos;
    }

    private final GraphReader reader;
    private final LongSupplier nanoTime;
    private final Map<Duration, Slot> slots = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Duration, Slot> eldest) {
            return size() > MAX_WINDOWS;
        }
    };

    Snapshots(GraphReader reader, LongSupplier nanoTime) {
        this.reader = reader;
        this.nanoTime = nanoTime;
    }

    /** Version of the graph as it is now. */
    long version() {
        return reader.version();
    }

    Rendered of(Duration window) {
        Slot slot;
        synchronized (slots) {
            slot = slots.computeIfAbsent(window, any -> new Slot());
        }
        synchronized (slot) {
            long now = nanoTime.getAsLong();
            Rendered known = slot.rendered;
            if (known != null && now - slot.madeNanos < keepNanos(slot, known)) {
                return known;
            }
            long version = reader.version();
            Rendered made = new Rendered(version, HttpData.wrap(GraphJson.write(reader.snapshot(window))));
            slot.rendered = made;
            slot.madeNanos = nanoTime.getAsLong();
            slot.costNanos = slot.madeNanos - now;
            return made;
        }
    }

    private long keepNanos(Slot slot, Rendered known) {
        long keep = known.version() == reader.version() ? KEEP_UNCHANGED_NANOS : KEEP_NANOS;
        return Math.max(keep, 4 * slot.costNanos);
    }
}
