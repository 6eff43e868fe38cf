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
    private final ArrayDeque<Idle> idle = new ArrayDeque<>();
    private int open;
    private boolean retired;

    private record Idle(Channel channel, UpstreamHandler handler, long sinceNanos) {}

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
            Idle found = idle.pollLast();
            while (found != null) {
                if (found.channel().isActive()) {
                    lend(found.channel(), found.handler(), true, taker);
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
        Idle oldest = idle.pollFirst();
        if (oldest == null) {
            return false;
        }
        oldest.channel().close();
        return true;
    }

    private void adopt(Channel channel, Taker taker) {
        UpstreamHandler handler = new UpstreamHandler();
        channel.closeFuture().addListener(closed -> {
            open--;
            idle.removeIf(connection -> connection.handler() == handler);
        });
        UpstreamStack.http1(channel, limits, handler);
        channel.config().setAutoRead(true);
        lend(channel, handler, false, taker);
    }

    private void lend(Channel channel, UpstreamHandler handler, boolean reused, Taker taker) {
        taker.ready(new ChannelLease(channel, handler, reused, taker, () -> giveBack(channel, handler)));
    }

    private void giveBack(Channel channel, UpstreamHandler handler) {
        if (retired || !channel.isActive()) {
            channel.close();
            return;
        }
        channel.config().setAutoRead(true);
        idle.addLast(new Idle(channel, handler, connector.nanoTime()));
    }

    @Override
    public void sweep(long nowNanos) {
        while (!idle.isEmpty() && nowNanos - idle.peekFirst().sinceNanos() > idleNanos) {
            idle.pollFirst().channel().close();
        }
    }

    @Override
    public void retire() {
        retired = true;
        // Closing takes a connection off the queue.
        List.copyOf(idle).forEach(connection -> connection.channel().close());
        idle.clear();
    }
}
