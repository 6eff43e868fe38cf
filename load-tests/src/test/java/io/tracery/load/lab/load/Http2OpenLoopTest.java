package io.tracery.load.lab.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamFrame;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The open loop in HTTP/2: everything that is due is asked, and what is not an answer counts as an error. */
@Timeout(60)
class Http2OpenLoopTest {

    private static final int RATE = 1_000;

    private EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, io.netty.channel.nio.NioIoHandler.newFactory());
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();

    @BeforeEach
    void openLoopNeedsEpoll() {
        assumeTrue(Epoll.isAvailable(), "epoll is Linux's");
        group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    }

    @AfterEach
    void end() {
        group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    @Test
    void countsStreamsThatAreResetAndStatusesThatAreNot200() throws Exception {
        int port = serve((ctx, number) -> {
            if (number == 10) {
                ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.INTERNAL_ERROR));
            } else {
                answer(ctx, number % 100 == 0 ? "503" : "200", "");
            }
        });
        OpenLoopResult result = OpenLoop.run(group, new OpenLoop.Plan(port, Ask.HTTP2, RATE, 2, 32, 0));

        assertThat(requests).hasValue(2 * RATE);
        assertThat(connections).hasValue(4);
        assertThat(result.errors()).isEqualTo(1 + 2 * RATE / 100);
        assertThat(result.percentile(100)).isPositive();
    }

    @Test
    void aCallIsWellWhenItsTrailersSaySo() throws Exception {
        int port = serve((ctx, number) -> answer(ctx, "200", number % 100 == 0 ? "14" : "0"));
        OpenLoopResult result = OpenLoop.run(group, new OpenLoop.Plan(port, Ask.GRPC, RATE, 1, 32, 0));

        assertThat(requests).hasValue(RATE);
        assertThat(result.errors()).isEqualTo(RATE / 100);
    }

    private static void answer(ChannelHandlerContext ctx, String status, String grpcStatus) {
        ctx.write(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status(status)));
        ctx.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.directBuffer().writeZero(1024), grpcStatus.isEmpty()));
        if (!grpcStatus.isEmpty()) {
            ctx.writeAndFlush(
                    new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().add("grpc-status", grpcStatus), true));
        }
    }

    private interface Server {
        void answer(ChannelHandlerContext ctx, int number);
    }

    private int serve(Server server) throws InterruptedException {
        return ((InetSocketAddress) new ServerBootstrap()
                        .group(group)
                        .channel(EpollServerSocketChannel.class)
                        .childHandler(new ChannelInitializer<>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                connections.incrementAndGet();
                                channel.pipeline()
                                        .addLast(
                                                Http2FrameCodecBuilder.forServer()
                                                        .build(),
                                                new Http2MultiplexHandler(new Answering(server)));
                            }
                        })
                        .bind(InetAddress.getLoopbackAddress(), 0)
                        .sync()
                        .channel()
                        .localAddress())
                .getPort();
    }

    /** Answers when the request has ended. */
    @io.netty.channel.ChannelHandler.Sharable
    private final class Answering extends SimpleChannelInboundHandler<Http2StreamFrame> {

        private final Server server;

        Answering(Server server) {
            this.server = server;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, Http2StreamFrame frame) {
            boolean ends = (frame instanceof Http2HeadersFrame head && head.isEndStream())
                    || (frame instanceof Http2DataFrame data && data.isEndStream());
            if (ends) {
                server.answer(ctx, requests.incrementAndGet());
            }
        }
    }
}
