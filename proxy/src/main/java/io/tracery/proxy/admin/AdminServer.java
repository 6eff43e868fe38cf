package io.tracery.proxy.admin;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.tracery.process.Component;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Serves the admin pages on an event loop that is none of the data path's. For people and probes: it has few connections,
 * small requests and no state.
 */
public final class AdminServer implements Component {

    private static final int MOST_CONNECTIONS = 64;
    private static final int MOST_LINE_BYTES = 2048;
    private static final int MOST_HEADER_BYTES = 8192;
    private static final int MOST_BODY_BYTES = 1024;
    private static final int IDLE_SECONDS = 60;

    private final InetSocketAddress address;
    private final EventLoopGroup loop;
    private final SortedMap<String, AdminPage> pages;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

    private volatile @Nullable Channel listening;

    /**
     * @param address where to listen; port 0 takes any that is free
     * @param loop an NIO loop, which stays its owner's
     * @param pages by their paths
     */
    public AdminServer(InetSocketAddress address, EventLoopGroup loop, SortedMap<String, AdminPage> pages) {
        this.address = address;
        this.loop = loop;
        this.pages = pages;
    }

    @Override
    public String name() {
        return "admin";
    }

    /** @throws IOException when the address cannot be bound */
    @Override
    public void start() throws IOException, InterruptedException {
        var bound = new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(channel);
                    }
                })
                .bind(address)
                .await();
        if (!bound.isSuccess()) {
            throw new IOException("the admin address " + address + " cannot be bound: "
                    + bound.cause().getMessage());
        }
        listening = bound.channel();
    }

    private void accept(Channel channel) {
        if (connections.size() >= MOST_CONNECTIONS) {
            channel.close();
            return;
        }
        connections.add(channel);
        channel.pipeline()
                .addLast(new ReadTimeoutHandler(IDLE_SECONDS))
                .addLast(new HttpServerCodec(new HttpDecoderConfig()
                        .setMaxInitialLineLength(MOST_LINE_BYTES)
                        .setMaxHeaderSize(MOST_HEADER_BYTES)))
                .addLast(new HttpServerKeepAliveHandler())
                .addLast(new HttpObjectAggregator(MOST_BODY_BYTES))
                .addLast(new AdminHandler(pages));
    }

    /** The address in use, or the one asked for where it is not bound. */
    public InetSocketAddress address() {
        Channel channel = listening;
        return channel != null && channel.localAddress() instanceof InetSocketAddress bound ? bound : address;
    }

    @Override
    public boolean ready() {
        Channel channel = listening;
        return channel != null && channel.isActive();
    }

    @Override
    public void close() {
        Channel channel = listening;
        if (channel != null) {
            channel.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
        }
        connections.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
    }
}
