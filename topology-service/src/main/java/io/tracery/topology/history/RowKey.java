package io.tracery.topology.history;

import io.tracery.topology.graph.View;

/**
 * What a tally of an edge is of.
 *
 * @param version of the edge's target, empty where it is not known
 * @param route empty where none matched
 */
public record RowKey(View view, String version, String route) {

    /** Stands for all routes beyond the budget of an edge. */
    public static final String OTHER = "other";
}
