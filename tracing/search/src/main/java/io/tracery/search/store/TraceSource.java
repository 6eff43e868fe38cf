package io.tracery.search.store;

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

    /** Stands for all span names for which there is no room. */
    String OTHER_OPERATIONS = "(others)";

    /**
     * What a service's spans of some kinds did over time, by span name. Where names and steps together would be too many, the rest of the
     * names are counted as {@link #OTHER_OPERATIONS}.
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
            TraceSpans once = new TraceSpans();
            spans.stream().filter(once::isNew).forEach(once::add);
            return once.oldest(traceId, most);
        }
    }
}
