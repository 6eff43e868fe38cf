package io.tracery.pipeline.stream;

import io.tracery.pipeline.decide.Reason;
import io.tracery.pipeline.decide.Verdict;
import io.tracery.pipeline.otlp.TraceId;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiConsumer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowStore;
import org.apache.kafka.streams.state.WindowStoreIterator;
import org.jspecify.annotations.Nullable;

/**
 * Batches of spans as they came, and what was decided about their traces, both for a bounded time: windows to which something is
 * only ever added, and that are forgotten as a whole. By the pipeline's own clock, which stands still for them while nothing comes. Confined to
 * one task.
 */
final class TraceStates {

    /** Traces that were not kept can be kept after all for so long. */
    static final Duration BATCHES_STAY = Duration.ofMinutes(4);

    /** What comes later than this is a trace of its own. */
    static final Duration VERDICTS_STAY = Duration.ofMinutes(10);

    /** Another instance's clock may be ahead, and nothing is too old that a store still has. */
    private static final Instant EVER = Instant.ofEpochMilli(Long.MAX_VALUE);

    private static final String BATCHES = "batches";
    private static final String VERDICTS = "decided";
    private static final byte KEPT = 1;
    private static final byte SHOWN = 2;
    private static final byte NO_REASON = -1;
    private static final int HEAD_BYTES = 2;

    /** With a few batches each they take some MiB. */
    private static final int LATELY = 16_384;

    private static final int MOST_BATCHES_LATELY = 16;

    private final WindowStore<byte[], byte[]> batches;
    private final WindowStore<byte[], byte[]> verdicts;
    private final SeenTraces seen;

    /** The latest decisions once more: what comes late comes a little late as a rule, and a look into the store is dear. */
    private final Map<TraceId, Decided> lately = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<TraceId, Decided> eldest) {
            return size() > LATELY;
        }
    };

    private int number = ThreadLocalRandom.current().nextInt();

    /**
     * A decision, as it is remembered.
     *
     * @param batches in which spans of the trace lie that were not passed on
     */
    record Decided(Verdict verdict, List<Batch> batches) {}

    private TraceStates(WindowStore<byte[], byte[]> batches, WindowStore<byte[], byte[]> verdicts, long nowMillis) {
        this.batches = batches;
        this.verdicts = verdicts;
        this.seen = new SeenTraces(VERDICTS_STAY, nowMillis);
        try (KeyValueIterator<Windowed<byte[]>, byte[]> all = verdicts.fetchAll(Instant.EPOCH, EVER)) {
            all.forEachRemaining(verdict -> seen.add(TraceId.at(verdict.key.key(), 0), nowMillis));
        }
    }

    static TraceStates of(ProcessorContext<?, ?> context) {
        return new TraceStates(
                context.getStateStore(BATCHES), context.getStateStore(VERDICTS), context.currentSystemTimeMs());
    }

    static Set<StoreBuilder<?>> builders() {
        return Set.of(store(BATCHES, BATCHES_STAY), store(VERDICTS, VERDICTS_STAY));
    }

    private static StoreBuilder<WindowStore<byte[], byte[]>> store(String name, Duration stays) {
        return Stores.windowStoreBuilder(
                Stores.persistentWindowStore(name, stays, Duration.ofMillis(1), /* retainDuplicates= */ false),
                Serdes.ByteArray(),
                Serdes.ByteArray());
    }

    /** Keeps what came, as it came. */
    Batch add(byte[] value, long nowMillis) {
        Batch batch = new Batch(nowMillis, number++);
        batches.put(batch.key(), value, nowMillis);
        return batch;
    }

    /** What came as this batch, or null where that is too long ago. */
    byte @Nullable [] batch(Batch batch) {
        return batches.fetch(batch.key(), batch.atMillis());
    }

    /** When the last of them came; 0 where there is none. */
    long lastCameMillis() {
        long last = 0;
        try (KeyValueIterator<Windowed<byte[]>, byte[]> all = batches.fetchAll(Instant.EPOCH, EVER)) {
            while (all.hasNext()) {
                last = Math.max(last, all.next().key.window().start());
            }
        }
        return last;
    }

    /** All that came since then, in no order. */
    void recent(long sinceMillis, BiConsumer<Batch, byte[]> each) {
        try (KeyValueIterator<Windowed<byte[]>, byte[]> all =
                batches.fetchAll(Instant.ofEpochMilli(Math.max(0, sinceMillis)), EVER)) {
            while (all.hasNext()) {
                KeyValue<Windowed<byte[]>, byte[]> batch = all.next();
                int numbered = ByteBuffer.wrap(batch.key.key()).getInt();
                each.accept(new Batch(batch.key.window().start(), numbered), batch.value);
            }
        }
    }

    void decide(TraceId trace, Decided decided, long nowMillis) {
        Reason reason = decided.verdict.reason();
        ByteBuffer value = ByteBuffer.allocate(HEAD_BYTES + Batch.BYTES * decided.batches.size());
        int flags = (decided.verdict.kept() ? KEPT : 0) | (decided.verdict.shown() ? SHOWN : 0);
        value.put((byte) flags).put(reason == null ? NO_REASON : (byte) reason.rank());
        decided.batches.forEach(batch -> value.putLong(batch.atMillis()).putInt(batch.number()));
        verdicts.put(trace.bytes(), value.array(), nowMillis);
        seen.add(trace, nowMillis);
        if (decided.batches.size() <= MOST_BATCHES_LATELY) {
            lately.put(trace, decided);
        } else {
            lately.remove(trace);
        }
    }

    /** The last decision, or null. */
    @Nullable
    Decided decided(TraceId trace) {
        Decided known = lately.get(trace);
        if (known != null) {
            return known;
        }
        if (!seen.maybe(trace)) {
            return null;
        }
        byte[] last = null;
        try (WindowStoreIterator<byte[]> found = verdicts.fetch(trace.bytes(), Instant.EPOCH, EVER)) {
            while (found.hasNext()) {
                last = found.next().value;
            }
        }
        return last == null ? null : read(ByteBuffer.wrap(last));
    }

    private static Decided read(ByteBuffer value) {
        byte flags = value.get();
        byte rank = value.get();
        List<Batch> all = new ArrayList<>();
        while (value.hasRemaining()) {
            all.add(new Batch(value.getLong(), value.getInt()));
        }
        Reason reason = rank == NO_REASON ? null : Reason.of(rank);
        return new Decided(new Verdict(reason, (flags & KEPT) != 0, (flags & SHOWN) != 0), List.copyOf(all));
    }
}
