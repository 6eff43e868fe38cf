package io.tracery.topology.graph;

import io.tracery.tracing.Vocabulary;
import io.tracery.tracing.metric.ExponentialHistogram;
import io.tracery.tracing.span.Fate;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
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

    void write(DataOutputStream out) throws IOException {
        write(out, byFate);
        write(out, byVersion);
        HistogramCodec.write(out, latencies);
        HistogramCodec.writeVarint(out, requests);
        HistogramCodec.writeVarint(out, retries);
        HistogramCodec.writeVarint(out, requestBytes);
        HistogramCodec.writeVarint(out, responseBytes);
    }

    private static void write(DataOutputStream out, Map<String, Long> counts) throws IOException {
        HistogramCodec.writeVarint(out, counts.size());
        for (Map.Entry<String, Long> count : counts.entrySet()) {
            out.writeUTF(count.getKey());
            HistogramCodec.writeVarint(out, count.getValue());
        }
    }

    /** Adds what was written. */
    void read(DataInputStream in) throws IOException {
        read(in, byFate);
        read(in, byVersion);
        latencies.add(HistogramCodec.read(in));
        requests += HistogramCodec.readVarint(in);
        retries += HistogramCodec.readVarint(in);
        requestBytes += HistogramCodec.readVarint(in);
        responseBytes += HistogramCodec.readVarint(in);
    }

    private static void read(DataInputStream in, Map<String, Long> counts) throws IOException {
        long size = HistogramCodec.readVarint(in);
        for (long i = 0; i < size; i++) {
            counts.merge(in.readUTF(), HistogramCodec.readVarint(in), Long::sum);
        }
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
