package io.tracery.shop.net;

/** A peer did not answer, or its answer was not the peer's own. The caller's caller sees 502. */
public final class PeerFailedException extends RuntimeException {

    public PeerFailedException(String peer, String why) {
        super(peer + " " + why);
    }
}
