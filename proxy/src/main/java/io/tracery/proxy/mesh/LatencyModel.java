package io.tracery.proxy.mesh;

import java.time.Duration;
import java.util.Set;

/**
 * How what an endpoint did turns into its cost.
 *
 * @param initial what an endpoint that was never asked is taken to need
 * @param decay how fast what was seen fades: after this time a third of it is left
 * @param penalty a failure counts as a request that took this long
 * @param penalizedStatuses answers that count as failures; an answer with {@code Retry-After} and 429 or 503 always does,
 *     and for as long as it asks for
 */
public record LatencyModel(Duration initial, Duration decay, Duration penalty, Set<Integer> penalizedStatuses) {

    /** Linkerd's figures. */
    public static final LatencyModel DEFAULT =
            new LatencyModel(Duration.ofMillis(30), Duration.ofSeconds(10), Duration.ofSeconds(5), Set.of(429));

    public LatencyModel {
        penalizedStatuses = Set.copyOf(penalizedStatuses);
        if (initial.isNegative() || penalty.isNegative() || !decay.isPositive()) {
            throw new IllegalArgumentException("latencies and penalties are not negative and decay is above zero: "
                    + initial + ", " + penalty + ", " + decay);
        }
    }
}
