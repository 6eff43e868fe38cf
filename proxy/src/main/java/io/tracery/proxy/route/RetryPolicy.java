package io.tracery.proxy.route;

import java.time.Duration;
import java.util.Set;

/**
 * When an exchange may be tried again. Whatever it says, a request whose method is not idempotent is only tried again
 * when the failed attempt provably did not reach the application (connect failure, refused stream).
 *
 * @param retries attempts after the first, 0 for none
 * @param on failures after which another attempt may be made
 * @param statuses response status codes that count as {@link Condition#STATUS}
 * @param perTryTimeout limit of one attempt, zero for none
 */
public record RetryPolicy(int retries, Set<Condition> on, Set<Integer> statuses, Duration perTryTimeout) {

    public static final RetryPolicy NONE = new RetryPolicy(0, Set.of(), Set.of(), Duration.ZERO);

    public RetryPolicy {
        on = Set.copyOf(on);
        statuses = Set.copyOf(statuses);
    }

    /** A failure of one attempt. */
    public enum Condition {
        CONNECT_FAILURE,
        REFUSED_STREAM,
        RESET,
        PER_TRY_TIMEOUT,
        STATUS,
        /** gRPC status UNAVAILABLE before any message. */
        UNAVAILABLE
    }
}
