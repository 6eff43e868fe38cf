package io.tracery.proxy.loop;

import io.netty.channel.EventLoop;
import io.tracery.proxy.balance.EndpointLoad;
import io.tracery.proxy.balance.PeakEwma;
import io.tracery.proxy.balance.RetryBudget;
import io.tracery.proxy.balance.WeightedSplit;
import io.tracery.proxy.exchange.ExchangeObserver;
import io.tracery.proxy.mesh.Cluster;
import io.tracery.proxy.mesh.MeshSnapshot;
import io.tracery.proxy.route.ClusterSplit;
import io.tracery.proxy.upstream.ClusterState;
import io.tracery.proxy.upstream.Connector;
import io.tracery.proxy.upstream.Limits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
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
    private final Map<String, ClusterState> clusters = new HashMap<>();
    private final IdentityHashMap<ClusterSplit, WeightedSplit> splits = new IdentityHashMap<>();

    public LoopState(
            Connector connector, Limits limits, ExchangeObserver observer, RandomGenerator random, Ticker ticker) {
        this.loop = connector.loop();
        this.connector = connector;
        this.limits = limits;
        this.observer = observer;
        this.random = random;
        this.ticker = ticker;
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
            state = new ClusterState(
                    cluster,
                    connector,
                    limits,
                    new PeakEwma(random, ticker::nanos, PeakEwma.DEFAULT_LATENCY, PeakEwma.DEFAULT_DECAY),
                    new RetryBudget(ticker::nanos));
            clusters.put(name, state);
        } else if (state.cluster() != cluster) {
            state.update(cluster);
        }
        return state;
    }

    /** The cluster whose turn it is, or null where no share has a weight. */
    public @Nullable String next(ClusterSplit split) {
        if (split.shares().size() == 1 && split.shares().getFirst().weight() > 0) {
            return split.shares().getFirst().cluster();
        }
        return splits.computeIfAbsent(split, WeightedSplit::new).next();
    }

    /** Forgets what the snapshot no longer speaks of. */
    public void retain(MeshSnapshot snapshot) {
        assert loop.inEventLoop();
        splits.clear();
        clusters.entrySet().removeIf(entry -> {
            boolean gone = !snapshot.clusters().containsKey(entry.getKey());
            if (gone) {
                entry.getValue().retire();
            }
            return gone;
        });
    }

    /** Closes every idle connection. */
    public void close() {
        clusters.values().forEach(ClusterState::retire);
        clusters.clear();
    }

    /** Cluster name to what this loop knows of its endpoints, copied for a reader on another thread. */
    public Map<String, List<Load>> loads() {
        Map<String, List<Load>> copy = new HashMap<>();
        long now = ticker.nanos();
        clusters.forEach((name, state) -> {
            List<Load> loads = new ArrayList<>();
            for (EndpointLoad load : state.balancer().loads()) {
                loads.add(new Load(load.endpoint().address().toString(), load.costMillis(now), load.inFlight()));
            }
            copy.put(name, List.copyOf(loads));
        });
        return copy;
    }

    /**
     * @param endpoint address and port
     * @param costMillis peak-EWMA latency times load
     * @param inFlight requests under way from this loop
     */
    public record Load(String endpoint, double costMillis, int inFlight) {}

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
