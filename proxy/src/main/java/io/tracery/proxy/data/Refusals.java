package io.tracery.proxy.data;

import io.netty.handler.codec.http2.Http2Error;
import java.util.concurrent.atomic.LongAdder;

/** Connections that were ended by us for a reason of their own, not an exchange's, and streams refused unread. Any thread. */
public final class Refusals {

    private final LongAdder noIdentity = new LongAdder();
    private final LongAdder unverified = new LongAdder();
    private final LongAdder tooMany = new LongAdder();

    private final LongAdder overloaded = new LongAdder();
    private final LongAdder silent = new LongAdder();
    private final LongAdder abusive = new LongAdder();
    private final LongAdder malformed = new LongAdder();
    private final LongAdder streams = new LongAdder();

    void noIdentity() {
        noIdentity.increment();
    }

    void unverified() {
        unverified.increment();
    }

    void tooMany() {
        tooMany.increment();
    }

    void overloaded() {
        overloaded.increment();
    }

    void silent() {
        silent.increment();
    }

    /** By what a client's HTTP/2 connection was told. */
    void http2(Http2Error code) {
        switch (code) {
            case ENHANCE_YOUR_CALM -> abusive.increment();
            case REFUSED_STREAM -> streams.increment();
            default -> malformed.increment();
        }
    }

    /** The client asked for too much on its HTTP/2 connection: resets, or frames that carry nothing. */
    public long ofAbusiveClients() {
        return abusive.sum();
    }

    /** What the client sent on its HTTP/2 connection is against the protocol in a way that ends all of it. */
    public long ofMalformedConnections() {
        return malformed.sum();
    }

    /** HTTP/2 streams, not connections: their connection had as many as it may. */
    public long ofStreams() {
        return streams.sum();
    }

    /** The client did not say in time what it speaks. */
    public long ofSilentClients() {
        return silent.sum();
    }

    /** Mutual TLS is demanded and this proxy has no valid identity to show. */
    public long withoutIdentity() {
        return noIdentity.sum();
    }

    /** The peer showed no certificate of the mesh's, or one without a SPIFFE ID. */
    public long ofUnverifiedPeers() {
        return unverified.sum();
    }

    /** The process had as many connections as it may, or its buffers as much memory. */
    public long overloads() {
        return overloaded.sum();
    }

    /** The listener had as many connections as it may. */
    public long overLimit() {
        return tooMany.sum();
    }
}
