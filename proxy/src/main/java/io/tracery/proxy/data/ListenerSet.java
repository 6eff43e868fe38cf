package io.tracery.proxy.data;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.tracery.proxy.http.Drain;
import io.tracery.proxy.loop.BufferMemory;
import io.tracery.proxy.mesh.Direction;
import io.tracery.proxy.mesh.Listener;
import io.tracery.proxy.mesh.MeshSnapshot;
import io.tracery.proxy.upstream.Limits;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ports that are open. A listener is bound when it appears, bound anew when its address, direction, TLS or kind of
 * handler changes, and closed when it goes; new routes alone need no new socket. Connections of one that was closed
 * finish what is open on them. One that cannot be bound is reported and tried again; the others go on.
 */
final class ListenerSet {

    private static final Logger log = LoggerFactory.getLogger(ListenerSet.class);
    private static final int BACKLOG = 1024;

    private final EventLoopGroup loops;
    private final Class<? extends ServerChannel> channelType;
    private final Function<Listener, ChannelInitializer<Channel>> accepted;
    private final Map<String, Bound> open = new ConcurrentHashMap<>();
    private final Map<String, String> failures = new ConcurrentHashMap<>();
    private final Map<String, ChannelGroup> connections = new ConcurrentHashMap<>();

    private record Bound(Listener listener, Channel channel) {

        boolean serves(Listener other) {
            return listener.bind().equals(other.bind())
                    && listener.direction() == other.direction()
                    && listener.tls() == other.tls()
                    && listener.handler().getClass().equals(other.handler().getClass());
        }
    }

    ListenerSet(
            EventLoopGroup loops,
            Class<? extends ServerChannel> channelType,
            Function<Listener, ChannelInitializer<Channel>> accepted) {
        this.loops = loops;
        this.channelType = channelType;
        this.accepted = accepted;
    }

    synchronized void follow(MeshSnapshot snapshot) {
        open.forEach((name, bound) -> {
            Listener wanted = snapshot.listeners().get(name);
            if (wanted == null || !bound.serves(wanted)) {
                bound.channel().close().syncUninterruptibly();
                open.remove(name);
                drain(name);
            }
        });
        failures.keySet().retainAll(snapshot.listeners().keySet());
        snapshot.listeners().forEach((name, listener) -> {
            if (!open.containsKey(name)) {
                bind(listener);
            }
        });
    }

    private void drain(String name) {
        ChannelGroup accepted = connections.remove(name);
        if (accepted != null) {
            accepted.forEach(channel -> channel.pipeline().fireUserEventTriggered(Drain.NOW));
        }
    }

    /** Tries those again that could not be bound. */
    synchronized void retry(MeshSnapshot snapshot) {
        if (!failures.isEmpty()) {
            follow(snapshot);
        }
    }

    private void bind(Listener listener) {
        boolean halfClosure = !listener.handler().splits().isEmpty();
        var binding = new ServerBootstrap()
                .group(loops)
                .channel(channelType)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.ALLOCATOR, BufferMemory.ALLOCATOR)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, halfClosure)
                .childHandler(accepted.apply(listener))
                .bind(listener.bind())
                .awaitUninterruptibly();
        if (binding.isSuccess()) {
            open.put(listener.name(), new Bound(listener, binding.channel()));
            failures.remove(listener.name());
        } else {
            String problem = listener.bind() + ": " + binding.cause().getMessage();
            if (!problem.equals(failures.put(listener.name(), problem))) {
                log.error("listener {} cannot be bound to {}; it is tried again", listener.name(), problem);
            }
        }
    }

    /** Counts a connection in; false when the listener has as many as it may. */
    boolean admit(String name, Channel channel, Limits limits) {
        ChannelGroup accepted =
                connections.computeIfAbsent(name, key -> new DefaultChannelGroup(GlobalEventExecutor.INSTANCE));
        // Two loops may both see the last free place; the bound is for memory, not for accounting.
        return accepted.size() < limits.maxConnectionsPerListener() && accepted.add(channel);
    }

    boolean allBound() {
        return failures.isEmpty() && !open.isEmpty();
    }

    Map<String, String> failures() {
        return Map.copyOf(failures);
    }

    Map<String, InetSocketAddress> bound() {
        Map<String, InetSocketAddress> addresses = new HashMap<>();
        open.forEach((name, bound) ->
                addresses.put(name, (InetSocketAddress) bound.channel().localAddress()));
        return addresses;
    }

    /** Accepts no more on this side; what was accepted stays. */
    synchronized void close(Direction side) {
        open.values().removeIf(bound -> {
            boolean closes = bound.listener().direction() == side;
            if (closes) {
                bound.channel().close().syncUninterruptibly();
            }
            return closes;
        });
    }
}
