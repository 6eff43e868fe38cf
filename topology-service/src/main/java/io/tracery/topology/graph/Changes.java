package io.tracery.topology.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

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

    /** Takes the edges that wait to be told of. */
    List<EdgeState> take() {
        List<EdgeState> taken = new ArrayList<>();
        for (EdgeState edge = toTell.poll(); edge != null; edge = toTell.poll()) {
            taken.add(edge);
        }
        return taken;
    }
}
