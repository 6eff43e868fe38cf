package io.tracery.proxy.http;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Intervention;
import io.tracery.proxy.loop.LoopState;
import io.tracery.proxy.mesh.MeshSnapshot;
import io.tracery.proxy.route.Mirror;
import io.tracery.proxy.route.Route;
import io.tracery.tracing.context.TraceContext;
import io.tracery.tracing.span.Fate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Copies of one request that go elsewhere too. Each is an exchange of its own, with its own fate, span and series, so that
 * nothing of it is counted as the client's. A copy that cannot keep up is given up: it never holds up the request that it
 * was made of, nor keeps more of its body than a retry would.
 */
final class Mirrors {

    private final List<Copy> copies;

    private Mirrors(List<Copy> copies) {
        this.copies = copies;
    }

    /** Begins the copies whose turn it is; null where there are none. */
    static @Nullable Mirrors begin(LoopState loop, MeshSnapshot snapshot, Exchange of, HttpRequest head, Route route) {
        List<Mirror> mirrors = route.filters().mirrors();
        // What two sides say to each other cannot be copied to a third.
        if (mirrors.isEmpty() || Switching.wanted(head)) {
            return null;
        }
        List<Copy> copies = new ArrayList<>(mirrors.size());
        for (Mirror mirror : mirrors) {
            if (mirror.share().takes(loop.random())) {
                Copy copy = new Copy(loop, snapshot, of, head, mirror.route());
                copy.relay.start();
                copies.add(copy);
            }
        }
        return copies.isEmpty() ? null : new Mirrors(copies);
    }

    void requestPiece(HttpContent piece) {
        for (int i = 0; i < copies.size(); i++) {
            copies.get(i).requestPiece(piece.retainedDuplicate());
        }
    }

    void flushRequest() {
        for (int i = 0; i < copies.size(); i++) {
            copies.get(i).relay.flushRequest();
        }
    }

    /** The request has ended: a copy that has all of it goes on alone, another never will have it. */
    void ended() {
        for (int i = 0; i < copies.size(); i++) {
            copies.get(i).originalEnded();
        }
    }

    /** The client of a copy: asks, and does not listen. */
    private static final class Copy implements Client {

        private final HttpRelay relay;

        private boolean requestComplete;
        private boolean behind;

        Copy(LoopState loop, MeshSnapshot snapshot, Exchange of, HttpRequest head, Route route) {
            Exchange exchange = new Exchange(
                    of.direction(),
                    of.listener(),
                    of.protocol(),
                    loop.ticker().epochNanos(),
                    loop.ticker().nanos());
            exchange.request(of.protocol(), of.method(), of.path(), of.authority(), of.scheme());
            exchange.peer(of.peer(), of.peerIdentity(), of.mutualTls());
            exchange.intervene(Intervention.MIRROR);
            TraceContext trace = of.trace();
            if (trace != null) {
                exchange.trace(trace.child(loop.random()), trace.spanId());
            }
            exchange.routed(route);
            HttpHeaders headers = head.headers().copy();
            // Nobody waits for the answer to it.
            headers.remove(HttpHeaderNames.EXPECT);
            HttpRequest copy = new DefaultHttpRequest(HttpVersion.HTTP_1_1, head.method(), head.uri(), headers);
            this.relay = new HttpRelay(loop, snapshot, exchange, this, copy, route);
        }

        void requestPiece(HttpContent piece) {
            requestComplete |= piece instanceof LastHttpContent;
            relay.requestPiece(piece);
            if (behind) {
                relay.giveUp(Fate.QUEUE_FULL);
            }
        }

        void originalEnded() {
            if (!requestComplete) {
                relay.giveUp(Fate.CLIENT_GONE);
            }
        }

        @Override
        public void write(HttpObject piece) {
            ReferenceCountUtil.release(piece);
        }

        @Override
        public void interim(HttpResponse response) {
            // Nobody waits for it.
        }

        @Override
        public void flush() {
            // Nothing was kept.
        }

        @Override
        public boolean writable() {
            return true;
        }

        @Override
        public void reading(boolean on) {
            // The original is read at its own pace; a copy for which that is too fast is no copy any more.
            behind = !on;
        }

        @Override
        public void over(boolean answered) {
            // The relay has done its accounts.
        }
    }
}
