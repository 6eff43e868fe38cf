package io.tracery.proxy.data;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import io.tracery.process.Component;
import io.tracery.proxy.exchange.ExchangeObserver;
import io.tracery.proxy.identity.IdentitySource;
import io.tracery.proxy.loop.BufferMemory;
import io.tracery.proxy.loop.EndpointView;
import io.tracery.proxy.loop.LoopState;
import io.tracery.proxy.loop.Ticker;
import io.tracery.proxy.mesh.Direction;
import io.tracery.proxy.mesh.Listener;
import io.tracery.proxy.mesh.MeshSnapshot;
import io.tracery.proxy.mesh.MeshSnapshots;
import io.tracery.proxy.upstream.Connector;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The data path: event loops, what each of them owns, and listeners that follow the snapshots. */
public final class DataPath implements Component {

    private static final long SWEEP_SECONDS = 1;
    private static final long RELIEVE_MILLIS = 100;
    private static final long ADOPT_SECONDS = 1;
    private static final int MOST_LATECOMERS = 16;

    private final DataPathConfig config;
    private final MeshSnapshots snapshots;
    private final IdentitySource identities;
    private final MultiThreadIoEventLoopGroup loops;
    private final Map<EventLoop, LoopState> states = new ConcurrentHashMap<>();
    private final OpenConnections inbound = new OpenConnections();
    private final OpenConnections outbound = new OpenConnections();
    private final ChannelGroup latecomers = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final Refusals refusals = new Refusals();
    private final Ejections ejections = new Ejections();
    private final Detections detections = new Detections();
    private final BufferMemory memory;
    private final ListenerSet listeners;

    /** Of the time to drain, this part is kept for connections of an application that does not hang up. */
    private static final int OUTBOUND_SHARE = 3;

    private volatile @Nullable ScheduledFuture<?> retries;
    private volatile boolean closed;

    /**
     * @param observers makes the observer of one event loop, called once for each
     * @param randoms makes the source of chance of one event loop, called once for each
     */
    public DataPath(
            DataPathConfig config,
            MeshSnapshots snapshots,
            IdentitySource identities,
            Function<EventLoop, ExchangeObserver> observers,
            Function<EventLoop, RandomGenerator> randoms,
            Ticker ticker) {
        this.config = config;
        this.snapshots = snapshots;
        this.identities = identities;
        this.memory = new BufferMemory(config.overload());
        boolean epoll = Epoll.isAvailable();
        IoHandlerFactory io = epoll ? new MendedEpoll() : NioIoHandler.newFactory();
        ChannelFactory<SocketChannel> sockets = epoll ? EpollSocketChannel::new : NioSocketChannel::new;
        Class<? extends ServerChannel> servers = epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
        this.loops = new MultiThreadIoEventLoopGroup(config.eventLoops(), io);
        loops.forEach(executor -> {
            EventLoop loop = (EventLoop) executor;
            states.put(
                    loop,
                    new LoopState(
                            new Connector(loop, sockets, identities, ticker::nanos),
                            config.limits(),
                            observers.apply(loop),
                            ejections,
                            randoms.apply(loop),
                            ticker,
                            config.zone(),
                            memory));
        });
        this.listeners = new ListenerSet(loops, servers, this::accepted);
    }

    @Override
    public String name() {
        return "data path";
    }

