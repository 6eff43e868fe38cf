package io.tracery.topology.api;

import com.linecorp.armeria.common.HttpData;
import io.tracery.topology.graph.GraphReader;
import io.tracery.topology.graph.GraphScope;
import io.tracery.topology.json.GraphJson;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The graph as JSON, made once for all who ask for the same window at about the same time. One that took long to make is
 * kept for four times as long, so that a large graph with many readers costs at most a fifth of a core for each view. Who
 * asks for it just after that is given it once more, and the next one is made meanwhile: nobody waits for a large graph that
 * somebody looks at.
 */
final class Snapshots {

    private static final int MAX_VIEWS = 8;
    private static final long KEEP_NANOS = Duration.ofMillis(50).toNanos();
    private static final long KEEP_UNCHANGED_NANOS = Duration.ofSeconds(1).toNanos();

    /** What takes longer than this to make is made ahead. */
    private static final long LONG_NANOS = Duration.ofMillis(50).toNanos();

    /** One that is this much older than it should be is not given once more. */
    private static final long ONCE_MORE_NANOS = Duration.ofSeconds(2).toNanos();

    /** What is asked for. */
    record View(Duration window, GraphScope scope) {}

    private static final class Slot {
        volatile @Nullable Rendered rendered;
        volatile long madeNanos;
        volatile long costNanos;
        final AtomicBoolean ahead = new AtomicBoolean();
    }

    private final GraphReader reader;
    private final LongSupplier nanoTime;
    private final Executor ahead;
    private final Map<View, Slot> slots = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<View, Slot> eldest) {
            return size() > MAX_VIEWS;
        }
    };

    /** @param ahead runs what nobody waits for, one after the other */
    Snapshots(GraphReader reader, LongSupplier nanoTime, Executor ahead) {
        this.reader = reader;
        this.nanoTime = nanoTime;
        this.ahead = ahead;
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
        Rendered known = slot.rendered;
        if (known == null) {
            return make(slot, view, null);
        }
        long past = nanoTime.getAsLong() - slot.madeNanos - keepNanos(slot, known);
        if (past < 0) {
            return known;
        }
        if (slot.costNanos < LONG_NANOS || past > ONCE_MORE_NANOS) {
            return make(slot, view, known);
        }
        if (slot.ahead.compareAndSet(false, true)) {
            ahead.execute(() -> {
                try {
                    make(slot, view, known);
                } finally {
                    slot.ahead.set(false);
                }
            });
        }
        return known;
    }

    /** Makes the next one, unless somebody did since. */
    private Rendered make(Slot slot, View view, @Nullable Rendered before) {
        synchronized (slot) {
            Rendered since = slot.rendered;
            if (since != null && since != before) {
                return since;
            }
            long begun = nanoTime.getAsLong();
            long version = reader.version();
            Rendered made =
                    new Rendered(version, HttpData.wrap(GraphJson.write(reader.snapshot(view.window(), view.scope()))));
            if (before != null) {
                made.prepareAs(before);
            }
            long now = nanoTime.getAsLong();
            slot.costNanos = now - begun;
            slot.madeNanos = now;
            slot.rendered = made;
            return made;
        }
    }

    private long keepNanos(Slot slot, Rendered known) {
        long keep = known.version() == reader.version() ? KEEP_UNCHANGED_NANOS : KEEP_NANOS;
        return Math.max(keep, 4 * slot.costNanos);
    }
}
