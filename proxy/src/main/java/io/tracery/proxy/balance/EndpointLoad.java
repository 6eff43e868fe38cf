package io.tracery.proxy.balance;

import io.tracery.proxy.mesh.Endpoint;

/**
 * What one event loop knows of one endpoint: requests in flight and a peak-sensitive moving average of their latency.
 * A rise counts at once, a fall fades in exponentially (peak EWMA, as in Finagle). Confined to its event loop.
 */
public final class EndpointLoad {

    private static final double NANOS_PER_MILLI = 1e6;

    private final double decayNanos;

    private Endpoint endpoint;
    private double latencyNanos;
    private long stampNanos;
    private int inFlight;

    EndpointLoad(Endpoint endpoint, double initialLatencyNanos, double decayNanos, long nowNanos) {
        this.endpoint = endpoint;
        this.decayNanos = decayNanos;
        this.latencyNanos = initialLatencyNanos;
        this.stampNanos = nowNanos;
    }

    public Endpoint endpoint() {
        return endpoint;
    }

    /** The same address with other metadata, after a new snapshot. */
    void endpoint(Endpoint changed) {
        endpoint = changed;
    }

    public int inFlight() {
        return inFlight;
    }

    /** Latency in milliseconds times the requests that would wait, divided by the endpoint's weight. */
    public double costMillis(long nowNanos) {
        return decayed(nowNanos) * (inFlight + 1) / endpoint.weight() / NANOS_PER_MILLI;
    }

    public void started() {
        inFlight++;
    }

    /** A request ended well, or with an answer that says nothing of the endpoint's health. */
    public void succeeded(long latency, long nowNanos) {
        inFlight--;
        observe(latency, nowNanos);
    }

    /**
     * A request failed: counts as one that took at least the penalty, so that an endpoint which fails fast does not look
     * like a fast one.
     */
    public void failed(long latency, long penaltyNanos, long nowNanos) {
        inFlight--;
        observe(Math.max(latency, penaltyNanos), nowNanos);
    }

    /**
     * The application answered with an error: not the endpoint's failure, but an error that came fast must not make it
     * look better either.
     */
    public void erred(long latency, long nowNanos) {
        inFlight--;
        observe(Math.max(latency, (long) latencyNanos), nowNanos);
    }

    /** A request ended for a reason that says nothing of the endpoint: the client went away. */
    public void abandoned() {
        inFlight--;
    }

    private void observe(long latency, long nowNanos) {
        double current = decayed(nowNanos);
        if (latency > current) {
            latencyNanos = latency;
        } else {
            double weight = Math.exp(-Math.max(0, nowNanos - stampNanos) / decayNanos);
            latencyNanos = latencyNanos * weight + latency * (1 - weight);
        }
        stampNanos = nowNanos;
    }

    /**
     * An endpoint that nobody asks is forgiven in time: its average fades towards zero and it is asked again. While it
     * owes answers nothing is forgiven.
     */
    private double decayed(long nowNanos) {
        return inFlight > 0 ? latencyNanos : latencyNanos * Math.exp(-Math.max(0, nowNanos - stampNanos) / decayNanos);
    }
}
