package io.tracery.load.lab.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.File;
import java.net.InetSocketAddress;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Mutual TLS connections with one request each, a process of its own. Either it opens so many and keeps them until its input
 * ends, or it opens new ones at a rate, each with a whole handshake, and closes them after the answer.
 */
public final class TlsConnections {

    private static final int MOST_AT_ONCE = 200;
    private static final int SOURCES = 50;

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final Semaphore room = new Semaphore(MOST_AT_ONCE);
    private final TlsExchange.Counts counts = new TlsExchange.Counts(room);
    private final SslContext tls;
    private final int port;
    private int opened;

    private TlsConnections(SslContext tls, int port) {
        this.tls = tls;
        this.port = port;
    }

    /**
     * Arguments: {@code --port}, {@code --root}, {@code --certificate}, {@code --key}, and {@code --hold} connections, or
     * {@code --rate} per second and {@code --seconds}. Prints {@code <answered> <failed> <seconds>} when it is done, or holds.
     */
    public static void main(String[] args) throws Exception {
        Arguments arguments = Arguments.of(args);
        SslContext tls = SslContextBuilder.forClient()
                .sslProvider(SslProvider.OPENSSL)
                .protocols("TLSv1.3")
                .endpointIdentificationAlgorithm(null)
                .trustManager(new File(arguments.text("root")))
                .keyManager(new File(arguments.text("certificate")), new File(arguments.text("key")))
                .build();
        TlsConnections connections = new TlsConnections(tls, arguments.number("port"));
        if (arguments.values().containsKey("hold")) {
            connections.hold(arguments.number("hold"));
        } else {
            connections.churn(arguments.number("rate"), arguments.number("seconds"));
        }
        connections.group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private void hold(int count) throws Exception {
        long begin = System.nanoTime();
        for (int i = 0; i < count; i++) {
            room.acquire();
            open(TlsExchange.Then.STAY);
        }
        tell(begin);
        while (System.in.read() >= 0) {
            // The lab closes it when it has measured.
        }
    }

    private void churn(int rate, int seconds) throws InterruptedException {
        long begin = System.nanoTime();
        long count = (long) rate * seconds;
        for (long i = 0; i < count; i++) {
            long due = begin + (long) (i * 1e9 / rate);
            if (System.nanoTime() - begin > TimeUnit.SECONDS.toNanos(seconds)) {
                break;
            }
            long early = due - System.nanoTime();
            if (early > 0) {
                TimeUnit.NANOSECONDS.sleep(early);
            }
            room.acquire();
            open(TlsExchange.Then.CLOSE);
        }
        tell(begin);
    }

    private void tell(long begin) throws InterruptedException {
        room.tryAcquire(MOST_AT_ONCE, 30, TimeUnit.SECONDS);
        double seconds = (System.nanoTime() - begin) / 1e9;
        Generator.tell(counts.answered() + " " + counts.failed() + " " + seconds);
    }

    private void open(TlsExchange.Then then) {
        // Several addresses of the loopback, since one has ports for 28,000 connections that close.
        String source = "127.0.1." + (1 + opened++ % SOURCES);
        new Bootstrap()
                .group(group)
                .channel(EpollSocketChannel.class)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 10_000)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(tls.newHandler(channel.alloc()))
                                .addLast(new TlsExchange(counts, then));
                    }
                })
                .connect(new InetSocketAddress("127.0.0.1", port), new InetSocketAddress(source, 0))
                .addListener(connected -> {
                    if (!connected.isSuccess()) {
                        counts.ended(TlsExchange.Counts.End.FAILED);
                    }
                });
    }
}
