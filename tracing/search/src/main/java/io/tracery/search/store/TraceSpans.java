package io.tracery.search.store;

import com.google.protobuf.ByteString;
import io.tracery.search.store.TraceSource.Trace;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The spans of a trace while it is put together, each once: what came twice takes no room that another needs. Confined to one thread. */
final class TraceSpans {

    private final Map<Key, List<SpanEntry>> seen = new HashMap<>();
    private final List<SpanEntry> once = new ArrayList<>();

    private record Key(ByteString spanId, Kind kind) {
        static Key of(SpanEntry entry) {
            return new Key(entry.span().getSpanId(), Kind.of(entry.span()));
        }
    }

    boolean isNew(SpanEntry entry) {
        return seen.getOrDefault(Key.of(entry), List.of()).stream()
                .noneMatch(other -> other.span().equals(entry.span()));
    }

    void add(SpanEntry entry) {
        seen.computeIfAbsent(Key.of(entry), unseen -> new ArrayList<>(1)).add(entry);
        once.add(entry);
    }

    int count() {
        return once.size();
    }

    /** The oldest of them, and whether there are more. */
    Trace oldest(String traceId, int most) {
        once.sort(Comparator.comparingLong(entry -> entry.span().getStartTimeUnixNano()));
        return once.size() > most ? new Trace(traceId, once.subList(0, most), true) : new Trace(traceId, once, false);
    }
}
