package io.tracery.proxy.mesh;

import org.jspecify.annotations.Nullable;

/**
 * What one cluster may hold at once, on each event loop (Envoy's {@code circuit_breakers.thresholds}).
 *
 * @param maxConnections connections to all its endpoints; a request that needs one more, while none is idle, ends in
 *     {@code queue_full}
 * @param maxPending requests that wait for a connection; one more ends in {@code queue_full}
 * @param maxRequests requests under way; one more ends in {@code breaker_open}
 * @param maxRetries requests under way that are not their exchange's first attempt; where there are as many, a failure is
 *     not retried
 * @param adaptive a bound of requests that follows their latency, or null
 */
public record CircuitLimits(
        int maxConnections,
        int maxPending,
        int maxRequests,
        int maxRetries,
        @Nullable AdaptiveConcurrency adaptive) {

    /** Without a bound that follows latency. */
    public CircuitLimits(int maxConnections, int maxPending, int maxRequests, int maxRetries) {
        this(maxConnections, maxPending, maxRequests, maxRetries, null);
    }

    /** Bounds that do not bind before those of the endpoints do. */
    public static final CircuitLimits NONE =
            new CircuitLimits(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE);
}
