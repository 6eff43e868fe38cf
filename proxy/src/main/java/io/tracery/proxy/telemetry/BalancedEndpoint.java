package io.tracery.proxy.telemetry;

import org.jspecify.annotations.Nullable;

/**
 * An endpoint that the proxy uses or leaves out, as its balancer sees it.
 *
 * @param cluster where it is one of the choices
 * @param workload {@code namespace/workload} that serves there
 * @param version of the workload, empty when unknown
 * @param address host and port
 * @param costSeconds expected latency times load, what the balancer compares
 * @param inFlight requests under way
 * @param ejected why it is left out, or null while it is not
 */
public record BalancedEndpoint(
        String cluster,
        String workload,
        String version,
        String address,
        double costSeconds,
        int inFlight,
        @Nullable String ejected) {}
