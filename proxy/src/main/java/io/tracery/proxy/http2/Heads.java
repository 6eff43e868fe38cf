package io.tracery.proxy.http2;

import static io.netty.handler.codec.http2.Http2Error.PROTOCOL_ERROR;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Headers.PseudoHeaderName;
import io.netty.util.AsciiString;
import java.util.Iterator;
import java.util.Map.Entry;
import org.jspecify.annotations.Nullable;

/**
 * Heads of messages, HTTP/2's way and HTTP/1's way (RFC 9113 section 8.3). What could not be told apart on an HTTP/1
 * connection, such as a line break in a value, is refused.
 */
public final class Heads {

    private static final AsciiString KEEP_ALIVE = AsciiString.cached("keep-alive");
    private static final AsciiString PROXY_CONNECTION = AsciiString.cached("proxy-connection");
    private static final AsciiString HTTP2_SETTINGS = AsciiString.cached("http2-settings");

    private Heads() {}

    /**
     * A request's head. A body of unknown length is marked as chunked, so that an HTTP/1 upstream learns where it ends; an
     * extended CONNECT becomes an {@link ExtendedConnect}.
     *
     * @param streamId for the error
     * @param end whether the request has no body
     * @throws Http2Exception a stream error where the head is malformed
     */
    public static HttpRequest request(int streamId, Http2Headers from, boolean end) throws Http2Exception {
        CharSequence method = from.method();
        if (method == null) {
            throw malformed(streamId, "no :method", null);
        }
        CharSequence authority = from.authority();
        boolean connect = HttpMethod.CONNECT.asciiName().contentEquals(method);
        CharSequence protocol = from.get(PseudoHeaderName.PROTOCOL.value());
        CharSequence path = connect && protocol == null ? authority : from.path();
        if (path == null || !plain(path)) {
            throw malformed(streamId, "no :path, or one with a space or control character in it", null);
        }
        HttpHeaders headers = fields(streamId, from);
        if (authority != null && !authority.isEmpty()) {
            String host = headers.get(HttpHeaderNames.HOST);
            if (host != null && !AsciiString.contentEqualsIgnoreCase(host, authority)) {
                throw malformed(streamId, "Host and :authority differ", null);
            }
            set(streamId, headers, authority);
        }
        if (protocol != null) {
            if (!connect || !token(protocol) || headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
                throw malformed(streamId, ":protocol that is no token, or not with a CONNECT without content", null);
            }
            return ExtendedConnect.of(path.toString(), headers, protocol);
        }
        if (!end && !headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
            headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
        try {
            return new DefaultHttpRequest(
                    HttpVersion.HTTP_1_1,
                    HttpMethod.valueOf(method.toString()),
                    path.toString(),
                    headers,
                    /* validateRequestLine= */ false);
        } catch (IllegalArgumentException e) {
            throw malformed(streamId, "not a method: " + method, e);
        }
    }

    private static void set(int streamId, HttpHeaders headers, CharSequence authority) throws Http2Exception {
        try {
            headers.set(HttpHeaderNames.HOST, authority);
        } catch (IllegalArgumentException e) {
            throw malformed(streamId, "not an authority", e);
        }
    }

    /** @throws Http2Exception a stream error where the head is malformed */
    public static HttpResponse response(int streamId, Http2Headers from) throws Http2Exception {
        CharSequence status = from.status();
        if (status == null) {
            throw malformed(streamId, "no :status", null);
        }
        try {
            HttpResponseStatus parsed = HttpResponseStatus.parseLine(status);
            return new DefaultHttpResponse(HttpVersion.HTTP_1_1, parsed, fields(streamId, from));
        } catch (IllegalArgumentException e) {
            throw malformed(streamId, "not a status: " + status, e);
        }
    }

    /** Everything but the pseudo-headers; also what trailers consist of. */
    public static HttpHeaders fields(int streamId, Http2Headers from) throws Http2Exception {
        HttpHeaders headers = new DefaultHttpHeaders();
        StringBuilder cookies = null;
        try {
            for (Entry<CharSequence, CharSequence> field : from) {
                CharSequence name = field.getKey();
                if (name.charAt(0) == ':') {
                    continue;
                }
                if (HttpHeaderNames.COOKIE.contentEqualsIgnoreCase(name)) {
                    // One field again (RFC 9113 section 8.2.3).
                    cookies = cookies == null ? new StringBuilder() : cookies.append("; ");
                    cookies.append(field.getValue());
                } else {
                    headers.add(name, field.getValue());
                }
            }
            if (cookies != null) {
                headers.set(HttpHeaderNames.COOKIE, cookies.toString());
            }
        } catch (IllegalArgumentException e) {
            throw malformed(streamId, "a header field that is none", e);
        }
        return headers;
    }

    /**
     * One that asks for another protocol becomes an extended CONNECT (RFC 8441 section 4).
     *
     * @param scheme of the connection that the request goes out on
     * @param protocol that it asks for, or null
     */
    public static Http2Headers of(HttpRequest request, AsciiString scheme, @Nullable String protocol) {
        Http2Headers to = new DefaultHttp2Headers(false);
        String host = request.headers().get(HttpHeaderNames.HOST);
        if (protocol != null) {
            to.method(HttpMethod.CONNECT.asciiName()).scheme(scheme).path(request.uri());
            to.set(PseudoHeaderName.PROTOCOL.value(), protocol);
        } else if (HttpMethod.CONNECT.equals(request.method())) {
            return fields(
                    request.headers(), to.method(HttpMethod.CONNECT.asciiName()).authority(request.uri()));
        } else {
            to.method(request.method().asciiName()).scheme(scheme).path(request.uri());
        }
        if (host != null && !host.isEmpty()) {
            to.authority(host);
        }
        Http2Headers all = fields(request.headers(), to);
        if (protocol != null) {
            all.remove(ExtendedConnect.KEY);
        }
        return all;
    }

    public static Http2Headers of(HttpResponse response) {
        return fields(
                response.headers(),
                new DefaultHttp2Headers(false).status(response.status().codeAsText()));
    }

    /** The answer that makes a tunnel of an extended CONNECT (RFC 8441 section 5). */
    public static Http2Headers agreed(HttpResponse response) {
        Http2Headers headers = of(response).status(HttpResponseStatus.OK.codeAsText());
        headers.remove(ExtendedConnect.ACCEPT);
        return headers;
    }

    public static Http2Headers trailers(HttpHeaders from) {
        return fields(from, new DefaultHttp2Headers(false));
    }

    private static Http2Headers fields(HttpHeaders from, Http2Headers to) {
        Iterator<Entry<CharSequence, CharSequence>> fields = from.iteratorCharSequence();
        while (fields.hasNext()) {
            Entry<CharSequence, CharSequence> field = fields.next();
            AsciiString name = AsciiString.of(field.getKey()).toLowerCase();
            if (!ofOneConnection(name)) {
                to.add(name, field.getValue());
            }
        }
        return to;
    }

    /** What HTTP/2 has frames for and must not carry (RFC 9113 section 8.2.2); the host is the authority. */
    private static boolean ofOneConnection(AsciiString name) {
        return switch (name.length()) {
            case 4 -> HttpHeaderNames.HOST.equals(name);
            case 7 -> HttpHeaderNames.UPGRADE.equals(name);
            case 10 -> HttpHeaderNames.CONNECTION.equals(name) || KEEP_ALIVE.equals(name);
            case 14 -> HTTP2_SETTINGS.equals(name);
            case 16 -> PROXY_CONNECTION.equals(name);
            case 17 -> HttpHeaderNames.TRANSFER_ENCODING.equals(name);
            default -> false;
        };
    }

    /** RFC 9110 section 5.6.2. */
    private static boolean token(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean letterOrDigit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!letterOrDigit && "!#$%&'*+-.^_`|~".indexOf(c) < 0) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    private static boolean plain(CharSequence path) {
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c <= ' ' || c == 0x7f) {
                return false;
            }
        }
        return !path.isEmpty();
    }

    private static Http2Exception malformed(int streamId, String what, @Nullable Throwable cause) {
        return cause == null
                ? Http2Exception.streamError(streamId, PROTOCOL_ERROR, "%s", what)
                : Http2Exception.streamError(streamId, PROTOCOL_ERROR, cause, "%s", what);
    }
}
