package io.tracery.proxy.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http2.HttpConversionUtil.ExtensionHeaderNames;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Headers that speak of one connection and must not be passed on (RFC 9110 section 7.6.1). */
final class HopByHop {

    private static final AsciiString KEEP_ALIVE = AsciiString.cached("keep-alive");
    private static final AsciiString PROXY_CONNECTION = AsciiString.cached("proxy-connection");

    /** What Netty's HTTP/2 codec adds when it makes HTTP/1 messages of streams. */
    private static final List<AsciiString> CODEC_HEADERS = Stream.of(ExtensionHeaderNames.values())
            .map(ExtensionHeaderNames::text)
            .toList();

    private HopByHop() {}

    /**
     * Takes them off. {@code Transfer-Encoding} stays: the encoders on the other side frame the body by it and make their
     * own of it; {@code TE: trailers} stays, which gRPC servers ask for.
     */
    static void remove(HttpHeaders headers) {
        List<String> connection = headers.getAll(HttpHeaderNames.CONNECTION);
        for (String value : connection) {
            for (String name : value.split(",")) {
                String listed = name.strip().toLowerCase(Locale.ROOT);
                // A client could otherwise strip what the mesh relies on by naming it here.
                if (!listed.isEmpty() && !protectedName(listed)) {
                    headers.remove(listed);
                }
            }
        }
        headers.remove(HttpHeaderNames.CONNECTION);
        headers.remove(KEEP_ALIVE);
        headers.remove(PROXY_CONNECTION);
        headers.remove(HttpHeaderNames.UPGRADE);
        CODEC_HEADERS.forEach(headers::remove);
        if (headers.contains(HttpHeaderNames.TE)
                && !headers.containsValue(HttpHeaderNames.TE, HttpHeaderValues.TRAILERS, true)) {
            headers.remove(HttpHeaderNames.TE);
        }
    }

    private static boolean protectedName(String name) {
        return switch (name) {
            case "transfer-encoding", "content-length", "host", "te", "traceparent", "tracestate" -> true;
            default -> false;
        };
    }
}
