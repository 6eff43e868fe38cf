package io.tracery.topology.fleet;

import java.util.List;

/**
 * The endpoints that a proxy used or left out when it last told of them, as its balancer saw them.
 *
 * @param timeMillis when it read them
 * @param omitted how many more there were
 */
public record BalancedEndpoints(long timeMillis, List<Endpoint> endpoints, long omitted) {

    /** Endpoints that one proxy is believed to have; it tells of no more. */
    public static final int MOST = 64;

    /**
     * One of them.
     *
     * @param node {@code namespace/workload} that serves there
     * @param version of the workload, empty when unknown
     * @param cluster where it is one of the choices
     * @param address host and port
     * @param costSeconds expected latency times load, what the balancer compares
     * @param inFlight requests under way
     * @param ejected why it is left out, empty while it is not
     */
    public record Endpoint(
            String node,
            String version,
            String cluster,
            String address,
            double costSeconds,
            long inFlight,
            String ejected) {}
}
