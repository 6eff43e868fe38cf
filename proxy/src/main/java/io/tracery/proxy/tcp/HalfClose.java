package io.tracery.proxy.tcp;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.socket.DuplexChannel;
import io.tracery.proxy.loop.LoopState;
import io.tracery.proxy.loop.Swept;
import io.tracery.proxy.upstream.ConnectionReset;
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

    /** Says that a connection broke: all that was written goes out, and a reset follows it. */
    static void breakAfterWrites(@Nullable Channel channel, LoopState loop) {
        if (channel != null && channel.isActive()) {
            ConnectionReset.afterWrites(channel);
            linger(channel, loop);
        }
    }

    /** Closes when all is written; a peer that does not read is given as long as one that says nothing. */
    static void closeAfterWrites(@Nullable Channel channel, LoopState loop) {
        if (channel == null || !channel.isActive()) {
            return;
        }
        ChannelFuture written = channel.writeAndFlush(Unpooled.EMPTY_BUFFER);
        written.addListener(ChannelFutureListener.CLOSE);
        if (!written.isDone()) {
            linger(channel, loop);
        }
    }

    private static void linger(Channel channel, LoopState loop) {
        if (channel.isOpen()) {
            Lingering end = new Lingering(
                    channel, loop.ticker().nanos() + loop.limits().idleTimeout().toNanos());
            loop.add(end);
            channel.closeFuture().addListener(closed -> loop.remove(end));
        }
    }

    private record Lingering(Channel channel, long untilNanos) implements Swept {

        @Override
        public void sweep(long nowNanos) {
            if (nowNanos - untilNanos > 0) {
                channel.close();
            }
        }

        @Override
        public double pace(long nowNanos) {
            return 0;
        }

        @Override
        public void drop() {
            Swept.cut(channel);
        }
    }
}
