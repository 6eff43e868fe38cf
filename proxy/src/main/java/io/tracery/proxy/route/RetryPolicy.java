package io.tracery.proxy.route;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * When an exchange may be tried again. Whatever it says, a request whose method is not idempotent is only tried again
 * when the failed attempt provably did not reach the application (connect failure, refused stream).
 *
 * @param retries attempts after the first, 0 for none
 * @param on failures after which another attempt may be made
 * @param statuses response status codes that count as {@link Condition#STATUS}
 * @param perTryTimeout limit of one attempt, zero for none
 * @param backoff how long a retry waits
 * @param hedge when another endpoint is asked beside a slow one, or null for never; those attempts count as retries
 */
public record RetryPolicy(
        int retries,
        Set<Condition> on,
        Set<Integer> statuses,
        Duration perTryTimeout,
        Backoff backoff,
        @Nullable Hedge hedge) {

    public static final RetryPolicy NONE = new RetryPolicy(0, Set.of(), Set.of(), Duration.ZERO);

    public RetryPolicy {
        on = Set.copyOf(on);
        statuses = Set.copyOf(statuses);
    }

    public RetryPolicy(int retries, Set<Condition> on, Set<Integer> statuses, Duration perTryTimeout) {
        this(retries, on, statuses, perTryTimeout, Backoff.DEFAULT);
    }

    public RetryPolicy(int retries, Set<Condition> on, Set<Integer> statuses, Duration perTryTimeout, Backoff backoff) {
        this(retries, on, statuses, perTryTimeout, backoff, null);
    }

    /** A failure of one attempt. */
    public enum Condition {
        CONNECT_FAILURE,
        REFUSED_STREAM,
        RESET,
        PER_TRY_TIMEOUT,
        STATUS,
        /** The gRPC status of this name before any message, as all that follow. */
        UNAVAILABLE,
        CANCELLED,
        DEADLINE_EXCEEDED,
        INTERNAL,
        RESOURCE_EXHAUSTED
    }
}
