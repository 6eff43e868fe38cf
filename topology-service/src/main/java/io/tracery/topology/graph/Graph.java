package io.tracery.topology.graph;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The live graph, as the stream writes it. Written by one thread; read by any number through a {@link GraphReader}.
 * Each edge has a lock of its own, so that a reader delays the writer by no more than one edge's sum.
 *
 * <p>Counts come from owners (partitions of the topic). What an owner counted can be withdrawn when it goes elsewhere
 * and restored from where the owner keeps it.
 */
public final class Graph {

    /** What a proxy's report is about: it sends one every second. */
    private static final long REPORT_MILLIS = 1_000;

    private final GraphLimits limits;
    private final InstantSource clock;
    private final ConcurrentHashMap<EdgeKey, EdgeState> edges = new ConcurrentHashMap<>();
    private final AtomicLong version = new AtomicLong();
    private volatile long newestData;
    private volatile long firstData = Long.MAX_VALUE;
    private volatile int historySeconds = GraphLimits.MAX_HISTORY_SECONDS;

    public Graph(GraphLimits limits, InstantSource clock) {
        this.limits = limits;
        this.clock = clock;
    }

    /** Whether a series may be counted. */
    public enum Admission {
        ADMITTED,
        /** There are as many edges as the limits allow. */
        EDGE_BUDGET,
        /** The edge has as many series as the limits allow. */
        SERIES_BUDGET
    }

    /** Asks for room for a new series. What is admitted is counted until it is forgotten. */
    public Admission admit(int owner, SeriesLabels labels) {
        EdgeState edge = edges.get(labels.edge());
        if (edge == null) {
            if (edges.size() >= limits.maxEdges()) {
                return Admission.EDGE_BUDGET;
            }
            edge = new EdgeState(labels.edge());
            edges.put(labels.edge(), edge);
        } else if (edge.series() >= limits.maxSeriesPerEdge()) {
            return Admission.SERIES_BUDGET;
        }
        edge.admitSeries(owner, labels.view());
        return Admission.ADMITTED;
    }

    /** Counts what happened on an edge one of whose series was admitted. */
    public void add(int owner, Increment increment) {
        long now = clock.millis();
        EdgeState edge = edges.get(increment.labels().edge());
        if (edge != null) {
            edge.add(owner, increment, now, Math.floorDiv(now, 1000L) - historySeconds);
            if (increment.amount() == 0) {
                edge.reported(increment.epoch(), Math.min(now, increment.toMillis()));
            }
            version.incrementAndGet();
        }
    }

    /** Counts a series as an owner kept it; without history, and whatever the limits say. */
    public void restore(int owner, Increment total) {
        EdgeKey key = total.labels().edge();
        edges.computeIfAbsent(key, EdgeState::new).restore(owner, total);
        version.incrementAndGet();
    }

    /** Makes room for the sum of series that are about to be forgotten, whatever the limits say. */
    public void reserve(int owner, SeriesLabels labels) {
        EdgeState edge = edges.get(labels.edge());
        if (edge != null) {
            edge.admitSeries(owner, labels.view());
        }
    }

    /** Gives back the room of a series; an edge without any is no more. Its counts stay while the edge does. */
    public void forget(int owner, SeriesLabels labels, String epoch) {
        EdgeState edge = edges.get(labels.edge());
        if (edge != null && edge.forgetSeries(owner, labels, epoch)) {
            edges.remove(labels.edge());
            version.incrementAndGet();
        }
    }

    /** Takes everything back that an owner counted, to be {@link #restore restored} or {@link #settle settled}. */
    public void withdraw(int owner) {
        edges.values().forEach(edge -> edge.withdraw(owner));
    }

    /** Ends what {@link #withdraw} began: edges that nobody counted again are no more. */
    public void settle() {
        edges.values().removeIf(EdgeState::abandoned);
        version.incrementAndGet();
    }

    /** That there is data up to a time, whether or not it changed anything. */
    public void heard(long millis) {
        long time = Math.min(millis, clock.millis());
        newestData = Math.max(newestData, time);
        if (firstData == Long.MAX_VALUE) {
            firstData = time - REPORT_MILLIS;
        }
    }

    /** The edges that changed or left since the last call. */
    public List<EdgeChange> takeChanges() {
        long now = clock.millis();
        List<EdgeChange> changes = new ArrayList<>();
        for (EdgeState edge : edges.values()) {
            EdgeChange change = edge.takeChange(now);
            if (change != null) {
                changes.add(change);
            }
        }
        return changes;
    }

    /** Shares the room for history among the edges there are, and forgets what is older than that. */
    public void trim() {
        long histories = edges.values().stream().mapToLong(EdgeState::histories).sum();
        historySeconds = Math.clamp(
                limits.historyCells() / Math.max(1, histories),
                GraphLimits.MIN_HISTORY_SECONDS,
                GraphLimits.MAX_HISTORY_SECONDS);
        long oldest = Math.floorDiv(clock.millis(), 1000L) - historySeconds;
        edges.values().forEach(edge -> edge.trim(oldest));
    }

    /** Grows whenever anything changes. */
    public long version() {
        return version.get();
    }

    /** How many exchanges of an edge have begun and not ended. */
    public long inFlight(EdgeKey key) {
        EdgeState edge = edges.get(key);
        return edge == null ? 0 : edge.inFlight();
    }

    /** Time of the newest data point, Unix milliseconds, never in the future; 0 before there is one. */
    public long newestData() {
        return newestData;
    }

    /** Edges that are kept, the ones that left lately included. */
    public int edgeCount() {
        return edges.size();
    }

    /** Seconds of history that every edge may keep now. */
    public int historySeconds() {
        return historySeconds;
    }

    long firstData() {
        return firstData;
    }

    Collection<EdgeState> edges() {
        return edges.values();
    }

    @Nullable
    EdgeState edge(EdgeKey key) {
        return edges.get(key);
    }
}
