package io.tracery.topology.graph;

import org.jspecify.annotations.Nullable;

/**
 * That an edge changed since it was last told of.
 *
 * @param now the edge with all changes so far, and rates of the last {@link Graph#TOLD_WINDOW}; null when it left the graph
 */
public record EdgeChange(EdgeKey edge, @Nullable EdgeSummary now) {}
