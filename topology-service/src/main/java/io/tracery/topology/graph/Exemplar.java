package io.tracery.topology.graph;

/**
 * One exchange that stands for others: the trace to look at.
 *
 * @param millis when it ended, Unix milliseconds
 * @param latencyMillis how long it took
 * @param traceId 32 hex digits
 * @param spanId 16 hex digits
 */
public record Exemplar(long millis, double latencyMillis, String traceId, String spanId) {}
