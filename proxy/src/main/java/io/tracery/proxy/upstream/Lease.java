package io.tracery.proxy.upstream;

import io.netty.channel.Channel;

/** A connection or stream that one request holds, until it gives it back or closes it. */
public final class Lease {

    private final Channel channel;
    private final UpstreamHandler handler;
    private final boolean reused;
    private final Runnable onRelease;
    private boolean over;

    Lease(Channel channel, UpstreamHandler handler, boolean reused, UpstreamEvents holder, Runnable onRelease) {
        this.channel = channel;
        this.handler = handler;
        this.reused = reused;
        this.onRelease = onRelease;
        handler.hold(holder);
    }

    /** Takes and gives {@code HttpObject}s, whatever the HTTP version. */
    public Channel channel() {
        return channel;
    }

    /** True when an earlier request used the same connection: it may have died since. */
    public boolean reused() {
        return reused;
    }

    /** The SPIFFE ID that the connection was verified to lead to; empty for plain text. */
    public String peerIdentity() {
        return PeerIdentity.verified(channel);
    }

    /** The response is complete and the connection may serve another request. */
    public void release() {
        if (!over) {
            over = true;
            handler.letGo();
            onRelease.run();
        }
    }

    /** Ends the connection or resets the stream; nothing more is heard of it. */
    public void close() {
        if (!over) {
            over = true;
            handler.letGo();
            channel.close();
        }
    }
}
