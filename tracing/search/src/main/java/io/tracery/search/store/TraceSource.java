package io.tracery.search.store;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Where whole traces are found: this process's own store, or another tracing system. Any number of threads read. */
public interface TraceSource {

    /** Every span of a trace, oldest first; empty when there is none. */
    Optional<Trace> trace(String traceId);

    /**
     * Traces with at least one span that meets all of the query, newest such span first, each once. They are read while the
     * iterator is asked for them; what the search itself costs is spent before it returns.
     *
     * @throws QueryTimeoutException when it takes too long
     */
    Iterator<Trace> search(TraceQuery query);

    /** Names of services that have spans, sorted. */
    List<String> services();

    /** What a service's spans are called, sorted by name, then kind; empty for an unknown service. */
    List<Operation> operations(String service);

    /** Calls between services, by traces whose last span began in a range of Unix nanoseconds. */
    List<Dependency> dependencies(TraceQuery.Range started);

    /**
     * What a service's spans of some kinds did over time, by span name.
     *
     * @param byOperation false: all of them under one empty name
     */
    Map<String, CallSeries> calls(String service, Set<Kind> kinds, Window window, boolean byOperation);

    /**
     * A trace, as far as it is known.
     *
     * @param truncated true when it has more spans than one answer may hold
     */
    record Trace(String traceId, List<SpanEntry> spans, boolean truncated) {

        /**
         * Of all spans that are known, in any order, the oldest ones. What came twice is left out: Kafka and those who export to it may repeat
         * themselves.
         */
        public static Trace of(String traceId, List<SpanEntry> spans, int most) {
            Map<SpanKey, List<SpanEntry>> seen = new HashMap<>();
            List<SpanEntry> once = new ArrayList<>(spans.size());
            for (SpanEntry entry : spans) {
                SpanKey key = new SpanKey(entry.span().getSpanId(), Kind.of(entry.span()));
                List<SpanEntry> same = seen.computeIfAbsent(key, unseen -> new ArrayList<>(1));
                if (same.stream().noneMatch(other -> other.span().equals(entry.span()))) {
                    same.add(entry);
                    once.add(entry);
                }
            }
            once.sort(Comparator.comparingLong(entry -> entry.span().getStartTimeUnixNano()));
            return once.size() > most
                    ? new Trace(traceId, once.subList(0, most), true)
                    : new Trace(traceId, once, false);
        }

        private record SpanKey(ByteString spanId, Kind kind) {}
    }
}
