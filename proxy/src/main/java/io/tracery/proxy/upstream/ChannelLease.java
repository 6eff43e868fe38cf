package io.tracery.proxy.upstream;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpObject;
import io.tracery.proxy.http1.Http1ClientCodec;

/** A lease of something that is a channel of its own. */
final class ChannelLease implements Lease {

    private final Channel channel;
    private final UpstreamHandler handler;
    private final boolean reused;
    private final Runnable onRelease;
    private boolean over;
    private boolean broken;

    ChannelLease(Channel channel, UpstreamHandler handler, boolean reused, UpstreamEvents holder, Runnable onRelease) {
        this.channel = channel;
        this.handler = handler;
        this.reused = reused;
        this.onRelease = onRelease;
        handler.hold(holder);
    }

    @Override
    public void write(HttpObject piece) {
        channel.write(piece);
    }

    @Override
    public void flush() {
        channel.flush();
    }

    @Override
    public boolean writable() {
        return channel.isWritable();
    }

    @Override
    public void reading(boolean on) {
        channel.config().setAutoRead(on);
    }

    @Override
    public boolean reused() {
        return reused;
    }

    @Override
    public long handshakeNanos() {
        return reused ? 0 : HandshakeTime.of(channel);
    }

    @Override
    public String peerIdentity() {
        return PeerIdentity.verified(channel);
    }

    @Override
    public void closesWith(long http2Error) {
        broken = true;
    }

    private boolean tunnel() {
        Http1ClientCodec codec = channel.pipeline().get(Http1ClientCodec.class);
        return codec != null && codec.tunnel();
    }

    @Override
    public void release() {
        if (!over) {
            over = true;
            handler.letGo();
            onRelease.run();
        }
    }

    @Override
    public void close() {
        if (!over) {
            over = true;
            handler.letGo();
            if (broken && tunnel()) {
                ConnectionReset.afterWrites(channel);
            } else {
                channel.close();
            }
        }
    }
}
