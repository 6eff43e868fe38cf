package io.tracery.proxy.upstream;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;

/** How long a connection's TLS handshake took: a part of the time until the connection was ready. */
public final class HandshakeTime {

    private static final AttributeKey<Long> NANOS = AttributeKey.valueOf(HandshakeTime.class, "nanos");

    private HandshakeTime() {}

    static void remember(Channel connection, long nanos) {
        connection.attr(NANOS).set(nanos);
    }

    /** 0 without TLS. */
    public static long of(Channel connection) {
        Long nanos = connection.attr(NANOS).get();
        return nanos == null ? 0 : nanos;
    }
}
