package io.tracery.proxy.upstream;

import io.netty.channel.Channel;
import io.tracery.proxy.mesh.Cluster;
import io.tracery.proxy.mesh.Endpoint;
import io.tracery.proxy.upstream.Connector.HalfClosure;
import io.tracery.tracing.span.Fate;
import java.util.ArrayDeque;
import java.util.List;

/** HTTP/1.1: a request has its connection to itself; the one used last is used next, so that the others age out. */
final class Http1Pool implements UpstreamPool {

    private final Connector connector;
    private final Cluster cluster;
    private final Endpoint endpoint;
    private final Limits limits;
    private final long idleNanos;
    private final ArrayDeque<Connection> idle = new ArrayDeque<>();
    private int open;
    private boolean retired;

    /** Lent to one request after the other. */
    private final class Connection {

        private final Channel channel;
        private final UpstreamHandler handler = new UpstreamHandler();
        private final Runnable back = this::giveBack;
        private long idleSinceNanos;

        Connection(Channel channel) {
            this.channel = channel;
        }

        void lend(boolean reused, Taker taker) {
            taker.ready(new ChannelLease(channel, handler, reused, taker, back));
        }

        private void giveBack() {
            if (retired || !channel.isActive()) {
                channel.close();
                return;
            }
            channel.config().setAutoRead(true);
            idleSinceNanos = connector.nanoTime();
            idle.addLast(this);
        }
    }

    Http1Pool(Connector connector, Cluster cluster, Endpoint endpoint, Limits limits) {
        this.connector = connector;
        this.cluster = cluster;
        this.endpoint = endpoint;
        this.limits = limits;
        this.idleNanos = limits.poolIdleTimeout(cluster.tls(endpoint)).toNanos();
    }

    @Override
    public void acquire(Taker taker, Freshness freshness) {
        if (freshness == Freshness.ANY) {
            Connection found = idle.pollLast();
            while (found != null) {
                if (found.channel.isActive()) {
                    found.lend(/* reused= */ true, taker);
                    return;
                }
                found = idle.pollLast();
            }
        }
        if (open >= limits.maxConnectionsPerEndpoint() && !closeOneIdle()) {
            taker.failed(new UpstreamFailure(
                    Fate.QUEUE_FULL,
                    endpoint.address() + " has " + open + " connections in use, and no more may be opened"));
            return;
        }
        open++;
        connector.connect(cluster, endpoint, HalfClosure.CLOSES).addListener(done -> {
            if (done.isSuccess()) {
                adopt((Channel) done.getNow(), taker);
            } else {
                open--;
                taker.failed((UpstreamFailure) done.cause());
            }
        });
    }

    int open() {
        return open;
    }

    /** Makes room for another connection; false where all are in use. */
    boolean closeOneIdle() {
        Connection oldest = idle.pollFirst();
        if (oldest == null) {
            return false;
        }
        oldest.channel.close();
        return true;
    }

    private void adopt(Channel channel, Taker taker) {
        Connection made = new Connection(channel);
        channel.closeFuture().addListener(closed -> {
            open--;
            idle.remove(made);
        });
        UpstreamStack.http1(channel, limits, made.handler);
        channel.config().setAutoRead(true);
        made.lend(/* reused= */ false, taker);
    }

    @Override
    public void sweep(long nowNanos) {
        while (!idle.isEmpty() && nowNanos - idle.peekFirst().idleSinceNanos > idleNanos) {
            idle.pollFirst().channel.close();
        }
    }

    @Override
    public void retire() {
        retired = true;
        // Closing takes a connection off the queue.
        List.copyOf(idle).forEach(connection -> connection.channel.close());
        idle.clear();
    }
}
