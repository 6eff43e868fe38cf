package io.tracery.proxy.balance;

import io.tracery.proxy.mesh.Endpoint;
import org.jspecify.annotations.Nullable;

/**
 * What one event loop knows of one endpoint: requests in flight, a peak-sensitive moving average of their latency, and
 * whether it is left out. A rise counts at once, a fall fades in exponentially (peak EWMA, as in Finagle). Confined to its
 * event loop.
 */
public final class EndpointLoad {

    private static final double NANOS_PER_MILLI = 1e6;

    private final CostModel model;
    private final @Nullable OutlierDetector detector;
    private final String key;

    /** What outlier detection keeps of it. */
    final EndpointHealth health = new EndpointHealth();

    private Endpoint endpoint;
    private double share = 1;
    private double latencyNanos;
    private long stampNanos;
    private long warmSinceNanos;
    private int inFlight;
    private boolean leftOut;

    EndpointLoad(Endpoint endpoint, CostModel model, @Nullable OutlierDetector detector, long nowNanos) {
        this.endpoint = endpoint;
        this.model = model;
        this.detector = detector;
        this.key = endpoint.address().getHostString() + ":" + endpoint.address().getPort();
        this.latencyNanos = model.initialNanos;
        this.stampNanos = nowNanos;
        this.warmSinceNanos = nowNanos;
    }

    public Endpoint endpoint() {
        return endpoint;
    }

    /** The same address with other metadata, after a new snapshot. */
    void endpoint(Endpoint changed) {
        endpoint = changed;
    }

    /** Address and port, as people write them. */
    public String address() {
        return key;
    }

    /** Address and port: what the endpoint's place in hash tables depends on. */
    String key() {
        return key;
    }

    /** Its weight over the mean weight of all. */
    void share(double ofMean) {
        share = ofMean;
    }

    public int inFlight() {
        return inFlight;
    }

    /** Latency in milliseconds times the requests that would wait, as many as its weight can bear counting as one. */
    public double costMillis(long nowNanos) {
        return decayed(nowNanos) * (1 + inFlight / share) / NANOS_PER_MILLI;
    }

    /** Requests in flight, as many as its weight can bear counting as one. */
    double active() {
        return inFlight / share;
    }

    /** As {@link #costMillis}, with a latency that does not fade below what an unknown endpoint is taken to need. */
    double costFromAfarMillis(long nowNanos) {
        return Math.max(decayed(nowNanos), model.initialNanos) * (1 + inFlight / share) / NANOS_PER_MILLI;
    }

    // ---- a request's life ----

    public void started() {
        inFlight++;
    }

    /**
     * An answer came. An error that came fast does not improve the average, and says nothing against the endpoint unless
     * its status is penalized: a service that fails now and then would otherwise chase all traffic from one instance to
     * the other.
     *
     * @param status HTTP status, or what a gRPC status is in HTTP
     * @param retryAfterNanos what the answer asks for by {@code Retry-After}; 0 where it asks for nothing
     */
    public void answered(int status, long latency, long retryAfterNanos, long nowNanos) {
        inFlight--;
        if (retryAfterNanos > 0 || model.penalizes(status)) {
            observe(Math.max(latency, model.penaltyNanos), nowNanos);
            // Nothing fades before the time that it asked for is over.
            stampNanos =
                    Math.max(stampNanos, nowNanos + Math.min(retryAfterNanos, CostModel.LONGEST_RETRY_AFTER_NANOS));
        } else {
            observe(status >= 500 ? Math.max(latency, (long) latencyNanos) : latency, nowNanos);
        }
        if (detector != null) {
            detector.answered(this, status, nowNanos);
        }
    }

    /**
     * No answer came: refused, timed out, reset. Counts as a request that took at least the penalty, so that an endpoint
     * which fails fast does not look like a fast one.
     */
    public void failed(long latency, long nowNanos) {
        inFlight--;
        observe(Math.max(latency, model.penaltyNanos), nowNanos);
        if (detector != null) {
            detector.failed(this, nowNanos);
        }
    }

    /** Another endpoint answered first: it needs longer than this, which counts where more than that was not known. */
    public void outrun(long latency, long nowNanos) {
        if (latency > decayed(nowNanos)) {
            observe(latency, nowNanos);
        }
        abandoned();
    }

    /** A request ended for a reason that says nothing of the endpoint: the client went away, or a limit of ours. */
    public void abandoned() {
        inFlight--;
        passedOver();
    }

    /** It was picked to find out whether it has recovered, and that was not found out. */
    public void passedOver() {
        if (detector != null && health.state() == EndpointHealth.State.PROBING) {
            detector.probeAbandoned(this);
        }
    }

    private void observe(long latency, long nowNanos) {
        double current = decayed(nowNanos);
        if (latency > current) {
            latencyNanos = latency;
        } else {
            double weight = Math.exp(-Math.max(0, nowNanos - stampNanos) / model.decayNanos);
            latencyNanos = latencyNanos * weight + latency * (1 - weight);
        }
        stampNanos = Math.max(stampNanos, nowNanos);
    }

    /**
     * An endpoint that nobody asks is forgiven in time: its average fades towards zero and it is asked again. While it
     * owes answers nothing is forgiven.
     */
    private double decayed(long nowNanos) {
        return inFlight > 0
                ? latencyNanos
                : latencyNanos * Math.exp(-Math.max(0, nowNanos - stampNanos) / model.decayNanos);
    }

    // ---- whether it takes requests at all ----

    /** True while requests go elsewhere because it failed too often. */
    public boolean leftOut() {
        return leftOut;
    }

    void leftOut(boolean now) {
        leftOut = now;
    }

    /** Why it was ejected, or null while it is not. */
    public @Nullable EjectionReason ejectedFor() {
        return health.reason();
    }

    /** Until a request finds out whether it has recovered; 0 while it is not ejected, or when that is due. */
    public long probeInNanos(long nowNanos) {
        return health.state() == EndpointHealth.State.OUT ? Math.max(0, health.untilNanos() - nowNanos) : 0;
    }

    /** True when its time is over and nobody is finding out yet whether it has recovered. */
    boolean probeDue(long nowNanos) {
        return health.state() == EndpointHealth.State.OUT && nowNanos - health.untilNanos() >= 0;
    }

    /** Its share is whole from the beginning. */
    void warm(long nowNanos) {
        warmSinceNanos = nowNanos - model.slowStartNanos;
    }

    /** It is taken back: what it cost while it failed is forgotten, and its share grows from here on. */
    void cold(long nowNanos) {
        latencyNanos = model.initialNanos;
        stampNanos = nowNanos;
        warmSinceNanos = nowNanos;
    }

    /** Share of its whole share that it gets now, 0 to 1. */
    double warmth(long nowNanos) {
        return model.warmth(nowNanos - warmSinceNanos);
    }
}
