package io.tracery.proxy.exchange;

import io.tracery.proxy.mesh.Endpoint;
import io.tracery.tracing.span.Fate;
import org.jspecify.annotations.Nullable;

/**
 * One try of an exchange at one endpoint, with what the balancer weighed and why there was or was not another try.
 * Confined to the exchange's event loop. Times are nanoseconds of the exchange's own clock, 0 while unknown.
 */
public final class Attempt {

    private final int number;
    private final long spanId;
    private final long startNanos;

    // Written as the attempt goes on, by the data path alone.
    private @Nullable Endpoint endpoint;
    private double costMillis;
    private @Nullable Endpoint otherEndpoint;
    private double otherCostMillis;
    private String pickReason = "";
    private int leftOut;
    private boolean connectionReused;
    private long connectNanos;
    private long tlsNanos;
    private long firstByteNanos;
    private long endNanos;
    private @Nullable Fate outcome;
    private int status;
    private boolean retried;
    private String retryReason = "";
    private boolean hedged;
    private long hedgeNanos;
    private String hedgeReason = "";
    private boolean outrun;

    /**
     * @param number counts from 1
     * @param spanId what the upstream receives as its parent
     * @param startNanos when it began
     */
    public Attempt(int number, long spanId, long startNanos) {
        this.number = number;
        this.spanId = spanId;
        this.startNanos = startNanos;
    }

    public int number() {
        return number;
    }

    public long spanId() {
        return spanId;
    }

    public long startNanos() {
        return startNanos;
    }

    /** The balancer's choice; {@code other} is null when there was only one candidate. */
    public void picked(Endpoint chosen, double chosenCostMillis, @Nullable Endpoint other, double otherCost) {
        endpoint = chosen;
        costMillis = chosenCostMillis;
        otherEndpoint = other;
        otherCostMillis = otherCost;
    }

    /**
     * @param reason why the balancer chose that one, as spans show it
     * @param endpointsLeftOut how many it did not ask because they failed too often
     */
    public void pickedFor(String reason, int endpointsLeftOut) {
        pickReason = reason;
        leftOut = endpointsLeftOut;
    }

    public void connected(long nowNanos, boolean reused) {
        connectNanos = nowNanos - startNanos;
        connectionReused = reused;
    }

    /** @param nanos that the new connection's TLS handshake took, 0 where there was none */
    public void shaken(long nanos) {
        tlsNanos = Math.min(nanos, connectNanos);
    }

    public void firstByte(long nowNanos) {
        firstByteNanos = nowNanos - startNanos;
    }

    /**
     * @param how its outcome: {@code SERVED} or {@code APP_ERROR} where the upstream answered
     * @param responseStatus HTTP status code, 0 where there was none
     */
    public void ended(long nowNanos, Fate how, int responseStatus) {
        endNanos = nowNanos;
        outcome = how;
        status = responseStatus;
    }

    /** Why a failed attempt was or was not followed by another, as a person would put it. */
    public void retryDecision(boolean triedAgain, String reason) {
        retried = triedAgain;
        retryReason = reason;
    }

    /** Whether another endpoint was asked beside this one because it was slow, and why or why not. */
    public void hedged(long nowNanos, boolean anotherAsked, String reason) {
        hedgeNanos = nowNanos;
        hedged = anotherAsked;
        hedgeReason = reason;
    }

    /** Another attempt answered first, and this one was cancelled: it has no outcome of its own. */
    public void outrun(long nowNanos) {
        endNanos = nowNanos;
        outrun = true;
    }

    public @Nullable Endpoint endpoint() {
        return endpoint;
    }

    /** The balancer's cost of the chosen endpoint when it was chosen: EWMA latency times load, in ms. */
    public double costMillis() {
        return costMillis;
    }

    public @Nullable Endpoint otherEndpoint() {
        return otherEndpoint;
    }

    public double otherCostMillis() {
        return otherCostMillis;
    }

    /** Why the balancer chose that endpoint, empty when nobody said. */
    public String pickReason() {
        return pickReason;
    }

    /** How many endpoints were not asked because they failed too often. */
    public int leftOut() {
        return leftOut;
    }

    public boolean connectionReused() {
        return connectionReused;
    }

    /** From the attempt's start until a connection was ready, TLS included. */
    public long connectNanos() {
        return connectNanos;
    }

    /** Of {@link #connectNanos} what the TLS handshake took. */
    public long tlsNanos() {
        return tlsNanos;
    }

    /** From the attempt's start until the first byte of the response. */
    public long firstByteNanos() {
        return firstByteNanos;
    }

    public long endNanos() {
        return endNanos;
    }

    public @Nullable Fate outcome() {
        return outcome;
    }

    public int status() {
        return status;
    }

    public boolean retried() {
        return retried;
    }

    /** Empty while nothing was decided: the attempt did not fail. */
    public String retryReason() {
        return retryReason;
    }

    public boolean hedged() {
        return hedged;
    }

    /** Empty where it was not slow, or its route asks nobody twice. */
    public String hedgeReason() {
        return hedgeReason;
    }

    public long hedgeNanos() {
        return hedgeNanos;
    }

    public boolean outrun() {
        return outrun;
    }
}
