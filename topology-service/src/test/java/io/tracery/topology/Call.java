package io.tracery.topology;

import io.tracery.tracing.span.Fate;

/** What a simulated proxy sees of exchanges: everything that tells its series apart. */
public record Call(
        String direction,
        String protocol,
        String peer,
        String peerVersion,
        String peerIdentity,
        String tls,
        String route,
        String fate,
        int status) {

    /** A served HTTP call over mutual TLS to {@code namespace/name}. */
    public static Call to(String peer) {
        return new Call("outbound", "http", peer, "v1", identity(peer), "mtls", peer + "/0", Fate.SERVED.label(), 200);
    }

    /** A served HTTP call over mutual TLS from {@code namespace/name}. */
    public static Call from(String peer) {
        return new Call("inbound", "http", peer, "", identity(peer), "mtls", "inbound/21000", Fate.SERVED.label(), 200);
    }

    /** A served HTTP call from a caller without identity. */
    public static Call fromOutside() {
        return new Call("inbound", "http", "", "", "", "none", "inbound/21000", Fate.SERVED.label(), 200);
    }

    public Call failing() {
        return new Call(direction, protocol, peer, peerVersion, peerIdentity, tls, route, Fate.APP_ERROR.label(), 500);
    }

    public Call version(String version) {
        return new Call(direction, protocol, peer, version, peerIdentity, tls, route, fate, status);
    }

    public Call protocol(String name) {
        return new Call(direction, name, peer, peerVersion, peerIdentity, tls, route, fate, status);
    }

    public Call tls(String name) {
        return new Call(direction, protocol, peer, peerVersion, peerIdentity, name, route, fate, status);
    }

    public Call route(String name) {
        return new Call(direction, protocol, peer, peerVersion, peerIdentity, tls, name, fate, status);
    }

    static String identity(String workload) {
        return "spiffe://tracery.local/ns/" + workload.replace("/", "/sa/");
    }
}
