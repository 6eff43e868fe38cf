package io.tracery.proxy.route;

import java.util.List;

/**
 * Clusters that share a route's requests by weight.
 *
 * @param shares in order of configuration; the sum of weights may be zero, in which case no cluster gets anything
 * @param bySource whether, where hashes decide, a connection of opaque bytes goes by its client's address (Envoy's
 *     {@code TcpProxy.hash_policy}); what is hashed of a request its route says
 */
public record ClusterSplit(List<Share> shares, boolean bySource) {

    public ClusterSplit {
        shares = List.copyOf(shares);
    }

    public ClusterSplit(List<Share> shares) {
        this(shares, /* bySource= */ false);
    }

    /**
     * @param cluster xDS cluster name; a name that the snapshot does not hold ends the exchange in {@code no_endpoint}
     * @param weight at least 0
     * @param filters of this cluster's requests alone, after the route's: headers and host
     */
    public record Share(String cluster, int weight, Filters filters) {

        public Share(String cluster, int weight) {
            this(cluster, weight, Filters.NONE);
        }
    }

    public static ClusterSplit to(String cluster) {
        return new ClusterSplit(List.of(new Share(cluster, 1)));
    }
}
