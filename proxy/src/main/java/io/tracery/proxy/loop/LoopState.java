package io.tracery.proxy.loop;

import io.netty.channel.EventLoop;
import io.tracery.proxy.balance.ClusterBalancer;
import io.tracery.proxy.balance.ClusterBalancer.Surroundings;
import io.tracery.proxy.balance.EjectionObserver;
import io.tracery.proxy.balance.EndpointLoad;
import io.tracery.proxy.balance.LoadBalancer;
import io.tracery.proxy.balance.RetryBudget;
import io.tracery.proxy.balance.WeightedSplit;
import io.tracery.proxy.exchange.ExchangeObserver;
import io.tracery.proxy.mesh.Cluster;
import io.tracery.proxy.mesh.Listener;
import io.tracery.proxy.mesh.MeshSnapshot;
import io.tracery.proxy.route.ClusterSplit;
import io.tracery.proxy.route.ClusterSplit.Share;
import io.tracery.proxy.route.RouteTable;
import io.tracery.proxy.upstream.ClusterState;
import io.tracery.proxy.upstream.Connector;
import io.tracery.proxy.upstream.Limits;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Everything that outlives an exchange and is not configuration: loads, budgets, splits, connections of one loop. */
public final class LoopState {

    private final EventLoop loop;
    private final Connector connector;
    private final Limits limits;
    private final ExchangeObserver observer;
    private final RandomGenerator random;
    private final Ticker ticker;
    private final Surroundings surroundings;
    private final Map<String, ClusterState> clusters = new HashMap<>();
    private final IdentityHashMap<ClusterSplit, WeightedSplit> splits = new IdentityHashMap<>();
    private final BufferMemory memory;
    private final Set<Swept> swept = Collections.newSetFromMap(new IdentityHashMap<>());

    /** Of those that are slow, one in so many is ended at a time. */
    private static final int DROPPED_AT_ONCE = 4;

    private MeshSnapshot snapshot = MeshSnapshot.EMPTY;

    /** @param zone the proxy's own, empty when unknown */
    public LoopState(
            Connector connector,
            Limits limits,
            ExchangeObserver observer,
            EjectionObserver ejections,
            RandomGenerator random,
            Ticker ticker,
            String zone,
            BufferMemory memory) {
        this.loop = connector.loop();
        this.connector = connector;
        this.limits = limits;
        this.observer = observer;
        this.random = random;
        this.ticker = ticker;
        this.memory = memory;
        this.surroundings = new Surroundings(zone, random, ticker::nanos, ejections);
    }

    /** What this loop knows of a cluster of the snapshot; null where the snapshot holds none of that name. */
    @SuppressWarnings("ReferenceEquality") // The same object needs no deep look; another one gets it in update.
    public @Nullable ClusterState cluster(MeshSnapshot snapshot, String name) {
        assert loop.inEventLoop();
        Cluster cluster = snapshot.clusters().get(name);
        if (cluster == null) {
            return null;
        }
        ClusterState state = clusters.get(name);
        if (state == null) {
            state = new ClusterState(cluster, connector, limits, this::balancer, new RetryBudget(ticker::nanos));
            clusters.put(name, state);
        } else if (state.cluster() != cluster && snapshot == this.snapshot) {
            // An exchange that began before the newest snapshot must not bring back what that has changed.
            state.update(cluster);
        }
        return state;
    }

    private LoadBalancer balancer(Cluster cluster) {
        return new ClusterBalancer(cluster.name(), cluster.policy(), surroundings);
    }

    /** Whose turn it is, or null where no share has a weight. */
    public @Nullable Share next(ClusterSplit split) {
        if (split.shares().size() == 1 && split.shares().getFirst().weight() > 0) {
            return split.shares().getFirst();
        }
        return splits.computeIfAbsent(split, WeightedSplit::new).next();
    }

