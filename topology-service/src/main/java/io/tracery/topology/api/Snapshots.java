package io.tracery.topology.api;

import com.linecorp.armeria.common.HttpData;
import io.tracery.topology.graph.GraphReader;
import io.tracery.topology.graph.GraphScope;
import io.tracery.topology.json.GraphJson;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The graph as JSON, made once for all who ask for the same window at about the same time. One that took long to make is
 * kept for four times as long, so that a large graph with many readers costs at most a fifth of a core for each view.
 */
final class Snapshots {

    private static final int MAX_VIEWS = 8;
    private static final long KEEP_NANOS = Duration.ofMillis(50).toNanos();
    private static final long KEEP_UNCHANGED_NANOS = Duration.ofSeconds(1).toNanos();

    /**
     * @param version of the graph
     * @param json UTF-8
     */
    record Rendered(long version, HttpData json) {}

    /** What is asked for. */
    record View(Duration window, GraphScope scope) {}

    private static final class Slot {
        private @Nullable Rendered rendered;
        private long madeNanos;
        private long costNanos;
    }

    private final GraphReader reader;
    private final LongSupplier nanoTime;
    private final Map<View, Slot> slots = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<View, Slot> eldest) {
            return size() > MAX_VIEWS;
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

    Rendered of(View view) {
        Slot slot;
        synchronized (slots) {
            slot = slots.computeIfAbsent(view, any -> new Slot());
        }
        synchronized (slot) {
            long now = nanoTime.getAsLong();
            Rendered known = slot.rendered;
            if (known != null && now - slot.madeNanos < keepNanos(slot, known)) {
                return known;
            }
            long version = reader.version();
            Rendered made =
                    new Rendered(version, HttpData.wrap(GraphJson.write(reader.snapshot(view.window(), view.scope()))));
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
