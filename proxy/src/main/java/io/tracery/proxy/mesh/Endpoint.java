package io.tracery.proxy.mesh;

import java.net.InetSocketAddress;
import java.util.Set;

/**
 * One address that a cluster's requests may go to.
 *
 * @param address resolved address
 * @param workload who serves there
 * @param weight relative share, at least 1
 * @param zone topology zone, empty when unknown
 * @param hintedZones zones whose clients should prefer it (EndpointSlice {@code hints.forZones}); empty: those of its own
 */
public record Endpoint(InetSocketAddress address, Workload workload, int weight, String zone, Set<String> hintedZones) {

    public Endpoint {
        hintedZones = Set.copyOf(hintedZones);
    }

    /** Without hints. */
    public Endpoint(InetSocketAddress address, Workload workload, int weight, String zone) {
        this(address, workload, weight, zone, Set.of());
    }

    /** True when a proxy of that zone should prefer it; nothing is near to a proxy that does not know its zone. */
    public boolean near(String ownZone) {
        return !ownZone.isEmpty() && (hintedZones.isEmpty() ? zone.equals(ownZone) : hintedZones.contains(ownZone));
    }
}
