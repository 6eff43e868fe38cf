package io.tracery.topology.graph;

import io.tracery.tracing.Vocabulary;
import io.tracery.tracing.metric.ExponentialHistogram;
import io.tracery.tracing.span.Fate;
import java.util.Map;
import java.util.TreeMap;

/** Cumulative counts of an edge as one of its ends counted them. Guarded by its edge's lock. */
final class Totals {

    private static final String SERVED = Fate.SERVED.label();

    private final TreeMap<String, Long> byFate = new TreeMap<>();
    private final TreeMap<String, Long> byVersion = new TreeMap<>();
    private final ExponentialHistogram latencies = new ExponentialHistogram();
    private long requests;
    private long retries;
    private long requestBytes;
    private long responseBytes;

    void add(Increment increment) {
        long amount = increment.amount();
        switch (increment.measure()) {
            case DURATION -> addDuration(increment);
            case STARTED -> {
                // Only what is in flight is made of it, by epoch.
            }
            case RETRIES -> retries += amount;
            case REQUEST_BYTES -> requestBytes += amount;
            case RESPONSE_BYTES -> responseBytes += amount;
        }
    }

    private void addDuration(Increment increment) {
        if (increment.latencies() != null && increment.amount() > 0) {
            requests += increment.amount();
            byFate.merge(increment.labels().fate(), increment.amount(), Long::sum);
            byVersion.merge(increment.labels().version(), increment.amount(), Long::sum);
            latencies.add(increment.latencies());
        }
    }

    void add(Totals other) {
        requests += other.requests;
        retries += other.retries;
        requestBytes += other.requestBytes;
        responseBytes += other.responseBytes;
        other.byFate.forEach((fate, count) -> byFate.merge(fate, count, Long::sum));
        other.byVersion.forEach((version, count) -> byVersion.merge(version, count, Long::sum));
        latencies.add(other.latencies);
    }

    long requests() {
        return requests;
    }

    long failed() {
        return requests - byFate.getOrDefault(SERVED, 0L);
    }

    long retries() {
        return retries;
    }

    /** {@link Vocabulary#IO_RECEIVE}. */
    long requestBytes() {
        return requestBytes;
    }

    /** {@link Vocabulary#IO_TRANSMIT}. */
    long responseBytes() {
        return responseBytes;
    }

    Map<String, Long> byFate() {
        return byFate;
    }

    Map<String, Long> byVersion() {
        return byVersion;
    }

    ExponentialHistogram latencies() {
        return latencies;
    }
}
