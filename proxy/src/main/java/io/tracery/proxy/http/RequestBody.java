package io.tracery.proxy.http;

import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import io.tracery.proxy.upstream.Lease;

/**
 * The body of one request on its way upstream: pieces that wait to be written, and those already written, kept up to a
 * bound so that another attempt can send them again. Owns every piece that it was given.
 */
final class RequestBody {

    /** However small they are, each is an object. */
    private static final int MOST_WAITING_PIECES = 1024;

    private final int replayBytes;
    private final Pieces waiting = new Pieces();
    private final Pieces sent = new Pieces();

    private int keptBytes;
    private int waitingBytes;
    private boolean replayable = true;
    private boolean complete;
    private boolean allSent;

    RequestBody(int replayBytes) {
        this.replayBytes = replayBytes;
    }

    void add(HttpContent piece) {
        waitingBytes += piece.content().readableBytes();
        complete |= piece instanceof LastHttpContent;
        waiting.add(piece);
    }

    /** Writes what the upstream takes, without a flush. Answers true when nothing is left waiting. */
    boolean writeTo(Lease upstream) {
        while (!waiting.isEmpty() && (isMereEnd(waiting.first()) || upstream.writable())) {
            HttpContent piece = waiting.removeFirst();
            int bytes = piece.content().readableBytes();
            waitingBytes -= bytes;
            keep(piece, bytes);
            allSent |= piece instanceof LastHttpContent;
            upstream.write(piece);
        }
        return waiting.isEmpty();
    }

    /** Needs no room: a peer that waits for the end may open its window no further before it comes. */
    private static boolean isMereEnd(HttpContent piece) {
        return piece instanceof LastHttpContent && !piece.content().isReadable();
    }

    private void keep(HttpContent piece, int bytes) {
        if (!replayable) {
            return;
        }
        if (keptBytes + bytes > replayBytes) {
            forgetSent();
            return;
        }
        keptBytes += bytes;
        sent.add(duplicate(piece));
    }

    /** As {@code retainedDuplicate}, which would copy trailers that are not there. */
    private static HttpContent duplicate(HttpContent piece) {
        if (piece instanceof LastHttpContent last
                && last.content().isReadable()
                && last.trailingHeaders().isEmpty()) {
            return new DefaultLastHttpContent(last.content().retainedDuplicate(), EmptyHttpHeaders.INSTANCE);
        }
        return piece.retainedDuplicate();
    }

    /** Whether {@link #copyTo} can. */
    boolean copyable() {
        return complete && replayable && keptBytes + waitingBytes <= replayBytes;
    }

    /**
     * All of it, for one of several attempts beside each other; it is no more than is kept, so that nobody waits for room.
     */
    void copyTo(Lease upstream) {
        while (!waiting.isEmpty()) {
            HttpContent piece = waiting.removeFirst();
            keptBytes += piece.content().readableBytes();
            sent.add(piece);
        }
        waitingBytes = 0;
        allSent = true;
        sent.forEach(piece -> upstream.write(duplicate(piece)));
    }

    /** Puts what was written back in front of what waits, for another attempt. */
    void rewind() {
        while (!sent.isEmpty()) {
            HttpContent piece = sent.removeLast();
            waiting.addFirst(piece);
            waitingBytes += piece.content().readableBytes();
        }
        keptBytes = 0;
        allSent = false;
    }

    /** No other attempt will be made. */
    void forgetSent() {
        replayable = false;
        sent.release();
    }

    void release() {
        forgetSent();
        waiting.release();
        waitingBytes = 0;
    }

    boolean replayable() {
        return replayable;
    }

    /** The client has sent all of it. */
    boolean complete() {
        return complete;
    }

    /** All of it has been written upstream. */
    boolean allSent() {
        return allSent;
    }

    /** More waits than should; the client must not be read from until it has been written. */
    boolean full() {
        return waitingBytes > replayBytes || waiting.size() > MOST_WAITING_PIECES;
    }
}
