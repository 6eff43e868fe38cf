package io.tracery.topology.graph;

/**
 * How much the graph may remember.
 *
 * @param maxEdges edges, seen lately or not
 * @param maxSeriesPerEdge series that are counted for one edge, over all proxies at both of its ends
 * @param historyCells seconds kept over all edges and versions; an edge keeps its share of them, from
 *     {@value #MIN_HISTORY_SECONDS} to {@value #MAX_HISTORY_SECONDS} seconds
 */
public record GraphLimits(int maxEdges, int maxSeriesPerEdge, int historyCells) {

    /** Longest time back that the graph knows second by second. */
    public static final int MAX_HISTORY_SECONDS = 900;

    /** Kept for every edge, however many there are. */
    public static final int MIN_HISTORY_SECONDS = 60;

    /** Route names and versions that are shown of one edge; counts are exact beyond. */
    static final int MAX_ROUTES = 100;

    static final int MAX_VERSIONS = 16;

    public static final GraphLimits DEFAULT = new GraphLimits(20_000, 10_000, 600_000);

    public GraphLimits {
        if (maxEdges < 1 || maxSeriesPerEdge < 1 || historyCells < 1) {
            throw new IllegalArgumentException("every limit of the graph must be at least 1");
        }
    }
}
