package io.tracery.proxy.balance;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the balancer chose, and what it chose it over.
 *
 * @param chosen gets the request
 * @param costMillis its cost at the time
 * @param other the candidate that lost, or null when there was only one
 * @param otherCostMillis the loser's cost
 * @param reason why it was this one
 */
public record Pick(
        EndpointLoad chosen, double costMillis, @Nullable EndpointLoad other, double otherCostMillis, Reason reason) {

    /** The loser instead of the winner; there must be one. */
    Pick turned(Reason why) {
        EndpointLoad loser = Objects.requireNonNull(other, "nobody lost");
        return new Pick(
                /* chosen= */ loser,
                /* costMillis= */ otherCostMillis,
                /* other= */ chosen,
                /* otherCostMillis= */ costMillis,
                why);
    }

    /** Why a balancer chose as it did. The label is what spans show. */
    public enum Reason {
        /** It was the cheaper one of those compared, or the only one. */
        COST("cost"),
        /** It was its turn, or chance chose. */
        TURN("turn"),
        /** The request's hash belongs to it. */
        HASH("hash"),
        /** It had been left out, and this request finds out whether it has recovered. */
        PROBE("probe"),
        /** Those in the proxy's own zone cost clearly more. */
        OVERFLOW("zone_overflow"),
        /** The other one is new and not yet given its whole share. */
        SLOW_START("slow_start");

        private final String label;

        Reason(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }
    }
}
