package io.tracery.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.AsciiString;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A client's offer to go on over HTTP/2, made with an HTTP/1.1 request (RFC 7540 section 3.2; RFC 9113 has it no more). The
 * request becomes the connection's first stream. Whatever is not as it should be makes it an ordinary request.
 *
 * @param request without a word of the offer
 */
record Http2Upgrade(HttpRequest request, Http2Settings settings) {

    private static final AsciiString HTTP2_SETTINGS = AsciiString.cached("http2-settings");
    private static final int SETTING_BYTES = 6;

    private static final String ACCEPTED =
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";

    /** What the client is told before the first frame. */
    static ByteBuf accepted() {
        return Unpooled.copiedBuffer(ACCEPTED, StandardCharsets.US_ASCII);
    }

    /** Null where nothing is offered that can be taken up. A body would have to be waited for: those requests stay. */
    static @Nullable Http2Upgrade offered(HttpRequest request) {
        HttpHeaders headers = request.headers();
        if (!headers.contains(HTTP2_SETTINGS)
                || !request.protocolVersion().equals(HttpVersion.HTTP_1_1)
                || HttpMethod.CONNECT.equals(request.method())
                || !wantsHttp2(headers)
                || headers.getAll(HttpHeaderNames.HOST).size() != 1
                || headers.contains(HttpHeaderNames.TRANSFER_ENCODING)
                || HttpUtil.getContentLength(request, 0L) != 0) {
            return null;
        }
        List<String> all = headers.getAll(HTTP2_SETTINGS);
        Http2Settings settings = all.size() == 1 ? settings(all.getFirst()) : null;
        if (settings == null) {
            return null;
        }
        headers.remove(HttpHeaderNames.UPGRADE).remove(HTTP2_SETTINGS);
        return new Http2Upgrade(request, settings);
    }

    /** Before anything else that it offers; and both fields are said to be for this connection. */
    private static boolean wantsHttp2(HttpHeaders headers) {
        String first = headers.get(HttpHeaderNames.UPGRADE, "").split(",", 2)[0].strip();
        return first.toLowerCase(Locale.ROOT).equals("h2c")
                && headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderNames.UPGRADE, /* ignoreCase= */ true)
                && headers.containsValue(HttpHeaderNames.CONNECTION, HTTP2_SETTINGS, /* ignoreCase= */ true);
    }

    /** The payload of a SETTINGS frame, base64url without padding (RFC 7540 section 3.2.1); null where it is none. */
    private static @Nullable Http2Settings settings(String encoded) {
        try {
            ByteBuffer payload = ByteBuffer.wrap(Base64.getUrlDecoder().decode(encoded));
            if (payload.remaining() % SETTING_BYTES != 0 || encoded.indexOf('=') >= 0) {
                return null;
            }
            Http2Settings settings = new Http2Settings();
            while (payload.hasRemaining()) {
                settings.put(payload.getChar(), Long.valueOf(Integer.toUnsignedLong(payload.getInt())));
            }
            return settings;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
