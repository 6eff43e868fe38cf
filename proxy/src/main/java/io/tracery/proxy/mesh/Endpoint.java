package io.tracery.proxy.mesh;

import java.net.InetSocketAddress;

/**
 * One address that a cluster's requests may go to.
 *
 * @param address resolved address
 * @param workload who serves there
 * @param weight relative share, at least 1
 * @param zone topology zone, empty when unknown
 */
public record Endpoint(InetSocketAddress address, Workload workload, int weight, String zone) {}
