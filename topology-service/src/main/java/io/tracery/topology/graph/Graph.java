package io.tracery.topology.graph;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The live graph, as the stream writes it and {@link GraphSharing}, which brings what other processes counted. Read by any
 * number of threads through a {@link GraphReader}. Each edge has a lock of its own, so that a reader delays a writer by no
 * more than one edge's sum; writers take turns.
 *
 * <p>Counts come from owners (partitions of the topic). This process counts for those that it claimed.
 */
public final class Graph {

    /** What the rates of an edge that is told of are taken over. */
    public static final Duration TOLD_WINDOW = Duration.ofSeconds(30);

    /** What a proxy's report is about: it sends one every second. */
    private static final long REPORT_MILLIS = 1_000;

    /** For this long other processes can learn that an edge is no more. */
    private static final long GONE_MILLIS = 600_000;

    /** How often it is looked for edges that left. */
    private static final long LEAVING_EVERY_MILLIS = 10_000;

    private static final int TOLD_A_SECOND = 2_000;

    private record Gone(long version, long millis) {}

    private final GraphLimits limits;
    private final InstantSource clock;
    private final ConcurrentHashMap<EdgeKey, EdgeState> edges = new ConcurrentHashMap<>();
    private final Map<Integer, Long> claims = new ConcurrentHashMap<>();
    private final Map<EdgeKey, Gone> gone = new HashMap<>();
    private final Changes changes = new Changes();
    // Confined to the one who takes changes.
    private long leavingMillis;
    private long toldSecond;

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

    /** From now on this process counts for an owner. */
    public void claim(int owner) {
        claims.put(owner, clock.millis());
    }

    /** It does no more. What it counted stays until somebody else tells what the owner counts. */
    public void release(int owner) {
        claims.remove(owner);
    }

    /** Whether this process counts for an owner. */
    public boolean claims(int owner) {
        return claims.containsKey(owner);
    }

    /** The owners that this process counts for, and since when: Unix milliseconds. */
    Map<Integer, Long> claimed() {
        return Map.copyOf(claims);
    }

    /** Asks for room for a new series. What is admitted is counted until it is forgotten. */
    public synchronized Admission admit(int owner, SeriesLabels labels) {
        EdgeState edge = edges.get(labels.edge());
        if (edge == null) {
            if (edges.size() >= limits.maxEdges()) {
                return Admission.EDGE_BUDGET;
            }
            edge = edge(labels);
        } else if (edge.series() >= limits.maxSeriesPerEdge()) {
            return Admission.SERIES_BUDGET;
        }
        edge.admitSeries(owner, labels.view());
        return Admission.ADMITTED;
    }

    private EdgeState edge(SeriesLabels labels) {
        gone.remove(labels.edge());
        return edges.computeIfAbsent(labels.edge(), key -> new EdgeState(key, changes));
    }

    /** Counts what happened on an edge one of whose series was admitted. */
    public synchronized void add(int owner, Increment increment) {
        long now = clock.millis();
        EdgeState edge = edges.get(increment.labels().edge());
        if (edge != null) {
            edge.add(owner, increment, now, Math.floorDiv(now, 1000L) - historySeconds);
            if (increment.amount() == 0) {
                edge.reported(increment.epoch(), Math.min(now, increment.toMillis()));
            }
        }
    }

    /** Makes room for the sum of series that are about to be forgotten, whatever the limits say. */
    public synchronized void reserve(int owner, SeriesLabels labels) {
        EdgeState edge = edges.get(labels.edge());
        if (edge != null) {
            edge.admitSeries(owner, labels.view());
        }
    }

    /** Gives back the room of a series; an edge without any is no more. Its counts stay while the edge does. */
    public synchronized void forget(int owner, SeriesLabels labels, String epoch) {
        EdgeState edge = edges.get(labels.edge());
        if (edge != null && edge.forgetSeries(owner, labels, epoch)) {
            remove(edge);
        }
    }

    private void remove(EdgeState edge) {
        edges.remove(edge.key);
        gone.put(edge.key, new Gone(changes.next(), clock.millis()));
    }

    /** What an owner kept of its counts, to take the place of whatever the graph holds of it. */
    public Restoration restoration(int owner) {
        return new Restoration(owner);
    }

    /** Gathers an owner's counts aside, so that no reader sees half of them. Confined to one thread. */
    public final class Restoration {

        private final int owner;
        private final Map<EdgeKey, EdgeState> kept = new HashMap<>();

        private Restoration(int owner) {
            this.owner = owner;
        }

