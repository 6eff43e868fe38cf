package io.tracery.topology.graph;

import java.util.List;

/**
 * The whole graph at one moment.
 *
 * @param now Unix milliseconds
 * @param newestData time of the newest data point, Unix milliseconds; 0 before there is one
 * @param window seconds
 */
public record GraphSnapshot(
        long now, long newestData, double window, List<NodeSummary> nodes, List<EdgeSummary> edges) {}
