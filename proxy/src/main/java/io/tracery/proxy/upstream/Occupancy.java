package io.tracery.proxy.upstream;

import io.tracery.proxy.balance.ConcurrencyLimit;
import io.tracery.proxy.mesh.AdaptiveConcurrency;
import io.tracery.proxy.mesh.CircuitLimits;
import io.tracery.tracing.span.Fate;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How much of what one cluster may hold at once is taken, on one event loop (Envoy's circuit breakers). A place is taken only
 * after {@code refuse…} or {@code admits…} said that there is one.
 */
public final class Occupancy {

    private final String cluster;
    private final BooleanSupplier closeOneIdle;
    private CircuitLimits limits;
    private int connections;
    private int pending;
    private int requests;
    private int retries;
    private @Nullable ConcurrencyLimit adaptive;

    /** @param closeOneIdle closes a connection that nobody uses; false where there is none */
    Occupancy(String cluster, CircuitLimits limits, BooleanSupplier closeOneIdle, long nowNanos) {
        this.cluster = cluster;
        this.limits = limits;
        this.closeOneIdle = closeOneIdle;
        this.adaptive = adaptive(limits.adaptive(), nowNanos);
    }

    /** What was found of the latency stays while the bounds of the search do. */
    void limits(CircuitLimits newer, long nowNanos) {
        if (!Objects.equals(newer.adaptive(), limits.adaptive())) {
            adaptive = adaptive(newer.adaptive(), nowNanos);
        }
        limits = newer;
    }

    private static @Nullable ConcurrencyLimit adaptive(@Nullable AdaptiveConcurrency config, long nowNanos) {
        return config == null ? null : new ConcurrencyLimit(config, nowNanos);
    }

    // ---- requests: attempts, or opaque connections ----

    /** Why no request may begin now, or null when one may. */
    public @Nullable UpstreamFailure refuseRequest() {
        return requests < limits.maxRequests()
                ? null
                : new UpstreamFailure(
                        Fate.BREAKER_OPEN, cluster + " has " + requests + " requests under way, as many as it may");
    }

    /**
     * Why no more requests are let through to a server that has begun to queue them, or null when one may go.
     *
     * @param request says how important it is; asked only when it matters
     */
    public @Nullable UpstreamFailure shed(Importance request) {
        ConcurrencyLimit limit = adaptive;
        AdaptiveConcurrency config = limits.adaptive();
        if (limit == null || config == null || requests < limit.limit(ConcurrencyLimit.LEAST_URGENT)) {
            return null;
        }
        int urgency = request.urgency(config);
        if (requests < limit.limit(urgency)) {
            return null;
        }
        boolean critical = request.critical(config);
        if (critical && requests < limit.criticalLimit()) {
            return null;
        }
        return new UpstreamFailure(
                Fate.BREAKER_OPEN,
                cluster + " has " + requests + " requests under way, more than its latency lets through now "
                        + (critical ? "even of those that are refused last" : "at urgency " + urgency));
    }

    /** True where a bound follows the requests' latency. */
    public boolean adapts() {
        return adaptive != null;
    }

    /** Whether the cluster's configuration names the path among those that are refused last. */
    public boolean critical(String path) {
        AdaptiveConcurrency config = limits.adaptive();
        return config != null && config.criticalPaths().contains(path);
    }

    /** Which of several requests are refused first. */
    public interface Importance {

        /** 0 (most) to 7. */
        int urgency(AdaptiveConcurrency config);

        /** Whether it is one of those that are refused last. */
        boolean critical(AdaptiveConcurrency config);
    }

    /** A request was answered, or its time was up; before it {@link #ended}. */
    public void took(long latencyNanos, long nowNanos) {
        if (adaptive != null) {
            adaptive.sample(latencyNanos, requests, nowNanos);
        }
    }

    /**
     * Whether a failed attempt may be followed by another now.
     *
     * @param failed its number in its exchange, from 1
     */
    public boolean admitsRetry(int failed) {
        return retries - (failed > 1 ? 1 : 0) < limits.maxRetries();
    }

    /** @param number of the attempt in its exchange, from 1 */
    public void began(int number) {
        requests++;
        retries += number > 1 ? 1 : 0;
    }

    /** @param number as it began */
    public void ended(int number) {
        requests--;
        retries -= number > 1 ? 1 : 0;
    }

    // ---- requests that wait for a connection ----

    /** Why no request may wait now, or null when one may. */
    public @Nullable UpstreamFailure refuseWaiting() {
        return pending < limits.maxPending()
                ? null
                : new UpstreamFailure(
                        Fate.QUEUE_FULL,
                        pending + " requests wait for a connection to " + cluster + ", as many as may");
    }

    public void waits() {
        pending++;
    }

    public void waitsNoMore() {
        pending--;
    }

    // ---- connections ----

    /** Why no connection may be made now, or null when one may; one that nobody uses makes room. */
    @Nullable
    UpstreamFailure refuseConnection() {
        return !full() || closeOneIdle.getAsBoolean()
                ? null
                : new UpstreamFailure(
                        Fate.QUEUE_FULL, cluster + " has " + connections + " connections in use, as many as it may");
    }

    boolean full() {
        return connections >= limits.maxConnections();
    }

    void opened() {
        connections++;
    }

    void closed() {
        connections--;
    }

    public int connections() {
        return connections;
    }
}
