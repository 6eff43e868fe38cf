package io.tracery.pipeline.stream;

import io.tracery.pipeline.decide.Reason;
import io.tracery.pipeline.decide.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
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
 * The pieces of traces as they came, and what was decided, both for a bounded time: windows in which a piece is only ever
 * added, and that are forgotten as a whole. By the pipeline's own clock. Confined to one task.
 */
final class TraceStates {

    /** Traces that were not kept can be kept after all for so long. */
    static final Duration PIECES_STAY = Duration.ofMinutes(4);

    /** What comes later than this is a trace of its own. */
    static final Duration VERDICTS_STAY = Duration.ofMinutes(10);

    private static final String PIECES = "pieces";
    private static final String VERDICTS = "verdicts";
    private static final byte NO_REASON = -1;

    private final WindowStore<byte[], byte[]> pieces;
    private final WindowStore<byte[], byte[]> verdicts;

    private TraceStates(WindowStore<byte[], byte[]> pieces, WindowStore<byte[], byte[]> verdicts) {
        this.pieces = pieces;
        this.verdicts = verdicts;
    }

    static TraceStates of(ProcessorContext<?, ?> context) {
        return new TraceStates(context.getStateStore(PIECES), context.getStateStore(VERDICTS));
    }

    static Set<StoreBuilder<?>> builders() {
        return Set.of(
                store(PIECES, PIECES_STAY, /* several= */ true), store(VERDICTS, VERDICTS_STAY, /* several= */ false));
    }

    private static StoreBuilder<WindowStore<byte[], byte[]>> store(String name, Duration stays, boolean several) {
        return Stores.windowStoreBuilder(
                Stores.persistentWindowStore(name, stays, Duration.ofMillis(1), several),
                Serdes.ByteArray(),
                Serdes.ByteArray());
    }

    void add(byte[] trace, byte[] piece, long nowMillis) {
        pieces.put(trace, piece, nowMillis);
    }

    /** In the order in which they came. */
    List<byte[]> pieces(byte[] trace, long nowMillis) {
        List<byte[]> all = new ArrayList<>();
        try (WindowStoreIterator<byte[]> found =
                pieces.fetch(trace, since(nowMillis, PIECES_STAY), Instant.ofEpochMilli(nowMillis))) {
            found.forEachRemaining(piece -> all.add(piece.value));
        }
        return all;
    }

    /** Every trace's pieces that came within a time, the oldest of a trace first. */
    void recent(Duration within, long nowMillis, BiConsumer<Windowed<byte[]>, byte[]> each) {
        try (KeyValueIterator<Windowed<byte[]>, byte[]> all =
                pieces.fetchAll(since(nowMillis, within), Instant.ofEpochMilli(nowMillis))) {
            while (all.hasNext()) {
                KeyValue<Windowed<byte[]>, byte[]> piece = all.next();
                each.accept(piece.key, piece.value);
            }
        }
    }

    void decide(byte[] trace, Verdict verdict, long nowMillis) {
        Reason reason = verdict.reason();
        byte[] value = {(byte) (verdict.kept() ? 1 : 0), reason == null ? NO_REASON : (byte) reason.rank()};
        verdicts.put(trace, value, nowMillis);
    }

    /** The last one, or null. */
    @Nullable
    Verdict verdict(byte[] trace, long nowMillis) {
        Verdict last = null;
        try (WindowStoreIterator<byte[]> found =
                verdicts.fetch(trace, since(nowMillis, VERDICTS_STAY), Instant.ofEpochMilli(nowMillis))) {
            while (found.hasNext()) {
                byte[] value = found.next().value;
                last = new Verdict(value[1] == NO_REASON ? null : Reason.of(value[1]), value[0] == 1);
            }
        }
        return last;
    }

    private static Instant since(long nowMillis, Duration ago) {
        return Instant.ofEpochMilli(Math.max(0, nowMillis - ago.toMillis()));
    }
}
