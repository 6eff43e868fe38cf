package io.tracery.proxy.telemetry;

import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.mesh.Cluster;
import io.tracery.proxy.mesh.Direction;
import io.tracery.proxy.mesh.Endpoint;
import io.tracery.proxy.mesh.Workload;
import io.tracery.proxy.route.Route;
import io.tracery.tracing.otlp.TracesEncoder.Fragment;
import io.tracery.tracing.span.Fate;
import org.jspecify.annotations.Nullable;

/**
 * Most of what a span says, it says as many spans before it did. Here are name and attributes, as they were written for
 * the first one of each kind. What is remembered is bounded: where two kinds meet in one place, the later takes it.
 * Confined to the exporter.
 */
final class Likenesses {

    /** A power of two. Each holds some hundred bytes. */
    private static final int PLACES = 256;

    private final @Nullable Likeness[] places = new @Nullable Likeness[PLACES];

    /** The likeness of exchanges of the same kind; null where none is remembered. */
    @Nullable
    Likeness of(Exchange exchange) {
        Likeness likeness = places[place(exchange)];
        return likeness != null && likeness.covers(exchange) ? likeness : null;
    }

    void put(Exchange exchange, String name, Fragment attributes) {
        places[place(exchange)] = Likeness.of(exchange, name, attributes);
    }

    private static int place(Exchange exchange) {
        int hash = System.identityHashCode(exchange.route());
        hash = 31 * hash + System.identityHashCode(exchange.endpoint());
        hash = 31 * hash + System.identityHashCode(exchange.cluster());
        hash = 31 * hash + exchange.peerIdentity().hashCode();
        hash = 31 * hash + exchange.authority().hashCode();
        hash = 31 * hash + exchange.method().hashCode();
        hash = 31 * hash + exchange.status();
        hash = 31 * hash + exchange.grpcStatus();
        return (hash ^ (hash >>> 16)) & (PLACES - 1);
    }

    /** What exchanges of one kind have in common, and how their spans say it. */
    record Likeness(
            Direction direction,
            String listener,
            Protocol protocol,
            String method,
            String scheme,
            String authority,
            @Nullable Route route,
            @Nullable Cluster cluster,
            @Nullable Endpoint endpoint,
            Workload peer,
            String peerIdentity,
            boolean mutualTls,
            int status,
            int grpcStatus,
            @Nullable Fate fate,
            int interventions,
            int attempts,
            String name,
            Fragment attributes) {

        static Likeness of(Exchange exchange, String name, Fragment attributes) {
            return new Likeness(
                    exchange.direction(),
                    exchange.listener(),
                    exchange.protocol(),
                    exchange.method(),
                    exchange.scheme(),
                    exchange.authority(),
                    exchange.route(),
                    exchange.cluster(),
                    exchange.endpoint(),
                    exchange.peer(),
                    exchange.peerIdentity(),
                    exchange.mutualTls(),
                    exchange.status(),
                    exchange.grpcStatus(),
                    exchange.fate(),
                    exchange.interventions(),
                    exchange.attempts().size(),
                    name,
                    attributes);
        }

        boolean covers(Exchange other) {
            return direction == other.direction()
                    && protocol == other.protocol()
                    && status == other.status()
                    && grpcStatus == other.grpcStatus()
                    && fate == other.fate()
                    && interventions == other.interventions()
                    && attempts == other.attempts().size()
                    && mutualTls == other.mutualTls()
                    && same(route, other.route())
                    && same(cluster, other.cluster())
                    && same(endpoint, other.endpoint())
                    && (same(peer, other.peer()) || peer.equals(other.peer()))
                    && listener.equals(other.listener())
                    && method.equals(other.method())
                    && scheme.equals(other.scheme())
                    && authority.equals(other.authority())
                    && peerIdentity.equals(other.peerIdentity());
        }

        /** Parts of one snapshot; those of the next one say the same again, or something else. */
        @SuppressWarnings("ReferenceEquality")
        private static boolean same(@Nullable Object one, @Nullable Object other) {
            return one == other;
        }
    }
}
