package io.tracery.topology.history;

import io.tracery.topology.graph.EdgeKey;
import io.tracery.topology.graph.Exemplar;
import io.tracery.topology.graph.Increment;
import io.tracery.topology.graph.Measure;
import io.tracery.topology.graph.SeriesLabels;
import io.tracery.topology.graph.Spread;
import io.tracery.topology.history.Tally.Sample;
import io.tracery.tracing.Vocabulary;
import io.tracery.tracing.metric.ExponentialHistogram;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What happened lately, by window of ten seconds and edge, until it is stored. Guarded by its {@link PartitionHistory}. */
final class OpenWindows {

    /** Versions and routes that one edge tells apart within one window. */
    private static final int MOST_ROWS = 128;

    private final TreeMap<Long, LinkedHashMap<EdgeKey, EdgeWindow>> windows = new TreeMap<>();

    /** @param oldest what happened before is not remembered */
    void add(Increment increment, long oldest) {
        Spread spread = new Spread(increment.fromMillis(), increment.toMillis());
        long last = Step.TEN_SECONDS.floor(spread.toMillis() - 1);
        long first = Math.max(Step.TEN_SECONDS.floor(spread.fromMillis()), Step.TEN_SECONDS.floor(oldest));
        if (increment.amount() == 0 || first >= last) {
            add(increment, last, increment.amount(), increment.latencies());
            return;
        }
        for (long begin = first; begin <= last; begin += Step.TEN_SECONDS.millis()) {
            long end = begin + Step.TEN_SECONDS.millis();
            if (increment.latencies() == null) {
                long share = spread.within(increment.amount(), begin, end);
                if (share > 0) {
                    add(increment, begin, share, null);
                }
            } else {
                ExponentialHistogram share = share(increment.latencies(), spread, begin);
                if (share.count() > 0) {
                    add(increment, begin, share.count(), share);
                }
            }
        }
    }

    private static ExponentialHistogram share(ExponentialHistogram all, Spread spread, long begin) {
        long end = begin + Step.TEN_SECONDS.millis();
        long[] counts = new long[all.bucketCount()];
        long total = spread.within(all.zeroCount(), begin, end);
        long zeros = total;
        for (int i = 0; i < counts.length; i++) {
            counts[i] = all.countAt(i) == 0 ? 0 : spread.within(all.countAt(i), begin, end);
            total += counts[i];
        }
        double sum = all.count() == 0 ? 0 : all.sum() * total / all.count();
        return ExponentialHistogram.of(zeros, sum, all.offset(), counts);
    }

    private void add(Increment increment, long begin, long amount, @Nullable ExponentialHistogram latencies) {
        SeriesLabels labels = increment.labels();
        EdgeKey edge = labels.edge();
        EdgeWindow window = windows.computeIfAbsent(begin, any -> new LinkedHashMap<>())
                .computeIfAbsent(edge, any -> new EdgeWindow(edge));
        long seen = Math.min(increment.toMillis(), begin + Step.TEN_SECONDS.millis() - 1);
        window.describe(labels.sourceIdentity(), labels.targetIdentity(), seen, window.inFlight());
        if (amount == 0 || increment.measure() == Measure.STARTED) {
            return;
        }
        Tally tally = window.row(new RowKey(labels.view(), labels.version(), labels.route()), MOST_ROWS);
        switch (increment.measure()) {
            case DURATION -> {
                if (latencies != null) {
                    tally.ended(labels.fate(), latencies, labels.tls().equals(Vocabulary.TLS_MUTUAL));
                }
                Exemplar exemplar = increment.exemplar();
                if (exemplar != null && Step.TEN_SECONDS.floor(exemplar.millis()) == begin) {
                    tally.sample(new Sample(exemplar, labels.fate()));
                }
            }
            case RETRIES -> tally.moved(amount, 0, 0);
            case REQUEST_BYTES -> tally.moved(0, amount, 0);
            case RESPONSE_BYTES -> tally.moved(0, 0, amount);
            case STARTED -> {
                // Only what is in flight is made of it.
            }
        }
    }

    boolean isEmpty() {
        return windows.isEmpty();
    }

    /** Begin of the oldest window; only asked when there is one. */
    long oldest() {
        return windows.firstKey();
    }

    int edges() {
        return windows.values().stream().mapToInt(Map::size).sum();
    }

    /** The edges of one window; not to be changed. */
    Collection<EdgeWindow> at(long begin) {
        return windows.getOrDefault(begin, EMPTY).values();
    }

    private static final LinkedHashMap<EdgeKey, EdgeWindow> EMPTY = new LinkedHashMap<>();

    /** Takes the first edge of the oldest window out. */
    EdgeWindow takeFirst() {
        Map.Entry<Long, LinkedHashMap<EdgeKey, EdgeWindow>> oldest = windows.firstEntry();
        EdgeWindow first = oldest.getValue().pollFirstEntry().getValue();
        if (oldest.getValue().isEmpty()) {
            windows.remove(oldest.getKey());
        }
        return first;
    }
}
