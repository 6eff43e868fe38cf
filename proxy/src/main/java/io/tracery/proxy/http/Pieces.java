package io.tracery.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import io.tracery.proxy.http2.SmallSlices;
import java.util.ArrayDeque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Pieces of a body in their order. The first few stay as they are, for most bodies have no more; small ones after them are
 * put together, so that neither their number nor the buffers that they were read into count. Owns every piece that it was
 * given.
 */
final class Pieces {

    /** Most requests are one piece, which has no bytes. */
    private static final int USUAL = 1;

    private static final int AS_THEY_ARE = 4;

    private final ArrayDeque<HttpContent> all = new ArrayDeque<>(USUAL);

    /** Of the last piece, where that is one of ours and nobody else has seen it. */
    private @Nullable ByteBuf gathering;

    void add(HttpContent piece) {
        ByteBuf data = piece.content();
        if (all.size() < AS_THEY_ARE || piece instanceof LastHttpContent || !SmallSlices.keepsMuch(data)) {
            all.addLast(piece);
            gathering = null;
            return;
        }
        if (gathering == null) {
            gathering = SmallSlices.gather(data);
            all.addLast(new DefaultHttpContent(gathering));
        } else {
            gathering.writeBytes(data);
        }
        piece.release();
    }

    /** Before all others. */
    void addFirst(HttpContent piece) {
        all.addFirst(piece);
    }

    /** The caller's now. */
    HttpContent removeFirst() {
        HttpContent first = all.removeFirst();
        if (all.isEmpty()) {
            gathering = null;
        }
        return first;
    }

    /** The last one first, for putting them back; {@link #forget} them then. */
    Iterator<HttpContent> backwards() {
        return all.descendingIterator();
    }

    HttpContent first() {
        return all.getFirst();
    }

    Iterable<HttpContent> inOrder() {
        return all;
    }

    /** They are somebody else's. */
    void forget() {
        all.clear();
        gathering = null;
    }

    void release() {
        for (HttpContent piece : all) {
            piece.release();
        }
        forget();
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    int size() {
        return all.size();
    }
}
