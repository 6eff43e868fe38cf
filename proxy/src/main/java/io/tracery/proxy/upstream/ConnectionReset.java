package io.tracery.proxy.upstream;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;

/** Breaks connections off, at either end of the proxy. */
public final class ConnectionReset {

    private ConnectionReset() {}

    /**
     * When what was written has gone out the peer sees a reset (TCP's RST), and cannot take what has come so far for all that
     * there is. Past every handler: TLS would say goodbye.
     */
    public static void afterWrites(Channel channel) {
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            if (channel.isOpen()) {
                channel.config().setOption(ChannelOption.SO_LINGER, 0);
                channel.unsafe().close(channel.newPromise());
            }
        });
    }
}
