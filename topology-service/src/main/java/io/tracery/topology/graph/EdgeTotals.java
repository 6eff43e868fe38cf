package io.tracery.topology.graph;

import io.tracery.tracing.metric.ExponentialHistogram;

/**
 * Cumulative counts of an edge, for those who take rates themselves.
 *
 * @param requests the sender's count, or the receiver's where the sender is outside the mesh
 * @param failed how many of them were not served
 * @param clientSeconds latencies as the sender measured them; not to be changed
 * @param serverSeconds latencies as the receiver measured them; not to be changed
 */
public record EdgeTotals(
        EdgeKey edge,
        long requests,
        long failed,
        ExponentialHistogram clientSeconds,
        ExponentialHistogram serverSeconds) {}
