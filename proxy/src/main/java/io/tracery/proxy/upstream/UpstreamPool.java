package io.tracery.proxy.upstream;

/** Connections of one HTTP version to one endpoint, on one event loop. */
public interface UpstreamPool {

    /** Hands over a connection at once or later, or says why there is none; exactly one call, on the event loop. */
    void acquire(Taker taker, Freshness freshness);

    /** Closes what was not used for too long and fails those who waited for too long; called about once a second. */
    void sweep(long nowNanos);

    /** Closes what nobody holds; what is held is closed when it is given back. */
    void retire();

    /** Whether a connection that an earlier request used will do. */
    enum Freshness {
        ANY,
        /** Only one on which nothing has been sent: an older one has just turned out to be closed. */
        NEW
    }

    /** Who asked for a connection. It is also who hears of what happens on it. */
    interface Taker extends UpstreamEvents {

        void ready(Lease lease);

        void failed(UpstreamFailure failure);

        /** What it will send over HTTP/2 is an extended CONNECT (RFC 8441), which not every peer takes. */
        default boolean extendedConnect() {
            return false;
        }
    }
}
