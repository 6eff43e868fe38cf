package io.tracery.topology.graph;

import java.util.List;

/**
 * The whole graph at one moment.
 *
 * @param now Unix milliseconds
 * @param newestData time of the newest data point, Unix milliseconds; 0 before there is one
 * @param window seconds
 * @param live whether this is how it is now, counts cumulative; if not, all is of the interval
 * @param from Unix milliseconds, as to: the interval that rates, shares and quantiles are of
 * @param step milliseconds of the windows that it was summed from
 */
public record GraphSnapshot(
        long now,
        long newestData,
        double window,
        boolean live,
        long from,
        long to,
        long step,
        List<NodeSummary> nodes,
        List<EdgeSummary> edges) {}
