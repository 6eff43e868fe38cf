package io.tracery.proxy.http;

import io.tracery.proxy.balance.RetryBudget;
import io.tracery.proxy.route.RetryPolicy;
import io.tracery.proxy.route.RetryPolicy.Condition;

/**
 * Whether a failed attempt is followed by another, and why, as a person would put it.
 *
 * @param again true to try again
 * @param reason ends up in the span
 */
record RetryVerdict(boolean again, String reason) {

    /**
     * @param condition what went wrong
     * @param attempts made so far, the failed one included
     * @param unprocessed true when the application provably never saw the request
     * @param staleConnection true when an idle connection turned out to be closed
     * @param replayable true while the whole request can be sent again
     */
    record Failure(
            Condition condition,
            String method,
            int attempts,
            boolean unprocessed,
            boolean staleConnection,
            boolean replayable) {}

    static RetryVerdict of(Failure failure, RetryPolicy policy, RetryBudget budget) {
        if (!failure.replayable()) {
            return no("the request is too large to be kept for another attempt");
        }
        boolean repeatable = failure.unprocessed() || idempotent(failure.method());
        // A connection that died while idle is nobody's failure: one fresh attempt, whatever the route says.
        if (failure.staleConnection() && repeatable && failure.attempts() == 1) {
            return yes("the idle connection had been closed");
        }
        if (failure.condition() == Condition.REFUSED_STREAM && failure.attempts() == 1) {
            return yes("the endpoint gave the request back unread");
        }
        if (policy.retries() == 0) {
            return no("the route has no retries");
        }
        if (!policy.on().contains(failure.condition())) {
            return no("the route does not retry on " + label(failure.condition()));
        }
        if (failure.attempts() > policy.retries()) {
            return no("all " + policy.retries() + (policy.retries() == 1 ? " retry was" : " retries were") + " used");
        }
        if (!repeatable) {
            return no(failure.method() + " may have reached the application");
        }
        if (!budget.withdraw()) {
            return no("the retry budget is spent");
        }
        return yes(label(failure.condition()) + ", budget " + budget.left() + " left");
    }

    /** RFC 9110 section 9.2.2. */
    static boolean idempotent(String method) {
        return switch (method) {
            case "GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE" -> true;
            default -> false;
        };
    }

    private static String label(Condition condition) {
        return switch (condition) {
            case CONNECT_FAILURE -> "connect failure";
            case REFUSED_STREAM -> "refused stream";
            case RESET -> "reset";
            case PER_TRY_TIMEOUT -> "per-try timeout";
            case STATUS -> "status";
            case UNAVAILABLE -> "gRPC unavailable";
            case CANCELLED -> "gRPC cancelled";
            case DEADLINE_EXCEEDED -> "gRPC deadline exceeded";
            case INTERNAL -> "gRPC internal";
            case RESOURCE_EXHAUSTED -> "gRPC resource exhausted";
        };
    }

    private static RetryVerdict yes(String reason) {
        return new RetryVerdict(true, reason);
    }

    static RetryVerdict no(String reason) {
        return new RetryVerdict(false, reason);
    }
}
