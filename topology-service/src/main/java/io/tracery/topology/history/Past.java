package io.tracery.topology.history;

import io.tracery.topology.graph.EdgeKey;
import io.tracery.topology.graph.GraphScope;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Questions to what is remembered. Any thread. */
public final class Past {

    /** Points of a series, at most. */
    private static final int MOST_POINTS = 400;

    private static final List<Long> STRETCHES =
            List.of(10_000L, 60_000L, 300_000L, 900_000L, 3_600_000L, 21_600_000L, 86_400_000L);

    private final WindowSource source;
    private final HistorySettings settings;
    private final Supplier<HistoryStats> stats;
    private final LongSupplier newestData;
    private final InstantSource clock;

    /**
     * Some time, in whole windows.
     *
     * @param from Unix milliseconds
     * @param to exclusive
     * @param step milliseconds from point to point of a series
     * @param knownUntil nothing later than this is known
     */
    public record Interval(long from, long to, long step, long knownUntil) {

        /** Seconds that a rate is taken over: those of which something can be known, and at least one. */
        public double seconds() {
            return seconds(from, to);
        }

        double seconds(long begin, long end) {
            return Math.max(1000, Math.min(end, knownUntil) - begin) / 1000.0;
        }

        /** Seconds that a point's rates are taken over. */
        public double secondsAt(long begin) {
            return seconds(begin, Math.min(to, begin + step));
        }
    }

    public Past(
            WindowSource source,
            HistorySettings settings,
            Supplier<HistoryStats> stats,
            LongSupplier newestData,
            InstantSource clock) {
        this.source = source;
        this.settings = settings;
        this.stats = stats;
        this.newestData = newestData;
        this.clock = clock;
    }

    /** The time that something is remembered from; now when nothing is. */
    public long oldest() {
        long oldest = clock.millis();
        HistoryStats now = stats.get();
        for (Step step : Step.values()) {
            long from = now.of(step).from();
            oldest = from == 0 ? oldest : Math.min(oldest, from);
        }
        return oldest;
    }

    /** The whole windows that an interval lies in: the shortest that reach back to its begin, and make no more points than a chart can show. */
    public Interval interval(long from, long to) {
        long now = clock.millis();
        long step = STRETCHES.getLast();
        for (long candidate : STRETCHES.reversed()) {
            boolean few = (to - from) / candidate <= MOST_POINTS;
            if (few && from >= now - settings.keepMillis(within(candidate))) {
                step = candidate;
            }
        }
        long begin = Math.floorDiv(from, step) * step;
        long end = Math.floorDiv(to + step - 1, step) * step;
        return new Interval(
                begin, Math.max(end, begin + step), step, Math.min(now, Math.max(newestData.getAsLong(), begin)));
    }

    /** The longest windows that a stretch is made of. */
    private static Step within(long stretch) {
        Step longest = Step.TEN_SECONDS;
        for (Step step : Step.values()) {
            longest = stretch % step.millis() == 0 ? step : longest;
        }
        return longest;
    }

    /** What happened in all of an interval, by edge, in the order of the edges' ids. */
    public Collection<EdgeWindow> sums(Interval interval, EdgeFilter filter) {
        return sums(interval, filter, GraphScope.WHOLE);
    }

    /** The same for part of the graph, or for edges that stand for several. */
    public Collection<EdgeWindow> sums(Interval interval, EdgeFilter filter, GraphScope scope) {
        TreeMap<String, EdgeWindow> sums = new TreeMap<>();
        source.read(
                new WindowSource.Reading(interval.from(), interval.to(), interval.to() - interval.from(), filter),
                (begin, window) -> {
                    EdgeKey key = window.edge();
                    if (scope.holds(key)) {
                        EdgeKey shown = scope.shown(key);
                        sums.computeIfAbsent(shown.id(), any -> new EdgeWindow(shown))
                                .add(window);
                    }
                });
        return sums.values();
    }

    /** What happened step by step. */
    public Steps steps(Interval interval, EdgeFilter filter) {
        TreeMap<Long, TreeMap<String, EdgeWindow>> steps = new TreeMap<>();
        source.read(
                new WindowSource.Reading(interval.from(), interval.to(), interval.step(), filter),
                (begin, window) -> steps.computeIfAbsent(begin, any -> new TreeMap<>())
                        .computeIfAbsent(window.edge().id(), any -> new EdgeWindow(window.edge()))
                        .add(window));
        return new Steps(interval, steps);
    }

    /**
     * Some edges, step by step.
     *
     * @param windows by begin and edge id; steps in which nothing happened are absent
     */
    public record Steps(Interval interval, Map<Long, TreeMap<String, EdgeWindow>> windows) {

        /** The same over all of the interval, by edge id. */
        public Map<String, EdgeWindow> sums() {
            TreeMap<String, EdgeWindow> sums = new TreeMap<>();
            windows.values()
                    .forEach(step ->
                            step.forEach((id, window) -> sums.computeIfAbsent(id, any -> new EdgeWindow(window.edge()))
                                    .add(window)));
            return sums;
        }
    }
}
