package io.tracery.proxy.upstream;

import io.tracery.tracing.span.Fate;

/**
 * Why there is no connection to an endpoint. Nothing of a request was sent then, so that any request may be tried again.
 */
public final class UpstreamFailure extends Exception {

    private final Fate fate;

    public UpstreamFailure(Fate fate, String message) {
        // A failed connection is an ordinary event: its stack trace says nothing and costs much.
        super(message, null, false, false);
        this.fate = fate;
    }

    public Fate fate() {
        return fate;
    }
}
