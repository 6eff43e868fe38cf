package io.tracery.proxy.upstream;

import io.netty.channel.Channel;
import io.tracery.proxy.mesh.Cluster;
import io.tracery.proxy.mesh.Endpoint;
import io.tracery.proxy.mesh.UpstreamProtocol;
import io.tracery.proxy.upstream.Connector.HalfClosure;
import io.tracery.tracing.span.Fate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/2: requests share connections, a stream each. Another connection is made when all are full, up to a few; beyond
 * that requests wait for a stream to end, no longer than a connection may take.
 */
final class Http2Pool implements UpstreamPool {

    private static final int MOST_CONNECTIONS = 8;

    private final Connector connector;
    private final Cluster cluster;
    private final Endpoint endpoint;
    private final Limits limits;
    private final long idleNanos;
    /** HTTP/1.1 clients had connections of their own: those that do not read must not hold up the others for sharing one. */
    private final boolean spreads;

    private final List<Http2Upstream> connections = new ArrayList<>();
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private boolean connecting;
    private boolean retired;

    private record Waiting(Taker taker, long sinceNanos) {}

    Http2Pool(Connector connector, Cluster cluster, Endpoint endpoint, Limits limits) {
        this.connector = connector;
        this.cluster = cluster;
        this.endpoint = endpoint;
        this.limits = limits;
        this.idleNanos = limits.poolIdleTimeout(cluster.tls(endpoint)).toNanos();
        this.spreads = cluster.protocol() == UpstreamProtocol.BETWEEN_SIDECARS;
    }

    @Override
    public void acquire(Taker taker, Freshness freshness) {
        // A connection that is going away takes no more streams, so whatever has room is as good as a new one.
        Http2Upstream free = free();
        if (free != null && (free.settled() || !taker.extendedConnect())) {
            lend(free, taker);
            if (spreads && free.crowded()) {
                connect();
            }
        } else if (waiting.size() >= limits.maxPending()) {
            taker.failed(new UpstreamFailure(
                    Fate.QUEUE_FULL, waiting.size() + " requests wait for a connection to " + endpoint.address()));
        } else {
            waiting.addLast(new Waiting(taker, connector.nanoTime()));
            connect();
        }
    }

    int open() {
        return connections.size();
    }

    private void lend(Http2Upstream connection, Taker taker) {
        if (!connection.extendedConnect() && taker.extendedConnect()) {
            taker.failed(new UpstreamFailure(
                    Fate.NO_ENDPOINT,
                    endpoint.address()
                            + " takes no upgrade over HTTP/2: it does not offer extended CONNECT (RFC 8441)"));
        } else {
            taker.ready(connection.lease(taker));
        }
    }

    private @Nullable Http2Upstream free() {
        Http2Upstream free = null;
        for (Http2Upstream connection : connections) {
            if (connection.hasRoom()) {
                if (!spreads || !connection.crowded()) {
                    return connection;
                }
                free = connection;
            }
        }
        return free;
    }

    private void connect() {
        if (connecting || connections.size() >= MOST_CONNECTIONS || settling()) {
            return;
        }
        if (!connections.isEmpty() && connector.full()) {
            // The cluster may have no more connections: a stream of one that there is will end.
            return;
        }
        connecting = true;
        connector.connect(cluster, endpoint, HalfClosure.CLOSES).addListener(done -> {
            connecting = false;
            if (done.isSuccess()) {
                adopt((Channel) done.getNow());
            } else {
                failWaiting((UpstreamFailure) done.cause());
            }
        });
    }

    /** A connection is about to say how many streams it takes, which may be enough. */
    private boolean settling() {
        for (Http2Upstream connection : connections) {
            if (!connection.settled()) {
                return true;
            }
        }
        return false;
    }

    private void failWaiting(UpstreamFailure failure) {
        List<Waiting> failed = List.copyOf(waiting);
        waiting.clear();
        failed.forEach(one -> one.taker().failed(failure));
    }

    private void adopt(Channel channel) {
        Http2Upstream connection = new Http2Upstream(channel, limits, connector::nanoTime, this::serveWaiting);
        connections.add(connection);
        channel.closeFuture().addListener(closed -> {
            connections.remove(connection);
            serveWaiting();
        });
        UpstreamStack.http2(channel, connection);
        channel.config().setAutoRead(true);
        serveWaiting();
        if (retired) {
            // It comes late: nobody asks for it any more, nor looks whether it is idle.
            connection.closeWhenUnused();
        }
    }

    private void serveWaiting() {
        while (!waiting.isEmpty()) {
            Http2Upstream free = free();
            if (free == null) {
                connect();
                return;
            }
            if (!free.settled() && waiting.peekFirst().taker().extendedConnect()) {
                // The peer's settings say whether it takes that; this is called again when they are there.
                return;
            }
            lend(free, waiting.pollFirst().taker());
        }
    }

    @Override
    public void sweep(long nowNanos) {
        long patience = cluster.connectTimeout().toNanos();
        while (!waiting.isEmpty() && nowNanos - waiting.peekFirst().sinceNanos() > patience) {
            waiting.pollFirst()
                    .taker()
                    .failed(new UpstreamFailure(
                            Fate.QUEUE_FULL, "all streams to " + endpoint.address() + " were in use for too long"));
        }
        for (Http2Upstream connection : List.copyOf(connections)) {
            connection.closeIfIdle(nowNanos, idleNanos);
        }
    }

    @Override
    public void retire() {
        retired = true;
        List.copyOf(connections).forEach(Http2Upstream::closeWhenUnused);
    }
}
