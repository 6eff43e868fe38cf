package io.tracery.proxy.tcp;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.socket.DuplexChannel;
import org.jspecify.annotations.Nullable;

/**
 * Ends one direction of a connection by a FIN, with TLS too. {@code close_notify} would be the word for it there, but
 * BoringSSL's engine takes the peer's as the end of both directions, and a database that answers after its client has
 * said all would be cut off.
 */
final class HalfClose {

    private HalfClose() {}

    static void output(@Nullable Channel channel) {
        if (channel instanceof DuplexChannel duplex && channel.isActive()) {
            // Behind everything that was written, encrypted or not.
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> duplex.shutdownOutput());
        }
    }

    static void closeAfterWrites(@Nullable Channel channel) {
        if (channel != null && channel.isActive()) {
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }
}
