package io.tracery.proxy.mesh;

import java.util.Set;

/**
 * How many requests may be under way at once, found from how long they take.
 *
 * @param least never fewer than these, at least 1
 * @param most never more than these
 * @param criticalPaths requests for exactly these paths are refused last, beside those that are known for health checks
 * @param priorityHeader says how urgent a request is, 0 to 7 ({@code Priority} of RFC 9218, or the digit); empty: all are alike
 */
public record AdaptiveConcurrency(int least, int most, Set<String> criticalPaths, String priorityHeader) {

    /** With requests that are all equally urgent. */
    public AdaptiveConcurrency(int least, int most, Set<String> criticalPaths) {
        this(least, most, criticalPaths, "");
    }

    public AdaptiveConcurrency {
        criticalPaths = Set.copyOf(criticalPaths);
        if (least < 1 || most < least) {
            throw new IllegalArgumentException(
                    "adaptive concurrency is between 1 and its most, not between " + least + " and " + most);
        }
    }
}
