package io.tracery.proxy.telemetry;

import io.tracery.proxy.exchange.Attempt;
import io.tracery.proxy.mesh.Endpoint;
import io.tracery.tracing.otlp.Template;
import org.jspecify.annotations.Nullable;

/**
 * The balancer's choices as they were written before, all but their times and costs. Bounded: where two meet in one place, the
 * later takes it. Confined to the exporter.
 */
final class KnownPicks {

    /** A power of two. Each holds a quarter of a kilobyte. */
    private static final int PLACES = 256;

    private final @Nullable Known[] places = new @Nullable Known[PLACES];

    private record Known(
            @Nullable Endpoint chosen,
            @Nullable Endpoint other,
            boolean measured,
            boolean otherMeasured,
            String reason,
            int leftOut,
            int number,
            Template template) {

        @SuppressWarnings("ReferenceEquality") // Endpoints of one snapshot.
        boolean covers(Attempt attempt) {
            return chosen == attempt.endpoint()
                    && other == attempt.otherEndpoint()
                    && measured == Double.isFinite(attempt.costMillis())
                    && otherMeasured == Double.isFinite(attempt.otherCostMillis())
                    && leftOut == attempt.leftOut()
                    && number == attempt.number()
                    && reason.equals(attempt.pickReason());
        }
    }

    /** Null where none is remembered. */
    @Nullable
    Template of(Attempt attempt) {
        Known known = places[place(attempt)];
        return known != null && known.covers(attempt) ? known.template : null;
    }

    void put(Attempt attempt, Template template) {
        places[place(attempt)] = new Known(
                attempt.endpoint(),
                attempt.otherEndpoint(),
                Double.isFinite(attempt.costMillis()),
                Double.isFinite(attempt.otherCostMillis()),
                attempt.pickReason(),
                attempt.leftOut(),
                attempt.number(),
                template);
    }

    private static int place(Attempt attempt) {
        int hash = System.identityHashCode(attempt.endpoint());
        hash = 31 * hash + System.identityHashCode(attempt.otherEndpoint());
        hash = 31 * hash + attempt.pickReason().hashCode();
        hash = 31 * hash + attempt.leftOut();
        hash = 31 * hash + attempt.number();
        return (hash ^ (hash >>> 16)) & (PLACES - 1);
    }
}
