package io.tracery.proxy.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * A request that asks for another protocol on its connection: {@code Upgrade} (RFC 9110 section 7.8; WebSocket above all)
 * or {@code CONNECT} (section 9.3.6). Where the answer agrees, the exchange goes on as a tunnel, until either side ends.
 */
final class Switching {

    private static final int SWITCHING_PROTOCOLS = 101;

    private Switching() {}

    /** The protocol that a request asks for, or null. HTTP/2 by upgrade is not asked of the server behind us. */
    static @Nullable String asked(HttpVersion version, HttpHeaders headers) {
        if (!headers.contains(HttpHeaderNames.UPGRADE)
                || !version.equals(HttpVersion.HTTP_1_1)
                || !headers.containsValue(
                        HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, /* ignoreCase= */ true)) {
            return null;
        }
        String protocol = headers.get(HttpHeaderNames.UPGRADE, "");
        return protocol.regionMatches(/* ignoreCase= */ true, 0, "h2c", 0, 3) ? null : protocol;
    }

    /** Says it again towards the next hop, after what concerned the last one has been taken off. */
    static void ask(HttpHeaders headers, String protocol) {
        headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
        headers.set(HttpHeaderNames.UPGRADE, protocol);
    }

    /** An answer that precedes the answer proper. */
    static boolean interim(HttpResponse answer) {
        return answer.status().code() < 200 && answer.status().code() != SWITCHING_PROTOCOLS;
    }

    /** Whether the answer makes a tunnel of the exchange. */
    static boolean done(HttpMethod asked, HttpResponse answer) {
        int status = answer.status().code();
        return status == SWITCHING_PROTOCOLS || (HttpMethod.CONNECT.equals(asked) && status / 100 == 2);
    }
}
