package io.tracery.proxy.upstream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.tracery.proxy.mesh.Cluster;
import io.tracery.proxy.mesh.Endpoint;
import io.tracery.proxy.upstream.Connector.HalfClosure;
import io.tracery.tracing.span.Fate;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/** HTTP/1.1: a request has its connection to itself; the one used last is used next, so that the others age out. */
final class Http1Pool implements UpstreamPool {

    private final Connector connector;
    private final Cluster cluster;
    private final Endpoint endpoint;
    private final Limits limits;
    private final ArrayDeque<Idle> idle = new ArrayDeque<>();
    private int open;
    private boolean retired;

    private record Idle(Channel channel, UpstreamHandler handler, long sinceNanos) {}

    Http1Pool(Connector connector, Cluster cluster, Endpoint endpoint, Limits limits) {
        this.connector = connector;
        this.cluster = cluster;
        this.endpoint = endpoint;
        this.limits = limits;
    }

    @Override
    public void acquire(Taker taker) {
        closeStale();
        Idle found = idle.pollLast();
        while (found != null) {
            if (found.channel().isActive()) {
                lend(found.channel(), found.handler(), true, taker);
                return;
            }
            found = idle.pollLast();
        }
        if (open >= limits.maxConnectionsPerEndpoint()) {
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

    private void adopt(Channel channel, Taker taker) {
        channel.closeFuture().addListener(closed -> open--);
        UpstreamHandler handler = new UpstreamHandler();
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.addLast(
                "http1",
                new HttpClientCodec(
                        new HttpDecoderConfig()
                                .setMaxInitialLineLength(limits.maxInitialLineBytes())
                                .setMaxHeaderSize(limits.maxHeaderBytes()),
                        HttpClientCodec.DEFAULT_PARSE_HTTP_AFTER_CONNECT_REQUEST,
                        HttpClientCodec.DEFAULT_FAIL_ON_MISSING_RESPONSE));
        pipeline.addLast("upstream", handler);
        channel.config().setAutoRead(true);
        lend(channel, handler, false, taker);
    }

    private void lend(Channel channel, UpstreamHandler handler, boolean reused, Taker taker) {
        taker.ready(new Lease(channel, handler, reused, taker, () -> giveBack(channel, handler)));
    }

    private void giveBack(Channel channel, UpstreamHandler handler) {
        if (retired || !channel.isActive()) {
            channel.close();
            return;
        }
        channel.config().setAutoRead(true);
        idle.addLast(new Idle(channel, handler, System.nanoTime()));
    }

    private void closeStale() {
        long oldest = System.nanoTime()
                - TimeUnit.MILLISECONDS.toNanos(limits.poolIdleTimeout().toMillis());
        while (!idle.isEmpty() && idle.peekFirst().sinceNanos() < oldest) {
            idle.pollFirst().channel().close();
        }
    }

    @Override
    public void retire() {
        retired = true;
        idle.forEach(connection -> connection.channel().close());
        idle.clear();
    }
}
