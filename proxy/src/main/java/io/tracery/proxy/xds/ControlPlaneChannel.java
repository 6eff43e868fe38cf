package io.tracery.proxy.xds;

import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.nio.file.Path;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.net.ssl.SSLException;

/** Dials the control plane with as few threads as can be: the given NIO loop for bytes, the given executor for messages. */
public final class ControlPlaneChannel {

    private static final int MOST_MESSAGE_BYTES = 64 * 1024 * 1024;
    private static final long KEEPALIVE_SECONDS = 30;

    private ControlPlaneChannel() {}

    /** The function throws {@link IllegalStateException} while the trust anchor cannot be read. */
    public static Function<ScheduledExecutorService, ManagedChannel> to(XdsServer server, EventLoopGroup loop) {
        return executor -> {
            NettyChannelBuilder builder = NettyChannelBuilder.forAddress(server.host(), server.port())
                    .eventLoopGroup(loop)
                    .channelType(NioSocketChannel.class)
                    .executor(executor)
                    .offloadExecutor(executor)
                    .maxInboundMessageSize(MOST_MESSAGE_BYTES)
                    .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS);
            Path trustAnchor = server.trustAnchorFile();
            if (trustAnchor == null) {
                builder.usePlaintext();
            } else {
                try {
                    builder.sslContext(GrpcSslContexts.forClient()
                            .trustManager(trustAnchor.toFile())
                            .build());
                } catch (SSLException | IllegalArgumentException e) {
                    throw new IllegalStateException(
                            "the control plane's trust anchor " + trustAnchor + " cannot be read: " + e.getMessage(),
                            e);
                }
            }
            return builder.build();
        };
    }
}
