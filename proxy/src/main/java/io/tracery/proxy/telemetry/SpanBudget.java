package io.tracery.proxy.telemetry;

import io.tracery.tracing.context.TraceContext;
import io.tracery.tracing.sample.ProbabilitySampler;

/**
 * How many bytes of spans may be written, before compression. Over it whole traces are left out, by their ids, so that every
 * proxy leaves out the same ones first; what is written says for how many it stands. Confined to the exporter.
 */
final class SpanBudget {

    /** How often the share is reckoned anew. */
    static final long WINDOW_NANOS = 250_000_000;

    /** By how much the share may grow from one window to the next: a short pause in the traffic is no reason to open wide. */
    private static final double GROWTH = 1.5;

    private static final double LEAST_SHARE = 1.0 / 4096;

    private final long bytesPerSecond;
    private ProbabilitySampler sampler = ProbabilitySampler.of(1);
    private double share = 1;
    private double least = 1;
    private double leastBefore = 1;
    private long windowStart;
    private long written;

    /** @param bytesPerSecond 0 for no bound */
    SpanBudget(long bytesPerSecond, long nowNanos) {
        this.bytesPerSecond = bytesPerSecond;
        this.windowStart = nowNanos;
    }

    boolean admits(TraceContext trace) {
        return share == 1 || sampler.keeps(trace);
    }

    /** Whether a trace was admitted at every moment of this interval and of the one before. Whoever keeps fewer keeps none that others do not. */
    boolean admitted(TraceContext trace) {
        double smallest = Math.min(least, leastBefore);
        return smallest == 1 || ProbabilitySampler.roughly(smallest).keeps(trace);
    }

    void beginInterval() {
        leastBefore = least;
        least = share;
    }

    /** What the spans of an admitted trace are to say of it. */
    TraceContext marked(TraceContext trace) {
        return share == 1 ? trace : sampler.marked(trace);
    }

    void wrote(int bytes) {
        written += bytes;
    }

    /** To be called some times in each window. */
    void tick(long nowNanos) {
        long elapsed = nowNanos - windowStart;
        if (bytesPerSecond == 0 || elapsed < WINDOW_NANOS) {
            return;
        }
        double allowed = bytesPerSecond * (elapsed * 1e-9);
        double fitting = written == 0 ? 1 : share * allowed / written;
        double next = Math.clamp(Math.min(fitting, share * GROWTH), LEAST_SHARE, 1);
        if (next != share) {
            share = next;
            least = Math.min(least, share);
            sampler = ProbabilitySampler.roughly(next);
        }
        windowStart = nowNanos;
        written = 0;
    }

    double share() {
        return share;
    }
}
