package io.tracery.topology.graph;

import io.tracery.tracing.metric.ExponentialHistogram;

/**
 * Exchanges of one kind that ended over a span of time.
 *
 * @param failed their fate was another than served
 * @param mutual they were encrypted, and both ends knew each other's identity
 */
record Exchanges(ExponentialHistogram latencies, boolean failed, boolean mutual, Spread spread) {}
