package io.tracery.load.lab.peer;

import java.nio.file.Path;
import java.util.Optional;

/** The peers by name. */
public final class Peers {

    public static final String LINKERD = "linkerd";
    public static final String KNOWN = "haproxy, nginx, envoy, nghttpx, " + LINKERD;

    private Peers() {}

    /**
     * @param linkerd linkerd2-proxy or a checkout of its source, where a person named one
     * @throws IllegalArgumentException with a sentence for the user
     */
    public static Peer named(String name, Optional<Path> linkerd) {
        return switch (name) {
            case "haproxy" -> new Haproxy();
            case "nginx" -> new Nginx();
            case "envoy" -> new Envoy();
            case "nghttpx" -> new Nghttpx();
            case LINKERD -> new Linkerd(linkerd);
            default -> throw new IllegalArgumentException("no such peer: " + name + "; known: " + KNOWN);
        };
    }
}
