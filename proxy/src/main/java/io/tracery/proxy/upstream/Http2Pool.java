package io.tracery.proxy.upstream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.util.ReferenceCountUtil;
import io.tracery.proxy.mesh.Cluster;
import io.tracery.proxy.mesh.Endpoint;
import io.tracery.proxy.upstream.Connector.HalfClosure;
import io.tracery.tracing.span.Fate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** HTTP/2: requests share connections, a stream each; another connection is made when all are full. */
final class Http2Pool implements UpstreamPool {

    private static final int WINDOW_BYTES = 256 * 1024;
    private static final int MOST_CONNECTIONS = 8;

    private final Connector connector;
    private final Cluster cluster;
    private final Endpoint endpoint;
    private final Limits limits;
    private final List<Connection> connections = new ArrayList<>();
    private final ArrayDeque<Taker> waiting = new ArrayDeque<>();
    private boolean connecting;
    private boolean retired;

    Http2Pool(Connector connector, Cluster cluster, Endpoint endpoint, Limits limits) {
        this.connector = connector;
        this.cluster = cluster;
        this.endpoint = endpoint;
        this.limits = limits;
    }

    @Override
    public void acquire(Taker taker) {
        Connection free = free();
        if (free != null) {
            free.openStream(taker, /* fresh= */ false);
        } else if (waiting.size() >= limits.maxPending() || (!connecting && connections.size() >= MOST_CONNECTIONS)) {
            taker.failed(new UpstreamFailure(
                    Fate.QUEUE_FULL, waiting.size() + " requests wait for a connection to " + endpoint.address()));
        } else {
            waiting.addLast(taker);
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
        if (connecting) {
            return;
        }
        connecting = true;
        connector.connect(cluster, endpoint, HalfClosure.CLOSES).addListener(done -> {
            connecting = false;
            if (done.isSuccess()) {
                adopt((Channel) done.getNow());
            } else {
                UpstreamFailure failure = (UpstreamFailure) done.cause();
                List<Taker> failed = List.copyOf(waiting);
                waiting.clear();
                failed.forEach(taker -> taker.failed(failure));
            }
        });
    }

    private void adopt(Channel channel) {
        Connection connection = new Connection(channel);
        connections.add(connection);
        channel.closeFuture().addListener(closed -> connections.remove(connection));
        channel.pipeline()
                .addLast(
                        "http2",
                        Http2FrameCodecBuilder.forClient()
                                .initialSettings(Http2Settings.defaultSettings()
                                        .pushEnabled(false)
                                        .initialWindowSize(WINDOW_BYTES)
                                        .maxHeaderListSize(limits.maxHeaderBytes()))
                                .validateHeaders(true)
                                .build())
                .addLast("streams", new Http2MultiplexHandler(new RefusePush()))
                .addLast("connection", connection);
        channel.config().setAutoRead(true);
        boolean fresh = true;
        while (!waiting.isEmpty() && connection.hasRoom()) {
            connection.openStream(waiting.pollFirst(), fresh);
            fresh = false;
        }
        if (!waiting.isEmpty()) {
            connect();
        }
    }

    @Override
    public void retire() {
        retired = true;
        List.copyOf(connections).forEach(Connection::closeWhenUnused);
    }

    /** We said that we take no pushes; a peer that pushes anyway has its stream closed. */
    private static final class RefusePush extends ChannelInitializer<Channel> {

        @Override
        public boolean isSharable() {
            return true;
        }

        @Override
        protected void initChannel(Channel stream) {
            stream.close();
        }
    }

    /** One connection's room for streams, and its end. */
    private final class Connection extends ChannelInboundHandlerAdapter {

        private final Channel channel;
        private int streams;
        private long mostStreams = limits.maxStreamsPerConnection();
        private boolean goingAway;

        Connection(Channel channel) {
            this.channel = channel;
        }

        boolean hasRoom() {
            return !goingAway && channel.isActive() && streams < mostStreams;
        }

        void openStream(Taker taker, boolean fresh) {
            streams++;
            UpstreamHandler handler = new UpstreamHandler();
            new Http2StreamChannelBootstrap(channel)
                    .handler(new ChannelInitializer<Channel>() {
                        @Override
                        protected void initChannel(Channel stream) {
                            stream.pipeline()
                                    .addLast("http", new Http2StreamFrameToHttpObjectCodec(false))
                                    .addLast("upstream", handler);
                        }
                    })
                    .open()
                    .addListener(opened -> {
                        if (opened.isSuccess()) {
                            Http2StreamChannel stream = (Http2StreamChannel) opened.getNow();
                            stream.closeFuture().addListener(closed -> streamEnded());
                            taker.ready(new Lease(stream, handler, !fresh, taker, stream::close));
                        } else {
                            streamEnded();
                            taker.failed(new UpstreamFailure(
                                    Fate.CONNECT_REFUSED,
                                    "no stream to " + endpoint.address() + ": "
                                            + opened.cause().getMessage()));
                        }
                    });
        }

        private void streamEnded() {
            streams--;
            if ((goingAway || retired) && streams == 0) {
                channel.close();
            }
        }

        void closeWhenUnused() {
            goingAway = true;
            if (streams == 0) {
                channel.close();
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object frame) {
            if (frame instanceof Http2SettingsFrame settings
                    && settings.settings().maxConcurrentStreams() != null) {
                mostStreams = Math.min(settings.settings().maxConcurrentStreams(), limits.maxStreamsPerConnection());
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
