package io.tracery.proxy.upstream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import io.tracery.proxy.mesh.Cluster;
import io.tracery.proxy.mesh.Endpoint;
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
    private final List<Connection> connections = new ArrayList<>();
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private boolean connecting;
    private boolean retired;

    private record Waiting(Taker taker, long sinceNanos) {}

    Http2Pool(Connector connector, Cluster cluster, Endpoint endpoint, Limits limits) {
        this.connector = connector;
        this.cluster = cluster;
        this.endpoint = endpoint;
        this.limits = limits;
        this.idleNanos = limits.poolIdleTimeout(cluster).toNanos();
    }

    @Override
    public void acquire(Taker taker, Freshness freshness) {
        // A connection that is going away takes no more streams, so whatever has room is as good as a new one.
        Connection free = free();
        if (free != null) {
            free.openStream(taker);
        } else if (waiting.size() >= limits.maxPending()) {
            taker.failed(new UpstreamFailure(
                    Fate.QUEUE_FULL, waiting.size() + " requests wait for a connection to " + endpoint.address()));
        } else {
            waiting.addLast(new Waiting(taker, connector.nanoTime()));
            connect();
        }
    }

    private @Nullable Connection free() {
        for (Connection connection : connections) {
            if (connection.hasRoom()) {
                return connection;
            }
        }
        return null;
    }

    private void connect() {
        if (connecting || connections.size() >= MOST_CONNECTIONS || settling()) {
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
        for (Connection connection : connections) {
            if (!connection.settled) {
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
        Connection connection = new Connection(channel);
        connections.add(connection);
        channel.closeFuture().addListener(closed -> {
            connections.remove(connection);
            serveWaiting();
        });
        UpstreamStack.http2(channel, limits, connection);
        channel.config().setAutoRead(true);
        serveWaiting();
    }

    private void serveWaiting() {
        while (!waiting.isEmpty()) {
            Connection free = free();
            if (free == null) {
                connect();
                return;
            }
            free.openStream(waiting.pollFirst().taker());
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
        for (Connection connection : List.copyOf(connections)) {
            connection.closeIfIdle(nowNanos);
        }
    }

    @Override
    public void retire() {
        retired = true;
        List.copyOf(connections).forEach(Connection::closeWhenUnused);
    }

    /** One connection's room for streams, and its end. */
    private final class Connection extends ChannelInboundHandlerAdapter {

        private final Channel channel;
        private int streams;
        // One request goes at once; how many more may join it the peer's SETTINGS say, which come without being asked
        // for.
        private long mostStreams = 1;
        private boolean settled;
        private boolean used;
        private boolean goingAway;
        private long unusedSince = connector.nanoTime();

        Connection(Channel channel) {
            this.channel = channel;
        }

        boolean hasRoom() {
            return !goingAway && channel.isActive() && streams < mostStreams;
        }

        void openStream(Taker taker) {
            streams++;
            boolean reused = used;
            used = true;
            UpstreamHandler handler = new UpstreamHandler();
            new Http2StreamChannelBootstrap(channel)
                    .handler(UpstreamStack.stream(handler))
                    .open()
                    .addListener(opened -> {
                        if (opened.isSuccess()) {
                            Http2StreamChannel stream = (Http2StreamChannel) opened.getNow();
                            stream.closeFuture().addListener(closed -> streamEnded());
                            taker.ready(new ChannelLease(stream, handler, reused, taker, stream::close));
                        } else {
                            streamEnded();
                            taker.failed(new UpstreamFailure(
                                    Fate.CONNECT_REFUSED,
                                    "no stream to " + endpoint.address() + ": "
                                            + opened.cause().getMessage()));
                        }
                    });
        }

        /**
         * While a full connection's stream is being closed, its codec still counts it: its place is free once that is done.
         */
        private void streamEnded() {
            if (streams >= mostStreams) {
                channel.eventLoop().execute(this::placeFree);
            } else {
                placeFree();
            }
        }

        private void placeFree() {
            streams--;
            if (streams == 0) {
                unusedSince = connector.nanoTime();
                if (goingAway || retired) {
                    channel.close();
                }
            }
            serveWaiting();
        }

        void closeWhenUnused() {
            goingAway = true;
            if (streams == 0) {
                channel.close();
            }
        }

        void closeIfIdle(long nowNanos) {
            if (streams == 0 && nowNanos - unusedSince > idleNanos) {
                closeWhenUnused();
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object frame) {
            if (frame instanceof Http2SettingsFrame settings) {
                Long most = settings.settings().maxConcurrentStreams();
                if (most != null || !settled) {
                    mostStreams = most == null
                            ? limits.maxStreamsPerConnection()
                            : Math.min(most, limits.maxStreamsPerConnection());
                }
                settled = true;
                serveWaiting();
            } else if (frame instanceof Http2GoAwayFrame) {
                closeWhenUnused();
            }
            ReferenceCountUtil.release(frame);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
