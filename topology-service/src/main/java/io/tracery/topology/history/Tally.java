package io.tracery.topology.history;

import io.tracery.topology.graph.Exemplar;
import io.tracery.tracing.metric.ExponentialHistogram;
import io.tracery.tracing.span.Fate;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What happened within some time: exchanges by fate and latency, retries, bytes. Tallies of different times, proxies or routes add up exactly, so
 * that a quantile over them is that of all their exchanges. Confined to whoever made it.
 */
public final class Tally {

    private static final String SERVED = Fate.SERVED.label();

    private final TreeMap<String, Long> fates = new TreeMap<>();
    private final ExponentialHistogram latencies = new ExponentialHistogram();
    private long mutual;
    private long retries;
    private long requestBytes;
    private long responseBytes;
    private @Nullable Sample slowest;
    private @Nullable Sample slowestFailed;

    /** An exchange to look at, and how it ended. */
    public record Sample(Exemplar exemplar, String fate) {}

    void ended(String fate, ExponentialHistogram seconds, boolean withIdentities) {
        if (seconds.count() > 0) {
            fates.merge(fate, seconds.count(), Long::sum);
            latencies.add(seconds);
            mutual += withIdentities ? seconds.count() : 0;
        }
    }

    /** What was read back: as {@link #ended} and {@link #moved} once counted it. */
    void restore(Map<String, Long> byFate, ExponentialHistogram seconds, long withIdentities) {
        byFate.forEach((fate, count) -> fates.merge(fate, count, Long::sum));
        latencies.add(seconds);
        mutual += withIdentities;
    }

    void moved(long moreRetries, long moreRequestBytes, long moreResponseBytes) {
        retries += moreRetries;
        requestBytes += moreRequestBytes;
        responseBytes += moreResponseBytes;
    }

    /** Keeps the slowest of those that were served, and of those that were not. */
    void sample(Sample sample) {
        if (sample.fate().equals(SERVED)) {
            slowest = slower(slowest, sample);
        } else {
            slowestFailed = slower(slowestFailed, sample);
        }
    }

    private static Sample slower(@Nullable Sample one, Sample other) {
        return one != null && one.exemplar().latencyMillis() >= other.exemplar().latencyMillis() ? one : other;
    }

    /** Counts what another tally counted, too. */
    public void add(Tally other) {
        other.fates.forEach((fate, count) -> fates.merge(fate, count, Long::sum));
        latencies.add(other.latencies);
        mutual += other.mutual;
        moved(other.retries, other.requestBytes, other.responseBytes);
        if (other.slowest != null) {
            sample(other.slowest);
        }
        if (other.slowestFailed != null) {
            sample(other.slowestFailed);
        }
    }

    public long requests() {
        return latencies.count();
    }

    public long failed() {
        return requests() - fates.getOrDefault(SERVED, 0L);
    }

    /** How many were encrypted between two known identities. */
    public long mutual() {
        return mutual;
    }

    public long retries() {
        return retries;
    }

    public long requestBytes() {
        return requestBytes;
    }

    public long responseBytes() {
        return responseBytes;
    }

    /** Not to be changed. */
    public Map<String, Long> fates() {
        return fates;
    }

    /** Seconds; not to be changed. */
    public ExponentialHistogram latencies() {
        return latencies;
    }

    /** The slowest exchange that was served and has a trace to look at. */
    public @Nullable Sample slowest() {
        return slowest;
    }

    /** The same of those that were not served. */
    public @Nullable Sample slowestFailed() {
        return slowestFailed;
    }

    /** 0 to 1, null without requests. */
    public @Nullable Double successShare() {
        return requests() == 0 ? null : (double) (requests() - failed()) / requests();
    }

    /** Milliseconds, null without requests. */
    public @Nullable Double quantile(double q) {
        return requests() == 0 ? null : latencies.quantile(q) * 1000;
    }
}
