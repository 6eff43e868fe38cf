package io.tracery.proxy.http;

import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import io.tracery.proxy.loop.LoopState;
import io.tracery.proxy.upstream.Lease;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Passes the body of an answer on no faster than a rate, in portions of a twentieth of a second. What has come and may not
 * go yet is kept here; when that is much, the upstream is not read from.
 */
final class Throttle {

    private static final int MOST_KEPT = 64 * 1024;
    private static final long PORTIONS_PER_SECOND = 20;
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final LoopState loop;
    private final HttpRelay relay;
    private final Client client;
    private final long bytesPerSecond;
    private final ArrayDeque<HttpContent> kept = new ArrayDeque<>();

    private int keptBytes;
    private long nextNanos;
    private boolean complete;
    private boolean over;
    private @Nullable ScheduledFuture<?> waiting;

    Throttle(LoopState loop, HttpRelay relay, Client client, long bytesPerSecond) {
        this.loop = loop;
        this.relay = relay;
        this.client = client;
        this.bytesPerSecond = bytesPerSecond;
        this.nextNanos = loop.ticker().nanos();
    }

    void add(HttpAttempt attempt, HttpContent piece) {
        complete |= piece instanceof LastHttpContent;
        kept.addLast(piece);
        keptBytes += piece.content().readableBytes();
        read(attempt);
        if (waiting == null) {
            pass(attempt);
        }
    }

    private void pass(HttpAttempt attempt) {
        waiting = null;
        while (!kept.isEmpty() && !over) {
            long now = loop.ticker().nanos();
            if (nextNanos > now || !client.writable()) {
                long pause = Math.max(nextNanos - now, NANOS_PER_SECOND / PORTIONS_PER_SECOND);
                waiting = loop.loop().schedule(() -> pass(attempt), pause, TimeUnit.NANOSECONDS);
                break;
            }
            HttpContent portion = portion(Math.max(1, bytesPerSecond / PORTIONS_PER_SECOND));
            int bytes = portion.content().readableBytes();
            keptBytes -= bytes;
            nextNanos = now + bytes * NANOS_PER_SECOND / bytesPerSecond;
            relay.pass(attempt, portion);
        }
        if (!over) {
            read(attempt);
            client.flush();
        }
    }

    private HttpContent portion(long most) {
        HttpContent piece = kept.getFirst();
        if (piece.content().readableBytes() <= most) {
            return kept.removeFirst();
        }
        return new DefaultHttpContent(piece.content().readRetainedSlice((int) most));
    }

    private void read(HttpAttempt attempt) {
        Lease lease = attempt.lease();
        if (lease != null && !complete) {
            lease.reading(keptBytes <= MOST_KEPT);
        }
    }

    /** The whole answer has come; what becomes of its connection is of no importance any more. */
    boolean complete() {
        return complete;
    }

    void release() {
        over = true;
        if (waiting != null) {
            waiting.cancel(false);
        }
        kept.forEach(ReferenceCountUtil::release);
        kept.clear();
    }
}
