package io.tracery.proxy.upstream;

import io.netty.handler.codec.http.HttpObject;

/** What one request learns of its way upstream, on its event loop. */
public interface UpstreamEvents {

    /** A piece of the response; the receiver owns it. */
    void received(HttpObject piece);

    /** No more pieces for the moment: what was passed on should go out. */
    void readComplete();

    /** Whether more may be written at the moment has changed. */
    void writabilityChanged();

    /** The connection or stream is gone; called at most once, also after a complete response. */
    void closed(Closing how);

    /** How a connection or stream came to its end. */
    enum Closing {
        /** Closed or reset: the request may have reached the application. */
        CLOSED,
        /** The peer says that the application never saw the request: REFUSED_STREAM, or GOAWAY with a lower stream id. */
        REFUSED,
        /** The peer ended TLS with an alert: in TLS 1.3 it may turn a certificate down after the handshake. */
        TLS,
        /** What came was not HTTP. */
        MALFORMED
    }
}
