package io.tracery.controlplane.model;

import java.util.List;

/**
 * One address behind a port of a service, from an {@code EndpointSlice}.
 *
 * @param service whose endpoint it is
 * @param portName the service port's name
 * @param address IP address
 * @param port where its sidecar accepts, or the application itself where there is no sidecar
 * @param sidecar name of the Sidecar that serves there, empty outside the mesh
 * @param zone topology zone, empty when unknown
 * @param hintedZones zones whose callers should prefer it ({@code hints.forZones}), empty for those of its own
 */
public record Endpoint(
        Name service,
        String portName,
        String address,
        int port,
        String sidecar,
        String zone,
        List<String> hintedZones) {

    public Endpoint {
        hintedZones = List.copyOf(hintedZones);
    }
}
