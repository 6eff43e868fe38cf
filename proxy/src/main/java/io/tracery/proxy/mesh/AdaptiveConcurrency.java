package io.tracery.proxy.mesh;

import java.util.Set;

/**
 * How many requests may be under way at once, found from how long they take.
 *
 * @param least never fewer than these, at least 1
 * @param most never more than these
 * @param criticalPaths requests for exactly these paths are refused last, beside those that are known for health checks
 */
public record AdaptiveConcurrency(int least, int most, Set<String> criticalPaths) {

    public AdaptiveConcurrency {
        criticalPaths = Set.copyOf(criticalPaths);
        if (least < 1 || most < least) {
            throw new IllegalArgumentException(
                    "adaptive concurrency is between 1 and its most, not between " + least + " and " + most);
        }
    }
}