    /**
     * From here on exchanges begin by this snapshot. What it no longer speaks of is forgotten; a split that stays the same
     * goes on where it was.
     */
    public void adopt(MeshSnapshot newer) {
        assert loop.inEventLoop();
        snapshot = newer;
        Map<ClusterSplit, WeightedSplit> before = new HashMap<>(splits);
        splits.clear();
        for (Listener listener : newer.listeners().values()) {
            RouteTable routes = listener.handler().routes();
            if (routes != null) {
                routes.routes().forEach(route -> carryOver(route.split(), before));
            }
            listener.handler().splits().forEach(split -> carryOver(split, before));
        }
        clusters.entrySet().removeIf(entry -> {
            boolean gone = !newer.clusters().containsKey(entry.getKey());
            if (gone) {
                entry.getValue().retire();
            }
            return gone;
        });
    }

    private void carryOver(ClusterSplit split, Map<ClusterSplit, WeightedSplit> before) {
        WeightedSplit running = before.isEmpty() ? null : before.remove(split);
        if (running != null) {
            splits.put(split, running);
        }
    }

    public void add(Swept one) {
        assert loop.inEventLoop();
        swept.add(one);
    }

    public void remove(Swept one) {
        assert loop.inEventLoop();
        swept.remove(one);
    }

    /** Ends what has been idle for too long; called about once a second. */
    public void sweep() {
        assert loop.inEventLoop();
        long now = ticker.nanos();
        for (Swept one : swept.toArray(Swept[]::new)) {
            one.sweep(now);
        }
        clusters.values().forEach(cluster -> cluster.sweep(now));
    }

    /**
     * While buffers take too much, ends what is slow, the slowest first and some at a time: what they held has to come back
     * before it can be told whether that was enough. Called several times a second.
     */
    public void relieve() {
        assert loop.inEventLoop();
        memory.look();
        if (memory.full()) {
            long now = ticker.nanos();
            List<Slow> slow = new ArrayList<>();
            for (Swept one : swept) {
                double pace = one.pace(now);
                if (pace < Double.POSITIVE_INFINITY) {
                    slow.add(new Slow(one, pace));
                }
            }
            slow.sort(Comparator.comparingDouble(Slow::pace));
            for (Slow slowest : slow.subList(0, (slow.size() + DROPPED_AT_ONCE - 1) / DROPPED_AT_ONCE)) {
                slowest.one().drop();
                memory.droppedOne();
            }
        }
    }

    private record Slow(Swept one, double pace) {}

    /** What buffers take, of the whole process. */
    public BufferMemory memory() {
        return memory;
    }

    /** Closes every idle connection. */
    public void close() {
        clusters.values().forEach(ClusterState::retire);
        clusters.clear();
    }

    /** Cluster name to what this loop knows of its endpoints, copied for a reader on another thread. */
    public Map<String, List<EndpointView>> endpoints() {
        return endpoints(/* onlyUsed= */ false);
    }

    /** The same of those that it has connections or requests to, or leaves out; clusters without any are absent. */
    public Map<String, List<EndpointView>> endpointsInUse() {
        return endpoints(/* onlyUsed= */ true);
    }

    private Map<String, List<EndpointView>> endpoints(boolean onlyUsed) {
        Map<String, List<EndpointView>> copy = new HashMap<>();
        long now = ticker.nanos();
        clusters.forEach((name, state) -> {
            List<EndpointView> views = new ArrayList<>();
            for (EndpointLoad load : state.balancer().loads()) {
                int connections = state.connections(load);
                if (!onlyUsed || connections > 0 || load.inFlight() > 0 || load.ejectedFor() != null) {
                    views.add(EndpointView.of(load, connections, now));
                }
            }
            if (!onlyUsed || !views.isEmpty()) {
                copy.put(name, List.copyOf(views));
            }
        });
        return copy;
    }

    /** The configuration by which an exchange that begins now runs to its end. */
    public MeshSnapshot snapshot() {
        return snapshot;
    }

    public EventLoop loop() {
        return loop;
    }

    public Limits limits() {
        return limits;
    }

    public ExchangeObserver observer() {
        return observer;
    }

    public RandomGenerator random() {
        return random;
    }

    public Ticker ticker() {
        return ticker;
    }
}
