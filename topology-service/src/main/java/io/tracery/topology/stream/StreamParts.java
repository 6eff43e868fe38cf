package io.tracery.topology.stream;

import io.tracery.topology.graph.EdgeKey;
import io.tracery.topology.graph.EdgeLag;
import io.tracery.topology.graph.Graph;
import java.time.InstantSource;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the processors of all partitions share. They run on one thread, so none of it needs a lock.
 *
 * @param edgeJson an edge as the topic of edges shows it; null when there is no such edge
 */
record StreamParts(
        Graph graph,
        EdgeLag lag,
        Accounting accounting,
        DeadLetters deadLetters,
        Lives lives,
        Listening listening,
        Housekeeping housekeeping,
        Function<EdgeKey, byte @Nullable []> edgeJson,
        InstantSource clock) {}
