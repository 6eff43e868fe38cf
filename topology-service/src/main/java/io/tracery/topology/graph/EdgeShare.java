package io.tracery.topology.graph;

import java.util.List;
import java.util.Map;

/**
 * All that the partitions of one process have to say of one edge: it takes the place of what they said before. Not to be changed.
 *
 * @param parts none when they have nothing to say of the edge any more
 * @param shown the end whose routes and seconds these are; there are some only where one of the parts is of that end
 * @param seconds by version; those that changed lately
 */
record EdgeShare(
        EdgeKey edge,
        String sourceIdentity,
        String targetIdentity,
        String tls,
        long lastSeen,
        List<EdgePart> parts,
        View shown,
        List<String> routes,
        Map<String, List<Second>> seconds) {

    static EdgeShare gone(EdgeKey edge) {
        return new EdgeShare(edge, "", "", "", 0, List.of(), View.RECEIVER, List.of(), Map.of());
    }
}
