package io.tracery.load.lab.peer;

/** The peers by name. */
public final class Peers {

    public static final String KNOWN = "haproxy, nginx, envoy, nghttpx";

    private Peers() {}

    /**
     * @throws IllegalArgumentException with a sentence for the user
     */
    public static Peer named(String name) {
        return switch (name) {
            case "haproxy" -> new Haproxy();
            case "nginx" -> new Nginx();
            case "envoy" -> new Envoy();
            case "nghttpx" -> new Nghttpx();
            default -> throw new IllegalArgumentException("no such peer: " + name + "; known: " + KNOWN);
        };
    }
}
