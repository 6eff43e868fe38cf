package io.tracery.proxy.telemetry;

import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.mesh.Cluster;
import io.tracery.proxy.mesh.Direction;
import io.tracery.proxy.mesh.Endpoint;
import io.tracery.proxy.mesh.Workload;
import io.tracery.proxy.route.Route;
import io.tracery.tracing.otlp.Template;
import io.tracery.tracing.span.Fate;
import org.jspecify.annotations.Nullable;

/**
 * Most of what a span says, it says as many spans before it did. Here is all of that, as it was written for the first one of
 * each kind. What is remembered is bounded: where two kinds meet in one place, the later takes it, and long texts are not kept.
 * Confined to the exporter.
 */
final class Likenesses {

    /** A power of two. Each holds half a kilobyte. */
    private static final int PLACES = 256;

    /** Of what the client chose. */
    private static final int MOST_TEXT = 512;

    private final @Nullable Likeness[] places = new @Nullable Likeness[PLACES];

    /** What spans of the same kind have in common; null where none is remembered. */
    @Nullable
    Template of(Exchange exchange, byte traceFlags) {
        Likeness likeness = places[place(exchange)];
        return likeness != null && likeness.covers(exchange, traceFlags) ? likeness.template() : null;
    }

    void put(Exchange exchange, byte traceFlags, Template template) {
        // Longer ones are somebody's making up, and as long as a head may be.
        if (exchange.method().length()
                        + exchange.authority().length()
                        + grpcPath(exchange).length()
                <= MOST_TEXT) {
            places[place(exchange)] = Likeness.of(exchange, traceFlags, template);
        }
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
        hash = 31 * hash + grpcPath(exchange).hashCode();
        hash = 31 * hash + LabelProbe.templateOf(exchange).hashCode();
        return (hash ^ (hash >>> 16)) & (PLACES - 1);
    }

    /** A gRPC method is a path, which the client chose; other paths are written span by span. */
    private static String grpcPath(Exchange exchange) {
        return exchange.protocol() == Protocol.GRPC ? exchange.path() : "";
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
            String methodPath,
            String pathTemplate,
            boolean root,
            byte traceFlags,
            Template template) {

        static Likeness of(Exchange exchange, byte traceFlags, Template template) {
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
                    grpcPath(exchange),
                    LabelProbe.templateOf(exchange),
                    exchange.parentSpanId() == 0,
                    traceFlags,
                    template);
        }

        boolean covers(Exchange other, byte flags) {
            return direction == other.direction()
                    && protocol == other.protocol()
                    && status == other.status()
                    && grpcStatus == other.grpcStatus()
                    && fate == other.fate()
                    && interventions == other.interventions()
                    && attempts == other.attempts().size()
                    && mutualTls == other.mutualTls()
                    && traceFlags == flags
                    && root == (other.parentSpanId() == 0)
                    && same(route, other.route())
                    && same(cluster, other.cluster())
                    && same(endpoint, other.endpoint())
                    && (same(peer, other.peer()) || peer.equals(other.peer()))
                    && listener.equals(other.listener())
                    && method.equals(other.method())
                    && scheme.equals(other.scheme())
                    && authority.equals(other.authority())
                    && peerIdentity.equals(other.peerIdentity())
                    && methodPath.equals(grpcPath(other))
                    && pathTemplate.equals(LabelProbe.templateOf(other));
        }

        /** Parts of one snapshot; those of the next one say the same again, or something else. */
        @SuppressWarnings("ReferenceEquality")
        private static boolean same(@Nullable Object one, @Nullable Object other) {
            return one == other;
        }
    }
}
