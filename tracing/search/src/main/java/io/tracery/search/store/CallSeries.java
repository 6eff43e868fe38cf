package io.tracery.search.store;

import java.util.HashMap;
import java.util.Map;

/** What the spans of a service, or of one of its operations, did over time: calls, failures and durations in equal steps. */
public final class CallSeries {

    private final Step[] steps;

    /** One step of time. */
    private static final class Step {
        private long calls;
        private long errors;
        private final Map<Integer, Long> buckets = new HashMap<>();
    }

    CallSeries(int steps) {
        this.steps = new Step[steps];
    }

    void add(int step, CallTerm call, int times) {
        Step at = steps[step];
        if (at == null) {
            at = new Step();
            steps[step] = at;
        }
        at.calls += times;
        at.errors += call.failed() ? times : 0;
        at.buckets.merge(call.bucket(), (long) times, Long::sum);
    }

    /** Calls from a step, included, to another, excluded. */
    public long calls(int from, int to) {
        long calls = 0;
        for (int i = from; i < to; i++) {
            calls += steps[i] == null ? 0 : steps[i].calls;
        }
        return calls;
    }

    public long errors(int from, int to) {
        long errors = 0;
        for (int i = from; i < to; i++) {
            errors += steps[i] == null ? 0 : steps[i].errors;
        }
        return errors;
    }

    /** The duration that a share of the calls did not pass, nanoseconds, to a tenth; NaN where nothing was called. */
    public double quantileNanos(double share, int from, int to) {
        long[] counts = new long[CallTerm.MOST_BUCKETS + 1];
        long all = 0;
        for (int i = from; i < to; i++) {
            if (steps[i] != null) {
                for (Map.Entry<Integer, Long> bucket : steps[i].buckets.entrySet()) {
                    counts[bucket.getKey()] += bucket.getValue();
                    all += bucket.getValue();
                }
            }
        }
        long left = (long) Math.ceil(share * all);
        for (int bucket = 0; bucket < counts.length; bucket++) {
            left -= counts[bucket];
            if (counts[bucket] > 0 && left <= 0) {
                return (CallTerm.least(bucket) + CallTerm.least(bucket + 1)) / 2;
            }
        }
        return Double.NaN;
    }
}