    /** Follows the snapshots from here on, beginning with the one in force. */
    @Override
    public void start() {
        states.forEach((loop, state) -> {
            loop.scheduleWithFixedDelay(state::sweep, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
            loop.scheduleWithFixedDelay(state::relieve, RELIEVE_MILLIS, RELIEVE_MILLIS, TimeUnit.MILLISECONDS);
        });
        snapshots.onPublish(this::follow);
        follow(snapshots.current());
        // Not on an event loop: binding waits for one.
        retries = GlobalEventExecutor.INSTANCE.scheduleWithFixedDelay(
                () -> listeners.retry(snapshots.current()), SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
    }

    /** Returns when every loop works by the snapshot and every listener that can be is bound. */
    private void follow(MeshSnapshot snapshot) {
        if (closed) {
            return;
        }
        List<Future<?>> adopting = new ArrayList<>();
        states.forEach((loop, state) -> adopting.add(loop.submit(() -> state.adopt(snapshot))));
        adopting.forEach(done -> done.awaitUninterruptibly(ADOPT_SECONDS, TimeUnit.SECONDS));
        listeners.follow(snapshot);
    }

    private ChannelInitializer<Channel> accepted(Listener listener) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                LoopState state = states.get(channel.eventLoop());
                boolean in = listener.direction() == Direction.INBOUND;
                if (state == null) {
                    channel.close();
                    return;
                }
                if (overloaded(channel)) {
                    refusals.overloaded();
                    channel.close();
                    return;
                }
                if (!listeners.admit(listener.name(), channel, config.limits())) {
                    refusals.tooMany();
                    channel.close();
                    return;
                }
                if (!(in ? inbound : outbound).add(channel)) {
                    channel.close();
                    return;
                }
                if (in) {
                    new InboundStack(state, listener, refusals, detections).build(channel, identities.current());
                } else {
                    OutboundStack.build(channel, state, listener, refusals, detections);
                }
            }
        };
    }

    /** While buffers are full a few are let in all the same: what they ask may be what is refused last. */
    private boolean overloaded(Channel channel) {
        return connections() >= config.overload().maxConnections()
                || (memory.full() && !(latecomers.size() < MOST_LATECOMERS && latecomers.add(channel)));
    }

    /** True when every listener of the snapshot in force is bound, and there is at least one. */
    @Override
    public boolean ready() {
        return !closed && listeners.allBound();
    }

    /** Listener name to what went wrong, for those that could not be bound. */
    public Map<String, String> bindFailures() {
        return listeners.failures();
    }

    /** Listener name to the address it is bound to. */
    public Map<String, InetSocketAddress> bound() {
        return listeners.bound();
    }

    public Refusals refusals() {
        return refusals;
    }

    /** What the buffers of all traffic take, and what was ended because of it. */
    public BufferMemory memory() {
        return memory;
    }

    public Ejections ejections() {
        return ejections;
    }

    public Detections detections() {
        return detections;
    }

    public List<EventLoop> eventLoops() {
        return List.copyOf(states.keySet());
    }

    /** Client connections that are open. */
    public int connections() {
        return inbound.size() + outbound.size();
    }

    /**
     * What the balancers know, cluster by cluster, collected on the loops; loops that do not answer are left out. An endpoint
     * stands there once for each loop that knows it.
     */
    public Map<String, List<EndpointView>> endpoints(Duration patience) {
        Map<String, List<EndpointView>> all = new HashMap<>();
        List<Future<Map<String, List<EndpointView>>>> asked = new ArrayList<>();
        states.forEach((loop, state) -> asked.add(loop.submit(state::endpoints)));
        for (Future<Map<String, List<EndpointView>>> answer : asked) {
            if (answer.awaitUninterruptibly(patience.toMillis()) && answer.isSuccess()) {
                answer.getNow()
                        .forEach((cluster, loads) -> all.computeIfAbsent(cluster, name -> new ArrayList<>())
                                .addAll(loads));
            }
        }
        return all;
    }

    /** The same of the endpoints in use, without waiting for the loops; never answered once they end. */
    public CompletableFuture<Map<String, List<EndpointView>>> endpointsInUse() {
        if (loops.isShuttingDown()) {
            return new CompletableFuture<>();
        }
        List<CompletableFuture<Map<String, List<EndpointView>>>> asked = new ArrayList<>();
        states.forEach((loop, state) -> asked.add(CompletableFuture.supplyAsync(state::endpointsInUse, loop)));
        return CompletableFuture.allOf(asked.toArray(CompletableFuture<?>[]::new))
                .thenApply(done -> {
                    Map<String, List<EndpointView>> all = new HashMap<>();
                    asked.forEach(answer -> answer.join()
                            .forEach((cluster, loads) -> all.computeIfAbsent(cluster, name -> new ArrayList<>())
                                    .addAll(loads)));
                    return all;
                });
    }

    /**
     * Lets what is open finish until the deadline, then ends it. First nobody new is let in from the mesh; the way out of the
     * application stays open until it has hung up, or a third of the time is left.
     */
    public void drain(Duration deadline) {
        if (closed) {
            return;
        }
        closed = true;
        ScheduledFuture<?> pending = retries;
        if (pending != null) {
            pending.cancel(false);
        }
        // Nobody new comes in; what came may finish, and the application may call out to finish it.
        long end = System.nanoTime() + deadline.toNanos();
        listeners.close(Direction.INBOUND);
        inbound.drain();
        inbound.awaitEmpty(end);
        // The application may need longer than its callers; it has a share of the time to hang up by itself.
        outbound.awaitEmpty(end - deadline.toNanos() / OUTBOUND_SHARE);
        listeners.close(Direction.OUTBOUND);
        outbound.drain();
        outbound.awaitEmpty(end);
        inbound.end();
        outbound.end();
        states.forEach((loop, state) -> loop.submit(state::close).awaitUninterruptibly(1, TimeUnit.SECONDS));
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        drain(Duration.ZERO);
    }
}
