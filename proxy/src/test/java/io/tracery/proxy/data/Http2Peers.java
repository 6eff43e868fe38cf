package io.tracery.proxy.data;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.codec.http2.Http2StreamFrame;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Both ends of HTTP/2, frame by frame. */
final class Http2Peers implements AutoCloseable {

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Queue<Channel> channels = new ConcurrentLinkedQueue<>();

    /** The codes with which servers' streams were reset. */
    final BlockingQueue<Long> resets = new LinkedBlockingQueue<>();

    /** What a server does when a request is complete. */
    @FunctionalInterface
    interface Answer {
        void to(Http2StreamChannel stream, Http2Headers request, String body);
    }

    InetSocketAddress serve(Http2Settings settings, Answer answer) throws InterruptedException {
        Channel server = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channels.add(channel);
                        channel.pipeline()
                                .addLast(Http2FrameCodecBuilder.forServer()
                                        .initialSettings(settings)
                                        .build())
                                .addLast(new Http2MultiplexHandler(new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel stream) {
                                        stream.pipeline().addLast(new ServerStream(answer, resets));
                                    }
                                }));
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
        channels.add(server);
        return (InetSocketAddress) server.localAddress();
    }

    private static final class ServerStream extends SimpleChannelInboundHandler<Http2StreamFrame> {

        private final Answer answer;
        private final Queue<Long> resets;
        private final StringBuilder body = new StringBuilder();
        private Http2Headers request = new io.netty.handler.codec.http2.DefaultHttp2Headers();

        ServerStream(Answer answer, Queue<Long> resets) {
            this.answer = answer;
            this.resets = resets;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
            if (event instanceof Http2ResetFrame reset) {
                resets.add(reset.errorCode());
            }
            super.userEventTriggered(ctx, event);
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, Http2StreamFrame frame) {
            boolean end = false;
            if (frame instanceof Http2HeadersFrame headers) {
                request = headers.headers();
                end = headers.isEndStream();
            } else if (frame instanceof Http2DataFrame data) {
                body.append(data.content().toString(StandardCharsets.UTF_8));
                end = data.isEndStream();
            }
            if (end) {
                answer.to((Http2StreamChannel) ctx.channel(), request, body.toString());
            }
        }
    }

    /** A connection of a client's, whose headers are sent as they are, right or wrong. */
    Channel connect(InetSocketAddress address) throws InterruptedException {
        Channel channel = new Bootstrap()
                .group(group)
                .channel(NioSocketChannel.class)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(Http2FrameCodecBuilder.forClient()
                                        .validateHeaders(false)
                                        .build())
                                .addLast(new Http2MultiplexHandler(new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel stream) {}
                                }));
                    }
                })
                .connect(address)
                .sync()
                .channel();
        channels.add(channel);
        return channel;
    }

    /** Sends a request without a body. */
    CompletableFuture<String> ask(Channel connection, Http2Headers headers) {
        CompletableFuture<String> result = new CompletableFuture<>();
        new Http2StreamChannelBootstrap(connection)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel stream) {
                        stream.pipeline().addLast(new ClientStream(result));
                    }
                })
                .open()
                .addListener(opened -> ((Channel) opened.getNow())
                        .writeAndFlush(new DefaultHttp2HeadersFrame(headers, /* endStream= */ true)));
        return result.orTimeout(10, TimeUnit.SECONDS);
    }

    private static final class ClientStream extends SimpleChannelInboundHandler<Http2StreamFrame> {

        private final CompletableFuture<String> result;
        private final StringBuilder text = new StringBuilder();

        ClientStream(CompletableFuture<String> result) {
            this.result = result;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, Http2StreamFrame frame) {
            boolean end = false;
            if (frame instanceof Http2HeadersFrame headers) {
                text.append(headers.headers().status()).append(' ');
                end = headers.isEndStream();
            } else if (frame instanceof Http2DataFrame data) {
                text.append(data.content().toString(StandardCharsets.UTF_8));
                end = data.isEndStream();
            }
            if (end) {
                result.complete(text.toString());
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
            if (event instanceof Http2ResetFrame reset) {
                result.complete("reset " + reset.errorCode());
            }
            super.userEventTriggered(ctx, event);
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            result.complete("closed after " + text);
        }
    }

    @Override
    public void close() {
        channels.forEach(Channel::close);
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
}
