package io.tracery.proxy.identity;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Handshakes over loopback, and what each side learned of the other. */
final class Handshakes {

    /** @param failure the server's, or null when both were content */
    record Outcome(
            String protocol,
            String serverSeenByClient,
            String clientSeenByServer,
            @Nullable Throwable failure) {}

    private Handshakes() {}

    static Outcome between(Identity client, Identity server) throws Exception {
        return between(client.client(), server.server());
    }

    static Outcome withoutCertificate(SslProvider provider, Identity server) throws Exception {
        SslContext client = SslContextBuilder.forClient()
                .sslProvider(provider)
                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                .endpointIdentificationAlgorithm(null)
                .build();
        try {
            return between(client, server.server());
        } finally {
            ReferenceCountUtil.release(client);
        }
    }

    private static Outcome between(SslContext client, SslContext server) throws Exception {
        CompletableFuture<SslHandler> atServer = new CompletableFuture<>();
        CompletableFuture<SslHandler> atClient = new CompletableFuture<>();
        ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
        var loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try {
            Channel listening = new ServerBootstrap()
                    .group(loops)
                    .channel(NioServerSocketChannel.class)
                    .childHandler(side(server, atServer, open))
                    .bind(InetAddress.getLoopbackAddress(), 0)
                    .sync()
                    .channel();
            new Bootstrap()
                    .group(loops)
                    .channel(NioSocketChannel.class)
                    .handler(side(client, atClient, open))
                    .connect(listening.localAddress())
                    .sync();
            try {
                // The server's word counts: in TLS 1.3 the client is done before the server has seen its certificate.
                SslHandler accepted = atServer.get(10, TimeUnit.SECONDS);
                SslHandler connected = atClient.get(10, TimeUnit.SECONDS);
                return new Outcome(accepted.engine().getSession().getProtocol(), peer(connected), peer(accepted), null);
            } catch (ExecutionException e) {
                return new Outcome("", "", "", e.getCause());
            } finally {
                listening.close().sync();
            }
        } finally {
            // One after the other: a loop that ends with its channels does not let their handlers release anything.
            open.close().sync();
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        }
    }

    private static String peer(SslHandler tls) throws Exception {
        return Svid.check((X509Certificate) tls.engine().getSession().getPeerCertificates()[0])
                .toString();
    }

    private static ChannelInitializer<Channel> side(
            SslContext context, CompletableFuture<SslHandler> done, ChannelGroup open) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                open.add(channel);
                SslHandler tls = context.newHandler(channel.alloc());
                channel.pipeline().addLast(tls, new ChannelInboundHandlerAdapter() {
                    @Override
                    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
                        if (event instanceof SslHandshakeCompletionEvent completion) {
                            if (completion.isSuccess()) {
                                done.complete(tls);
                            } else {
                                done.completeExceptionally(completion.cause());
                                ctx.close();
                            }
                        }
                    }

                    @Override
                    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                        ctx.close();
                    }
                });
            }
        };
    }
}
