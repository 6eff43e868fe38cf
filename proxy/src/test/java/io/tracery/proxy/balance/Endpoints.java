package io.tracery.proxy.balance;

import io.tracery.proxy.mesh.Endpoint;
import io.tracery.proxy.mesh.Workload;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.stream.IntStream;

/** Endpoints told apart by their ports. */
final class Endpoints {

    private Endpoints() {}

    static Endpoint of(int port) {
        return of(port, 1);
    }

    static Endpoint of(int port, int weight) {
        return in("", port, weight);
    }

    static Endpoint in(String zone, int port) {
        return in(zone, port, 1);
    }

    /** In one zone, for clients of another. */
    static Endpoint hinted(String zone, String forZone, int port) {
        return new Endpoint(
                InetSocketAddress.createUnresolved("test", port), Workload.UNKNOWN, 1, zone, Set.of(forZone));
    }

    private static Endpoint in(String zone, int port, int weight) {
        return new Endpoint(InetSocketAddress.createUnresolved("test", port), Workload.UNKNOWN, weight, zone);
    }

    /** Ports 1 to {@code count}. */
    static Endpoint[] many(int count) {
        return IntStream.rangeClosed(1, count).mapToObj(Endpoints::of).toArray(Endpoint[]::new);
    }
}
