package io.tracery.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import io.tracery.proxy.http2.SmallSlices;
import java.util.ArrayDeque;
import java.util.NoSuchElementException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Pieces of a body in their order. The first few stay as they are, for most bodies have no more; small ones after them are
 * put together, so that neither their number nor the buffers that they were read into count. Owns every piece that it was
 * given.
 */
final class Pieces {

    private static final int AS_THEY_ARE = 4;

    /** Most requests are one piece, which has no bytes: no list is made for it. */
    private @Nullable HttpContent first;

    private @Nullable ArrayDeque<HttpContent> others;

    /** Of the last piece, where that is one of ours and nobody else has seen it. */
    private @Nullable ByteBuf gathering;

    void add(HttpContent piece) {
        ByteBuf data = piece.content();
        if (size() < AS_THEY_ARE || piece instanceof LastHttpContent || !SmallSlices.keepsMuch(data)) {
            addLast(piece);
            gathering = null;
            return;
        }
        if (gathering == null) {
            gathering = SmallSlices.gather(data);
            addLast(new DefaultHttpContent(gathering));
        } else {
            gathering.writeBytes(data);
        }
        piece.release();
    }

    private void addLast(HttpContent piece) {
        if (first == null) {
            first = piece;
        } else {
            others().addLast(piece);
        }
    }

    private ArrayDeque<HttpContent> others() {
        if (others == null) {
            others = new ArrayDeque<>(2 * AS_THEY_ARE);
        }
        return others;
    }

    /** Before all others. */
    void addFirst(HttpContent piece) {
        if (first != null) {
            others().addFirst(first);
        }
        first = piece;
    }

    /** The caller's now. */
    HttpContent removeFirst() {
        HttpContent removed = first();
        first = others == null ? null : others.pollFirst();
        if (first == null) {
            gathering = null;
        }
        return removed;
    }

    /** The caller's now. */
    HttpContent removeLast() {
        HttpContent last = others == null ? null : others.pollLast();
        gathering = null;
        return last == null ? removeFirst() : last;
    }

    /** @throws NoSuchElementException where there is none */
    HttpContent first() {
        if (first == null) {
            throw new NoSuchElementException("no piece is left");
        }
        return first;
    }

    /** In their order. */
    void forEach(Consumer<HttpContent> each) {
        if (first != null) {
            each.accept(first);
        }
        if (others != null) {
            others.forEach(each);
        }
    }

    void release() {
        while (first != null) {
            removeFirst().release();
        }
    }

    boolean isEmpty() {
        return first == null;
    }

    int size() {
        return (first == null ? 0 : 1) + (others == null ? 0 : others.size());
    }
}
