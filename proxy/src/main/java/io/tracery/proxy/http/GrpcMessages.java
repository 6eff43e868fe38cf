package io.tracery.proxy.http;

import io.netty.buffer.ByteBuf;

/** Counts the messages of one direction of a gRPC exchange by the five bytes that each begins with (gRPC over HTTP/2, Length-Prefixed-Message). */
final class GrpcMessages {

    private static final int PREFIX = 5;

    /** Bytes of the message under way that are still to come. */
    private long rest;

    private int prefixSeen;
    private long length;

    /** @return how many messages begin in a piece of the body, each where its length is known */
    int in(ByteBuf piece) {
        int begun = 0;
        int at = piece.readerIndex();
        int end = piece.writerIndex();
        while (at < end) {
            if (rest > 0) {
                long skipped = Math.min(rest, end - at);
                rest -= skipped;
                at += (int) skipped;
                continue;
            }
            // The first byte says whether the message is compressed, the other four how long it is.
            length = prefixSeen == 0 ? 0 : length << 8 | piece.getUnsignedByte(at);
            at++;
            if (++prefixSeen == PREFIX) {
                prefixSeen = 0;
                rest = length;
                begun++;
            }
        }
        return begun;
    }
}