        /** Counts a series; without history, and whatever the limits say. */
        public void add(Increment total) {
            kept.computeIfAbsent(total.labels().edge(), key -> new EdgeState(key, changes))
                    .restore(owner, total);
        }

        /** Puts the counts in their place, and claims the owner. */
        public void complete() {
            synchronized (Graph.this) {
                long now = clock.millis();
                kept.keySet().forEach(key -> edges.computeIfAbsent(key, any -> new EdgeState(key, changes)));
                for (EdgeState edge : List.copyOf(edges.values())) {
                    if (edge.takeOver(owner, kept.get(edge.key), now)) {
                        remove(edge);
                    }
                }
                changes.next();
            }
            claim(owner);
        }
    }

    /** Takes what another process says of its owners; the time of what is new on the edge, 0 for nothing. */
    synchronized long merge(Set<Integer> owners, long round, EdgeShare share) {
        EdgeState edge = edges.get(share.edge());
        boolean here = share.parts().stream().anyMatch(part -> owners.contains(part.owner));
        if (edge == null && here) {
            edge = edges.computeIfAbsent(share.edge(), key -> new EdgeState(key, changes));
        }
        if (edge == null) {
            return 0;
        }
        long news = edge.merge(owners, round, share, oldestSecond());
        if (edge.abandoned()) {
            edges.remove(share.edge());
        }
        changes.next();
        return news;
    }

    /** Drops what another process did not mention again when it told everything of some owners. */
    synchronized void dropBefore(Set<Integer> owners, long round) {
        edges.values().removeIf(edge -> edge.dropBefore(owners, round));
        changes.next();
    }

    /** Edges that were removed after a version. */
    synchronized List<EdgeKey> goneAfter(long after) {
        List<EdgeKey> keys = new ArrayList<>();
        gone.forEach((key, removed) -> {
            if (removed.version() > after) {
                keys.add(key);
            }
        });
        return keys;
    }

    /** That there is data up to a time, whether or not it changed anything. */
    public synchronized void heard(long millis) {
        long time = Math.min(millis, clock.millis());
        newestData = Math.max(newestData, time);
        if (firstData == Long.MAX_VALUE) {
            firstData = time - REPORT_MILLIS;
        }
    }

    /** That another process has data from a time up to another. */
    synchronized void heardElsewhere(long first, long newest) {
        newestData = Math.max(newestData, Math.min(newest, clock.millis()));
        firstData = Math.min(firstData, first);
    }

    /**
     * Edges that changed since they were last told of, those that have waited longest first and {@value #TOLD_A_SECOND} at
     * most, so that telling of a large graph does not hold up counting; and all that left. Nothing when asked again within
     * the same second. Only those that this process speaks for; by one thread.
     */
    public List<EdgeChange> takeChanges() {
        long now = clock.millis();
        long second = Math.floorDiv(now, 1000L);
        if (second == toldSecond) {
            return List.of();
        }
        toldSecond = second;
        List<EdgeChange> taken = new ArrayList<>();
        Window window = Window.of(Math.toIntExact(TOLD_WINDOW.toSeconds()), now, newestData, firstData);
        while (taken.size() < TOLD_A_SECOND) {
            EdgeState edge = changes.poll();
            if (edge == null) {
                break;
            }
            EdgeChange change = edge.takeChange(window, this::claims);
            if (change != null) {
                taken.add(change);
            }
        }
        if (now - leavingMillis >= LEAVING_EVERY_MILLIS) {
            leavingMillis = now;
            for (EdgeState edge : edges.values()) {
                EdgeChange change = edge.takeLeaving(now, this::claims);
                if (change != null) {
                    taken.add(change);
                }
            }
        }
        return taken;
    }

    /** Shares the room for history among the edges there are, and forgets what is older than that. */
    public void trim() {
        long histories = edges.values().stream().mapToLong(EdgeState::histories).sum();
        historySeconds = Math.clamp(
                limits.historyCells() / Math.max(1, histories),
                GraphLimits.MIN_HISTORY_SECONDS,
                GraphLimits.MAX_HISTORY_SECONDS);
        long oldest = oldestSecond();
        edges.values().forEach(edge -> edge.trim(oldest));
        synchronized (this) {
            long now = clock.millis();
            gone.values().removeIf(removed -> now - removed.millis() > GONE_MILLIS);
        }
    }

    private long oldestSecond() {
        return Math.floorDiv(clock.millis(), 1000L) - historySeconds;
    }

    /** Grows whenever anything changes. */
    public long version() {
        return changes.version();
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
