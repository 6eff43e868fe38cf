package io.tracery.load.benchmark;

import io.tracery.proxy.balance.EjectionObserver;
import io.tracery.proxy.balance.LoadBalancer;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.ExchangeObserver;
import io.tracery.proxy.http.Downstream;
import io.tracery.proxy.loop.BufferMemory;
import io.tracery.proxy.loop.LoopState;
import io.tracery.proxy.loop.Overload;
import io.tracery.proxy.loop.Ticker;
import io.tracery.proxy.mesh.Cluster;
import io.tracery.proxy.mesh.Listener;
import io.tracery.proxy.mesh.MeshSnapshot;
import io.tracery.proxy.mesh.Workload;
import io.tracery.proxy.upstream.ClusterState;
import io.tracery.proxy.upstream.Connector;
import io.tracery.proxy.upstream.Limits;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One event loop's part of a sidecar, all of it but the sockets: a client's connection and those that the proxy makes to the
 * one endpoint of {@link Cart}. Everything happens in the thread that calls.
 */
final class MemoryLoop {

    /** Observes nothing. */
    static final ExchangeObserver NOBODY = new ExchangeObserver() {
        @Override
        public void started(Exchange exchange) {}

        @Override
        public void ended(Exchange exchange) {}
    };

    final MemorySocket client = new MemorySocket();
    final Downstream downstream;

    private final LoopState state;
    private @Nullable MemorySocket upstream;

    MemoryLoop(Listener.Handler handler, ExchangeObserver observer) throws Exception {
        client.register();
        state = new LoopState(
                new Connector(client.eventLoop(), this::connection, () -> null, Ticker.SYSTEM::nanos),
                Limits.DEFAULT,
                observer,
                EjectionObserver.NONE,
                new SplittableRandom(1),
                Ticker.SYSTEM,
                "",
                new BufferMemory(Overload.DEFAULT));
        Cluster cluster = Cart.cluster(Cart.endpoint(1, ""));
        Listener listener = Cart.listener(handler);
        state.adopt(new MeshSnapshot(1, Map.of(listener.name(), listener), Map.of(cluster.name(), cluster)));
        downstream = new Downstream(state, listener, Workload.UNKNOWN, /* mutualTls= */ false, LoadBalancer.NO_HASH);
    }

    private MemorySocket connection() {
        MemorySocket made = new MemorySocket();
        upstream = made;
        return made;
    }

    /** The connection to the endpoint that was made last. */
    MemorySocket upstream() {
        client.runPendingTasks();
        return Objects.requireNonNull(upstream);
    }

    ClusterState cluster() {
        return Objects.requireNonNull(state.cluster(state.snapshot(), Cart.NAME));
    }

    void close() {
        client.finishAndReleaseAll();
        state.close();
        if (upstream != null) {
            upstream.finishAndReleaseAll();
        }
    }
}
