package io.tracery.topology.graph;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What happened to the edges of a graph: a number that grows with each change, and the edges to tell of. Any thread. */
final class Changes {

    private final AtomicLong version = new AtomicLong();

    /** Each edge at most once: it knows whether it waits here. */
    private final ConcurrentLinkedQueue<EdgeState> toTell = new ConcurrentLinkedQueue<>();

    long version() {
        return version.get();
    }

    long next() {
        return version.incrementAndGet();
    }

    void tell(EdgeState edge) {
        toTell.add(edge);
    }

    /** The edge that has waited longest to be told of, or null when none waits. */
    @Nullable
    EdgeState poll() {
        return toTell.poll();
    }
}
