package io.tracery.load.lab.linkerd;

import java.net.Inet4Address;
import java.util.Optional;

/**
 * One of a service's endpoints.
 *
 * @param address of its pod
 * @param port of the application
 * @param proxy the proxy in front of it, where it has one
 */
public record LinkerdEndpoint(Inet4Address address, int port, Optional<Proxy> proxy) {

    /**
     * @param identity that its certificate names
     * @param inboundPort where it accepts
     */
    public record Proxy(String identity, int inboundPort) {}
}
