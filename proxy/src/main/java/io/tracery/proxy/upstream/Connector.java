package io.tracery.proxy.upstream;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.ScheduledFuture;
import io.tracery.proxy.identity.Identity;
import io.tracery.proxy.identity.IdentitySource;
import io.tracery.proxy.mesh.Cluster;
import io.tracery.proxy.mesh.Endpoint;
import io.tracery.proxy.mesh.UpstreamTls;
import io.tracery.tracing.span.Fate;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes connections to endpoints on one event loop: TCP, then mutual TLS where the cluster wants it, then the check that
 * the peer is who the cluster says. A connection that is handed out is ready for its first byte.
 */
public final class Connector {

    private final EventLoop loop;
    private final ChannelFactory<? extends Channel> channels;
    private final IdentitySource identities;
    private final LongSupplier nanoTime;
    private final @Nullable Occupancy occupancy;

    /**
     * @param channels makes a channel of the loop's kind, not connected yet
     * @param nanoTime monotonic, the same as the callers'
     */
    public Connector(
            EventLoop loop,
            ChannelFactory<? extends Channel> channels,
            IdentitySource identities,
            LongSupplier nanoTime) {
        this(loop, channels, identities, nanoTime, null);
    }

    private Connector(
            EventLoop loop,
            ChannelFactory<? extends Channel> channels,
            IdentitySource identities,
            LongSupplier nanoTime,
            @Nullable Occupancy occupancy) {
        this.loop = loop;
        this.channels = channels;
        this.identities = identities;
        this.nanoTime = nanoTime;
        this.occupancy = occupancy;
    }

    /** One that makes no more connections than a cluster may have. */
    Connector within(Occupancy bound) {
        return new Connector(loop, channels, identities, nanoTime, bound);
    }

    /** True when the cluster has as many connections as it may. */
    boolean full() {
        return occupancy != null && occupancy.full();
    }

    long nanoTime() {
        return nanoTime.getAsLong();
    }

    public EventLoop loop() {
        return loop;
    }

    /**
     * @param halfClosure true where the two directions of the connection end apart (opaque TCP)
     * @return a promise of the event loop's, failed with an {@link UpstreamFailure}
     */
    public Future<Channel> connect(Cluster cluster, Endpoint endpoint, HalfClosure halfClosure) {
        Promise<Channel> ready = loop.newPromise();
        Occupancy bound = occupancy;
        UpstreamFailure refused = bound == null ? null : bound.refuseConnection();
        if (refused != null) {
            return ready.setFailure(refused);
        }
        UpstreamTls expected = cluster.tls(endpoint);
        Identity identity = null;
        if (expected != null) {
            identity = identities.current();
            if (identity == null) {
                return ready.setFailure(new UpstreamFailure(
                        Fate.TLS_VERIFICATION, "this proxy has no valid identity to show to " + cluster.name()));
            }
        }
        SslHandler tls = identity == null ? null : handshake(identity, cluster);
        int timeoutMillis =
                (int) Math.min(Integer.MAX_VALUE, cluster.connectTimeout().toMillis());
        ChannelFuture connecting = new Bootstrap()
                .group(loop)
                .channelFactory(channels)
                // Endpoints come as addresses: there is nothing to look up, least of all on an event loop.
                .disableResolver()
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.AUTO_READ, tls != null)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, halfClosure == HalfClosure.ALLOWED)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, timeoutMillis)
                .handler(UpstreamStack.connecting(tls))
                .connect(endpoint.address());
        if (bound != null) {
            bound.opened();
            connecting.channel().closeFuture().addListener(closed -> bound.closed());
        }
        ScheduledFuture<?> deadline = loop.schedule(
                () -> {
                    if (ready.tryFailure(inTime(endpoint))) {
                        connecting.channel().close();
                    }
                },
                timeoutMillis,
                TimeUnit.MILLISECONDS);
        connecting.addListener(done -> {
            if (!done.isSuccess()) {
                deadline.cancel(false);
                ready.tryFailure(connectFailure(endpoint, done.cause()));
            } else if (tls == null) {
                deadline.cancel(false);
                handOut(ready, connecting.channel());
            } else {
                long connected = System.nanoTime();
                tls.handshakeFuture().addListener(shaken -> {
                    deadline.cancel(false);
                    HandshakeTime.remember(connecting.channel(), System.nanoTime() - connected);
                    finishHandshake(
                            ready,
                            connecting.channel(),
                            new Expected(cluster, endpoint, expected),
                            tls,
                            shaken.cause());
                });
            }
        });
        return ready;
    }

    /** Whom a connection should lead to. */
    private record Expected(
            Cluster cluster, Endpoint endpoint, @Nullable UpstreamTls tls) {

        boolean accepts(String peer) {
            return tls != null && tls.acceptedIdentities().contains(peer);
        }
    }

    private static void finishHandshake(
            Promise<Channel> ready, Channel channel, Expected expected, SslHandler tls, @Nullable Throwable cause) {
        Endpoint endpoint = expected.endpoint();
        String peer = cause == null ? PeerIdentity.of(tls) : "";
        if (cause == null && expected.accepts(peer)) {
            PeerIdentity.remember(channel, peer);
            handOut(ready, channel);
            return;
        }
        channel.close();
        if (cause instanceof SslHandshakeTimeoutException) {
            ready.tryFailure(inTime(endpoint));
            return;
        }
        ready.tryFailure(new UpstreamFailure(
                Fate.TLS_VERIFICATION,
                cause != null
                        ? "TLS handshake with " + endpoint.address() + " failed: " + cause.getMessage()
                        : endpoint.address() + " is " + (peer.isEmpty() ? "nobody with a SPIFFE ID" : peer)
                                + ", not one of those expected of "
                                + expected.cluster().name()));
    }

    private static void handOut(Promise<Channel> ready, Channel channel) {
        if (!ready.trySuccess(channel)) {
            channel.close();
        }
    }

    private static UpstreamFailure connectFailure(Endpoint endpoint, Throwable cause) {
        return cause instanceof ConnectTimeoutException
                ? inTime(endpoint)
                : new UpstreamFailure(Fate.CONNECT_REFUSED, endpoint.address() + ": " + cause.getMessage());
    }

    private static UpstreamFailure inTime(Endpoint endpoint) {
        return new UpstreamFailure(Fate.CONNECT_TIMEOUT, "no connection to " + endpoint.address() + " in time");
    }

    /** Whether one direction of a connection may end before the other. */
    public enum HalfClosure {
        ALLOWED,
        CLOSES
    }

    private static SslHandler handshake(Identity identity, Cluster cluster) {
        SslHandler handler = identity.client().newHandler(PooledByteBufAllocator.DEFAULT);
        handler.setHandshakeTimeout(cluster.connectTimeout().toMillis(), TimeUnit.MILLISECONDS);
        return handler;
    }
}
