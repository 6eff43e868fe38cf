package io.tracery.proxy.http1;

/**
 * What a message may be.
 *
 * @param lineBytes longest request line
 * @param headBytes a whole head, or a body's trailers
 * @param fields header fields in either
 */
public record Http1Limits(int lineBytes, int headBytes, int fields) {

    /** As many fields as Netty's peers take; each costs a look-up its comparison. */
    public static final int MOST_FIELDS = 200;
}
