package io.tracery.load.lab.linkerd;

import java.util.List;

/**
 * A service that a proxy balances over.
 *
 * @param name in the namespace {@code lab}
 * @param port where callers dial it, on loopback
 * @param endpoints what it is balanced over, equally
 */
public record LinkerdService(String name, int port, Protocol protocol, List<LinkerdEndpoint> endpoints) {

    static final String NAMESPACE = "lab";

    /** How callers speak with it. */
    public enum Protocol {
        /** By what comes first: HTTP/1, HTTP/2 or neither. */
        DETECT,
        /** Bytes, whatever they are. */
        OPAQUE
    }

    public LinkerdService {
        endpoints = List.copyOf(endpoints);
    }

    String fullName() {
        return name + "." + NAMESPACE + ".svc.cluster.local";
    }

    /** As a policy names it and the proxy then asks for it. */
    String authority() {
        return fullName() + ":" + port;
    }
}
