package io.tracery.topology.stream;

import io.tracery.topology.fleet.Fleet;
import io.tracery.topology.graph.EdgeSummary;
import io.tracery.topology.graph.Graph;
import io.tracery.topology.history.History;
import io.tracery.topology.history.HistorySettings;
import io.tracery.topology.metrics.EdgeLagMeter;
import java.time.InstantSource;
import java.util.function.Function;

/**
 * What the processors of all partitions share. They run on one thread, so none of it needs a lock.
 *
 * @param historySettings of one partition
 * @param edgeJson an edge as the topic of edges shows it
 */
record StreamParts(
        Graph graph,
        EdgeLagMeter lag,
        Accounting accounting,
        DeadLetters deadLetters,
        Lives lives,
        Listening listening,
        Housekeeping housekeeping,
        History history,
        Fleet fleet,
        HistorySettings historySettings,
        Function<EdgeSummary, byte[]> edgeJson,
        InstantSource clock) {}
