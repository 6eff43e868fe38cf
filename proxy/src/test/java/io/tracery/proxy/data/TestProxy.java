package io.tracery.proxy.data;

import io.tracery.proxy.identity.Identity;
import io.tracery.proxy.loop.Ticker;
import io.tracery.proxy.mesh.Cluster;
import io.tracery.proxy.mesh.Listener;
import io.tracery.proxy.mesh.MeshSnapshot;
import io.tracery.proxy.mesh.MeshSnapshots;
import io.tracery.proxy.upstream.Limits;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A whole data path on loopback with configuration that a test writes by hand. */
final class TestProxy implements AutoCloseable {

    private static final long SEED = 7;

    final ExchangeLog log = new ExchangeLog();
    final MeshSnapshots snapshots = new MeshSnapshots();
    final AtomicReference<@Nullable Identity> identity = new AtomicReference<>();
    final DataPath dataPath;

    TestProxy() {
        this(Limits.DEFAULT, 1);
    }

    TestProxy(Limits limits, int eventLoops) {
        this(new DataPathConfig(eventLoops, limits));
    }

    TestProxy(DataPathConfig config) {
        this.dataPath = new DataPath(
                config, snapshots, identity::get, loop -> log, loop -> new SplittableRandom(SEED), Ticker.SYSTEM);
        dataPath.start();
    }

    TestProxy with(Identity own) {
        identity.set(own);
        return this;
    }

    TestProxy serving(List<Listener> listeners, List<Cluster> clusters) {
        Map<String, Listener> byName = new HashMap<>();
        listeners.forEach(listener -> byName.put(listener.name(), listener));
        Map<String, Cluster> clustersByName = new HashMap<>();
        clusters.forEach(cluster -> clustersByName.put(cluster.name(), cluster));
        snapshots.publish(new MeshSnapshot(snapshots.current().version() + 1, byName, clustersByName));
        return this;
    }

    TestProxy serving(Listener listener, Cluster... clusters) {
        return serving(List.of(listener), List.of(clusters));
    }

    InetSocketAddress address(String listener) {
        InetSocketAddress bound = dataPath.bound().get(listener);
        if (bound == null) {
            throw new AssertionError(listener + " is not bound: " + dataPath.bindFailures());
        }
        return bound;
    }

    /** The address of the only listener. */
    InetSocketAddress address() {
        return dataPath.bound().values().iterator().next();
    }

    @Override
    public void close() {
        dataPath.drain(Duration.ZERO);
        log.assertEveryExchangeHadOneFate();
    }
}
