package io.tracery.topology.graph;

/**
 * That an edge changed since it was last told of.
 *
 * @param left it left the graph
 */
public record EdgeChange(EdgeKey edge, boolean left) {}
