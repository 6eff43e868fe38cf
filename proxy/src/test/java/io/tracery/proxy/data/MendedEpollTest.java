package io.tracery.proxy.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollSocketChannel;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class MendedEpollTest {

    @BeforeAll
    static void onLinux() {
        assumeTrue(Epoll.isAvailable());
    }

    /** Both events come of one wait; the first closes the second's socket, whose number the third gets. */
    @RepeatedTest(20)
    void aNewSocketDoesNotHearWhatIsSaidOfTheOneWhoseNumberItHas() throws Exception {
        IoHandlerFactory epoll = new MendedEpoll();
        try (MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, epoll);
                ServerSocket server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Channel> second = new CompletableFuture<>();
            CompletableFuture<Channel> third = new CompletableFuture<>();
            CompletableFuture<Byte> heard = new CompletableFuture<>();
            Bootstrap client = new Bootstrap()
                    .group(loop)
                    .channel(EpollSocketChannel.class)
                    .option(ChannelOption.ALLOW_HALF_CLOSURE, true);
            Bootstrap hearing = client.clone().handler(new OnByte(heard::complete));
            client.clone()
                    .handler(new OnByte(any -> {
                        second.join().close();
                        hearing.connect(server.getLocalSocketAddress()).addListener(done -> third.complete(null));
                    }))
                    .connect(server.getLocalSocketAddress())
                    .sync();
            Socket toFirst = server.accept();
            second.complete(client.clone()
                    .handler(new OnByte(any -> {}))
                    .connect(server.getLocalSocketAddress())
                    .sync()
                    .channel());
            Socket toSecond = server.accept();

            CountDownLatch bothHaveHappened = new CountDownLatch(1);
            loop.next().execute(() -> {
                try {
                    bothHaveHappened.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            toFirst.getOutputStream().write(1);
            toSecond.close();
            bothHaveHappened.countDown();

            try (Socket toThird = server.accept()) {
                third.get(10, TimeUnit.SECONDS);
                toThird.getOutputStream().write(3);
                assertThat(heard.get(10, TimeUnit.SECONDS)).isEqualTo((byte) 3);
            }
            toFirst.close();
        }
    }

    private interface ByteListener {
        void heard(byte value);
    }

    private static final class OnByte extends SimpleChannelInboundHandler<ByteBuf> {

        private final ByteListener listener;

        OnByte(ByteListener listener) {
            this.listener = listener;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, ByteBuf bytes) {
            listener.heard(bytes.readByte());
        }
    }
}
