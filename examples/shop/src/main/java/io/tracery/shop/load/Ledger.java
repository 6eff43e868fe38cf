package io.tracery.shop.load;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * What was sent, what came back, and what it must have led to. Every method is atomic: a snapshot adds up. A request counts
 * as answered when the status is the one that its step states, and as lost on every other end.
 */
final class Ledger {

    private static final int MOST_ENDS = 100_000;
    private static final int MOST_LOSSES_TOLD = 20;
    private static final long SLOWEST_MICROS = 60_000_000;

    private final Map<Edge, long[]> edges = new HashMap<>();
    private final Map<Step, Long> steps = new TreeMap<>();
    private final Map<Integer, Long> statuses = new TreeMap<>();
    private final Histogram latencyMicros = new Histogram(SLOWEST_MICROS, 3);
    private final long[] endMillis = new long[MOST_ENDS];
    private final List<String> losses = new ArrayList<>();
    private long sent;
    private long answered;
    private long lost;
    private long skipped;
    private long firstSentMillis;
    private long firstAnsweredMillis;

    /** A request that is about to be sent. */
    synchronized void sent(Step step, long nowMillis) {
        if (sent++ == 0) {
            firstSentMillis = nowMillis;
        }
        steps.merge(step, 1L, Long::sum);
    }

    /** A request that was not sent because too many were under way. */
    synchronized void skipped() {
        skipped++;
    }

    /** A request that was answered as its step states. */
    synchronized void answered(int status, long micros, List<Consequence> consequences, long nowMillis) {
        if (answered++ == 0) {
            firstAnsweredMillis = nowMillis;
        }
        statuses.merge(status, 1L, Long::sum);
        latencyMicros.recordValue(Math.min(micros, SLOWEST_MICROS));
        for (Consequence consequence : consequences) {
            long[] counts = edges.computeIfAbsent(consequence.edge(), edge -> new long[2]);
            counts[0] += consequence.requests();
            counts[1] += consequence.received();
        }
        ended(nowMillis);
    }

    /** A request that ended in any other way; what it led to inside the shop is not known. */
    synchronized void lost(String how, long nowMillis) {
        lost++;
        if (losses.size() < MOST_LOSSES_TOLD) {
            losses.add(how);
        }
        ended(nowMillis);
    }

    synchronized long answered() {
        return answered;
    }

    synchronized long underWay() {
        return sent - answered - lost;
    }

    /** The end times of the requests that ended, from the given number of them on; at most {@value #MOST_ENDS} are kept. */
    synchronized Ends ends(long from) {
        long ended = answered + lost;
        long first = Math.clamp(from, Math.max(0, ended - MOST_ENDS), ended);
        List<Long> times = new ArrayList<>();
        for (long i = first; i < ended; i++) {
            times.add(endMillis[(int) (i % MOST_ENDS)]);
        }
        return new Ends(first, times);
    }

    synchronized Counts counts(LoadOptions options, boolean paused) {
        List<EdgeCount> expected = edges.entrySet().stream()
                .map(entry -> new EdgeCount(
                        entry.getKey().source(),
                        entry.getKey().target(),
                        entry.getKey().protocol(),
                        entry.getValue()[0],
                        entry.getValue()[1]))
                .sorted(Comparator.comparing(EdgeCount::source).thenComparing(EdgeCount::target))
                .toList();
        return new Counts(
                options.rate(),
                paused,
                sent,
                answered,
                lost,
                sent - answered - lost,
                skipped,
                firstSentMillis,
                firstAnsweredMillis,
                Map.copyOf(steps),
                Map.copyOf(statuses),
                new Latency(
                        latencyMicros.getValueAtPercentile(50) / 1000.0,
                        latencyMicros.getValueAtPercentile(90) / 1000.0,
                        latencyMicros.getValueAtPercentile(99) / 1000.0,
                        latencyMicros.getMaxValue() / 1000.0),
                expected,
                List.copyOf(losses));
    }

    private void ended(long nowMillis) {
        // Counted before: the number of this end is one less than how many there are now.
        endMillis[(int) ((answered + lost - 1) % MOST_ENDS)] = nowMillis;
    }

    /**
     * @param first the number of the first end in the list, counted from zero
     * @param endMillis Unix milliseconds, in the order in which the requests ended
     */
    record Ends(long first, List<Long> endMillis) {}

    /** Milliseconds from when a request was due to when its answer was complete. */
    record Latency(double p50, double p90, double p99, double max) {}

    /** What an edge must have seen by now; see {@link Consequence}. */
    record EdgeCount(String source, String target, String protocol, long requests, long received) {}

    /**
     * Everything so far.
     *
     * @param skipped requests that were due but not sent because too many were under way
     * @param firstSentMillis Unix milliseconds, 0 before the first
     * @param firstAnsweredMillis Unix milliseconds, 0 before the first
     * @param losses the first few lost requests, in words
     */
    record Counts(
            int rate,
            boolean paused,
            long sent,
            long answered,
            long lost,
            long underWay,
            long skipped,
            long firstSentMillis,
            long firstAnsweredMillis,
            Map<Step, Long> steps,
            Map<Integer, Long> statuses,
            Latency latencyMillis,
            List<EdgeCount> edges,
            List<String> losses) {}
}
