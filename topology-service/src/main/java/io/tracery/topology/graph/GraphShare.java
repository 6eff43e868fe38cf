package io.tracery.topology.graph;

import java.util.List;
import java.util.Map;

/** What one process tells another of its part of the graph: the edges that changed from one version of it to another. */
public final class GraphShare {

    /** Names one life of the process that tells; versions of another one mean nothing. */
    final long epoch;

    /** Version of the graph that this begins after; 0 when it begins from nothing. */
    final long from;

    /** Version that this reaches. */
    final long upTo;

    /** Whether there is more than this to tell already. */
    final boolean more;

    /** The partitions that the process counts, and since when: Unix milliseconds of its clock. */
    final Map<Integer, Long> claims;

    final long firstData;
    final long newestData;
    final List<EdgeShare> edges;

    GraphShare(
            long epoch,
            long from,
            long upTo,
            boolean more,
            Map<Integer, Long> claims,
            long firstData,
            long newestData,
            List<EdgeShare> edges) {
        this.epoch = epoch;
        this.from = from;
        this.upTo = upTo;
        this.more = more;
        this.claims = Map.copyOf(claims);
        this.firstData = firstData;
        this.newestData = newestData;
        this.edges = List.copyOf(edges);
    }

    public boolean more() {
        return more;
    }

    /** Time of the newest data point that its partitions counted, Unix milliseconds; 0 before there is one. */
    public long newestData() {
        return newestData;
    }

    public int edges() {
        return edges.size();
    }
}
