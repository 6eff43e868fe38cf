package io.tracery.proxy.data;

import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.tracery.proxy.http.Drain;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;

/** The clients' connections of one side, and their orderly end. Any thread. */
final class OpenConnections {

    private final ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private volatile boolean draining;

    /** False when no more may come. */
    boolean add(Channel channel) {
        return !draining && open.add(channel);
    }

    int size() {
        return open.size();
    }

    /** Asks each to end once it has finished what is open on it. */
    void drain() {
        draining = true;
        open.forEach(channel -> channel.pipeline().fireUserEventTriggered(Drain.NOW));
    }

    /** Waits until there is none, no longer than until then; others may come meanwhile. */
    void awaitEmpty(long endNanos) {
        long left = endNanos - System.nanoTime();
        Iterator<Channel> one = open.iterator();
        while (one.hasNext() && left > 0) {
            one.next().closeFuture().awaitUninterruptibly(left, TimeUnit.NANOSECONDS);
            left = endNanos - System.nanoTime();
            one = open.iterator();
        }
    }

    /** Ends what is left, past every handler: an HTTP/2 connection that is asked to close would wait for its streams. */
    void end() {
        open.forEach(
                channel -> channel.eventLoop().execute(() -> channel.unsafe().close(channel.newPromise())));
    }
}
