package io.tracery.proxy.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.Locale;

/** Headers that speak of one connection and must not be passed on (RFC 9110 section 7.6.1). */
final class HopByHop {

    private static final AsciiString KEEP_ALIVE = AsciiString.cached("keep-alive");
    private static final AsciiString PROXY_CONNECTION = AsciiString.cached("proxy-connection");

    private HopByHop() {}

    /**
     * Takes them off. {@code Transfer-Encoding} stays: the encoders on the other side frame the body by it and make their
     * own of it; {@code TE: trailers} stays, which gRPC servers ask for.
     */
    static void remove(HttpHeaders headers) {
        if (headers.contains(HttpHeaderNames.CONNECTION)) {
            for (String value : headers.getAll(HttpHeaderNames.CONNECTION)) {
                removeListed(headers, value);
            }
            headers.remove(HttpHeaderNames.CONNECTION);
        }
        headers.remove(KEEP_ALIVE);
        headers.remove(PROXY_CONNECTION);
        headers.remove(HttpHeaderNames.UPGRADE);
        if (headers.contains(HttpHeaderNames.TE)
                && !headers.containsValue(HttpHeaderNames.TE, HttpHeaderValues.TRAILERS, true)) {
            headers.remove(HttpHeaderNames.TE);
        }
    }

    private static void removeListed(HttpHeaders headers, String connection) {
        // What it nearly always says, and names no other field.
        if (connection.equals("keep-alive") || connection.equals("close")) {
            return;
        }
        for (String name : connection.split(",")) {
            String listed = name.strip().toLowerCase(Locale.ROOT);
            // A client could otherwise strip what the mesh relies on by naming it here.
            if (!listed.isEmpty() && !protectedName(listed)) {
                headers.remove(listed);
            }
        }
    }

    private static boolean protectedName(String name) {
        return switch (name) {
            case "transfer-encoding",
                    "content-length",
                    "host",
                    "te",
                    "traceparent",
                    "tracestate",
                    "baggage",
                    "b3",
                    "uber-trace-id" -> true;
            default -> name.startsWith("x-b3-");
        };
    }
}
