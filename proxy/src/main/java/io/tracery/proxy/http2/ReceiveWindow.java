package io.tracery.proxy.http2;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;

/** What the peer may send on a connection (RFC 9113 section 5.2), and what of it was taken and not yet given back. */
final class ReceiveWindow {

    /** It is given back in smaller parts than the half that is usual, so that more of it is of use. */
    private static final int PARTS = 10;

    private final int worth;
    private int left;
    private int taken;

    ReceiveWindow(int bytes) {
        left = bytes;
        worth = bytes / PARTS;
    }

    void came(int bytes) throws Http2Exception {
        left -= bytes;
        if (left < 0) {
            throw Http2Exception.connectionError(
                    Http2Error.FLOW_CONTROL_ERROR, "%s", "more than the connection's window");
        }
    }

    /** @return by how much it is to be opened, once that is worth a frame; else 0 */
    int taken(int bytes) {
        taken += bytes;
        if (taken < worth) {
            return 0;
        }
        int more = taken;
        taken = 0;
        left += more;
        return more;
    }
}
