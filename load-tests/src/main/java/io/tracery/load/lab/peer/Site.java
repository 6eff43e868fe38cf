package io.tracery.load.lab.peer;

import java.nio.file.Path;
import java.util.List;

/**
 * Where one proxy stands: everything its configuration says.
 *
 * @param directory its own, for files
 * @param listenPort where the load arrives; the five ports after it are its own too
 * @param backendPorts what it balances over; a pair has one backend
 * @param identity certificates and where ours come from
 */
public record Site(Shape shape, Path directory, int listenPort, List<Integer> backendPorts, Identity identity) {

    /** Ports between the first of two proxies' listeners. */
    public static final int PORTS = 10;

    public static final String TRUST_DOMAIN = "lab.local";

    public Site {
        backendPorts = List.copyOf(backendPorts);
    }

    /**
     * One certificate of P-256 under one root for whoever takes theirs from files; ours fetch theirs from the control plane
     * that holds the same root.
     *
     * @param root trust anchor, PEM
     * @param certificate for server and client alike, PEM
     * @param key of the certificate, PEM
     * @param both certificate and key in one file, PEM
     * @param tokens folder with the tokens that our proxies show
     * @param controlPlanePort xDS and certificates, on loopback
     */
    public record Identity(Path root, Path certificate, Path key, Path both, Path tokens, int controlPlanePort) {}

    /** Where the second of a pair listens, or the only one of a shape that has but the second. */
    public int innerPort() {
        return shape == Shape.MTLS_INBOUND ? listenPort : listenPort + 1;
    }

    /** For the admin endpoints of the first and the second, where a proxy has them. */
    public int adminPort(int index) {
        return listenPort + 2 + index;
    }

    Path file(String name) {
        return directory.resolve(name);
    }
}
