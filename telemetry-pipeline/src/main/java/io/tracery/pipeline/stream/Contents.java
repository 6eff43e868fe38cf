package io.tracery.pipeline.stream;

import io.tracery.pipeline.otlp.Piece;
import io.tracery.pipeline.otlp.Pieces;
import io.tracery.pipeline.otlp.TraceId;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is in batches: pieces by trace; a mark is a trace of which there are none. Confined to one task. */
final class Contents implements AutoCloseable {

    /** Traces that are decided upon one after the other came in the same batches. */
    private static final long MOST_BYTES = 4 * 1024 * 1024;

    private final TraceStates states;
    private final Packing packing = new Packing();
    private final Map<Batch, Content> lately = new LinkedHashMap<>(16, 0.75f, /* accessOrder= */ true);
    private long bytes;

    private record Content(Map<TraceId, List<Piece>> traces, int bytes) {
        static final Content NOTHING = new Content(Map.of(), 0);
    }

    Contents(TraceStates states) {
        this.states = states;
    }

    Map<TraceId, List<Piece>> of(byte[] value) {
        return content(value).traces;
    }

    /** Of one that came before, as far as the store still has it. */
    List<Piece> of(TraceId trace, Batch batch) {
        Content known = lately.get(batch);
        if (known == null) {
            byte[] value = states.batch(batch);
            known = value == null ? Content.NOTHING : content(value);
            remember(batch, known);
        }
        return known.traces.getOrDefault(trace, List.of());
    }

    private Content content(byte[] value) {
        TraceId marked = MarkExemplars.marked(value);
        if (marked != null) {
            return new Content(Map.of(marked, List.of()), value.length);
        }
        byte[] batch = packing.unpacked(value);
        return new Content(Pieces.of(batch), batch.length);
    }

    private void remember(Batch batch, Content content) {
        lately.put(batch, content);
        bytes += content.bytes;
        Iterator<Content> eldest = lately.values().iterator();
        while (bytes > MOST_BYTES && eldest.hasNext()) {
            bytes -= eldest.next().bytes;
            eldest.remove();
        }
    }

    @Override
    public void close() {
        packing.close();
    }
}
