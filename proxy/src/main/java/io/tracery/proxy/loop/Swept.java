package io.tracery.proxy.loop;

import io.netty.channel.Channel;

/** Something of one event loop that is looked at about once a second, so that idleness needs no timer of its own. */
public interface Swept {

    /** Ends itself if nothing has moved for too long. */
    void sweep(long nowNanos);

    /** Bytes a second, where something waits for somebody who does not take it; endless where nothing does. */
    default double pace(long nowNanos) {
        return Double.POSITIVE_INFINITY;
    }

    /** Ends at once, and what waits with it. */
    default void drop() {}

    /** Ends a connection past every handler: TLS above all would wait until its peer has read. */
    static void cut(Channel channel) {
        channel.unsafe().close(channel.newPromise());
    }
}
