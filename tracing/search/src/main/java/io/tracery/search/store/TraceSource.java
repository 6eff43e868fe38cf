package io.tracery.search.store;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;

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

    /**
     * A trace, as far as it is known.
     *
     * @param truncated true when it has more spans than one answer may hold
     */
    record Trace(String traceId, List<SpanEntry> spans, boolean truncated) {}
}
