package io.tracery.tracing.span;

import java.util.Locale;

/**
 * How one exchange ended. The set is closed: every exchange ends in exactly one fate, so the requests that a proxy
 * counted always equal the sum over its fates. The lower-case name is what metrics, spans, logs and pages show.
 */
public enum Fate {
    /** The upstream answered, and by its protocol's rules the answer is not a server error. */
    SERVED,
    /** The upstream answered with a server error: HTTP 5xx, or a gRPC status that OpenTelemetry counts as one. */
    APP_ERROR,
    CONNECT_REFUSED,
    CONNECT_TIMEOUT,
    /** The TLS handshake failed, or the peer's identity is not one that was expected. */
    TLS_VERIFICATION,
    RESET_BEFORE_HEADERS,
    RESET_AFTER_HEADERS,
    NO_ROUTE,
    NO_ENDPOINT,
    BREAKER_OPEN,
    QUEUE_FULL,
    BUDGET_SPENT,
    /** The request's time was up before its answer was complete. */
    DEADLINE,
    POLICY_DENIED,
    RATE_LIMITED,
    /** The route injects faults, and answered this one itself. */
    FAULT_INJECTED,
    /** The client went away before its answer was complete. */
    CLIENT_GONE,
    /** The client sent something that is not the protocol it speaks. */
    MALFORMED_REQUEST,
    /** The upstream sent something that is not the protocol it speaks. */
    MALFORMED_RESPONSE;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The fate as metrics, spans, logs and pages write it, for example {@code reset_before_headers}. */
    public String label() {
        return label;
    }
}
