package io.tracery.proxy.upstream;

import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http2.Http2Error;

/**
 * A connection or stream that one request holds, until it gives it back or closes it. Takes HTTP/1 messages piece by
 * piece, whatever the HTTP version; what comes back is told to the {@link UpstreamEvents} that asked for it.
 */
public interface Lease {

    /** Passes a piece of the request on, without a flush; takes it over. */
    void write(HttpObject piece);

    void flush();

    /** False while what was written waits for the peer: {@link UpstreamEvents#writabilityChanged} tells of the change. */
    boolean writable();

    /** Stops or resumes reading what the upstream sends. */
    void reading(boolean on);

    /** True when an earlier request used the same connection: it may have died since. */
    boolean reused();

    /** How long the TLS handshake of a connection took that is new with this lease; 0 for others and for plain text. */
    long handshakeNanos();

    /** With which code the upstream reset its answer (RFC 9113 section 7); INTERNAL_ERROR where it gave none. */
    default long resetCode() {
        return Http2Error.INTERNAL_ERROR.code();
    }

    /** The SPIFFE ID that the connection was verified to lead to; empty for plain text. */
    String peerIdentity();

    /** The response is complete and the connection may serve another request. */
    void release();

    /**
     * The client broke its request off: with which code {@link #close} is to reset the stream (RFC 9113 section 7). A
     * connection is reset likewise where it carries a tunnel.
     */
    default void closesWith(long http2Error) {}

    /** Ends the connection or resets the stream; nothing more is heard of it. */
    void close();
}
