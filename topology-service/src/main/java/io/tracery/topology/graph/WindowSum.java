package io.tracery.topology.graph;

import io.tracery.tracing.metric.ExponentialHistogram;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Adds up seconds of history, of one edge or of several; reused, and confined to one reader. */
final class WindowSum {

    private final long[] buckets = new long[ExponentialHistogram.MAX_BUCKETS];

    /** Buckets that may hold something: most sums touch a few of hundreds. */
    private int first = ExponentialHistogram.MAX_BUCKETS;

    private int last = -1;
    long requests;
    long failed;
    long mutual;
    long zero;

    /** Requests in seconds that every proxy has reported on: the ones that a rate may be taken of. */
    private long settled;

    private final long settledBefore;

    /** @param settledBefore the first second that some proxies may not have reported on */
    WindowSum(long settledBefore) {
        this.settledBefore = settledBefore;
    }

    void addToBucket(int index, long count) {
        int at = index - ExponentialHistogram.MIN_INDEX;
        buckets[at] += count;
        first = Math.min(first, at);
        last = Math.max(last, at);
    }

    void countSettled(Second cell) {
        if (cell.second < settledBefore) {
            settled += cell.requests();
        }
    }

    void add(WindowSum other) {
        requests += other.requests;
        failed += other.failed;
        mutual += other.mutual;
        zero += other.zero;
        settled += other.settled;
        for (int i = other.first; i <= other.last; i++) {
            buckets[i] += other.buckets[i];
        }
        first = Math.min(first, other.first);
        last = Math.max(last, other.last);
    }

    void clear() {
        if (first <= last) {
            Arrays.fill(buckets, first, last + 1, 0);
        }
        first = buckets.length;
        last = -1;
        requests = 0;
        failed = 0;
        mutual = 0;
        zero = 0;
        settled = 0;
    }

    /** Requests per second; of an edge that only just appeared, what there is. */
    double rate(int seconds) {
        return (double) (settled == 0 ? requests : settled) / seconds;
    }

    /** Null without requests. */
    @Nullable
    Double successShare() {
        return requests == 0 ? null : (double) (requests - failed) / requests;
    }

    /** Quantiles in milliseconds. */
    Latencies latencies() {
        return first > last
                ? Latencies.of(ExponentialHistogram.of(zero, 0, 0))
                : Latencies.of(ExponentialHistogram.of(
                        zero, 0, ExponentialHistogram.MIN_INDEX + first, Arrays.copyOfRange(buckets, first, last + 1)));
    }
}
