package io.tracery.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/**
 * What an HTTP/2 client sends ahead of the answer to its CONNECT, extended or not. It is kept here until an endpoint agrees: to one
 * that speaks HTTP/1.1 and declines it would look like the next request. No more than the stream's window, in one piece,
 * however small the frames were.
 */
final class Tunnel {

    private @Nullable ByteBuf held;
    private boolean ended;
    private boolean open;

    /** @param ended the client has said that nothing follows */
    Tunnel(boolean ended) {
        this.ended = ended;
    }

    /** There is no answer yet. */
    boolean waits() {
        return !open;
    }

    boolean holds() {
        return held != null;
    }

    /** Takes the piece over. */
    void hold(HttpContent piece) {
        ended |= piece instanceof LastHttpContent;
        ByteBuf data = piece.content();
        if (data.isReadable()) {
            ByteBuf to = held == null ? Unpooled.buffer(data.readableBytes()) : held;
            held = to.writeBytes(data);
        }
        piece.release();
    }

    /** The endpoint agrees: what was held, which is the caller's now, or null. */
    @Nullable
    HttpContent open() {
        open = true;
        ByteBuf early = held == null ? Unpooled.EMPTY_BUFFER : held;
        held = null;
        if (ended) {
            return new DefaultLastHttpContent(early);
        }
        return early.isReadable() ? new DefaultHttpContent(early) : null;
    }

    void release() {
        open = true;
        if (held != null) {
            held.release();
            held = null;
        }
    }
}
