package io.tracery.proxy.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.util.AsciiString;
import io.tracery.proxy.http2.ExtendedConnect;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * A request that asks for another protocol on its connection: {@code Upgrade} (RFC 9110 section 7.8; WebSocket above all),
 * {@code CONNECT} (section 9.3.6; over HTTP/2 RFC 9113 section 8.5) or an HTTP/2 client's extended CONNECT (RFC 8441). Where
 * the answer agrees, the exchange goes on as a tunnel, until either side ends.
 */
final class Switching {

    private static final int SWITCHING_PROTOCOLS = 101;
    private static final int MOST_PORT = 65_535;
    private static final int MOST_PORT_DIGITS = 5;

    private static final AsciiString HTTP2_SETTINGS = AsciiString.cached("http2-settings");

    private Switching() {}

    /**
     * The protocols that a request offers to switch to, as a list, or null. HTTP/2 is taken out of it wherever it stands,
     * and so are its settings: a server that agreed would take requests past routes, limits and accounts.
     */
    static @Nullable String asked(HttpVersion version, HttpHeaders headers) {
        if (!headers.contains(HttpHeaderNames.UPGRADE)) {
            return null;
        }
        headers.remove(HTTP2_SETTINGS);
        if (!version.equals(HttpVersion.HTTP_1_1)
                || !headers.containsValue(
                        HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, /* ignoreCase= */ true)) {
            return null;
        }
        StringJoiner offered = new StringJoiner(", ").setEmptyValue("");
        for (String line : headers.getAll(HttpHeaderNames.UPGRADE)) {
            for (String protocol : line.split(",")) {
                if (!protocol.isBlank() && !http(protocol.strip())) {
                    offered.add(protocol.strip());
                }
            }
        }
        return offered.length() == 0 ? null : offered.toString();
    }

    /**
     * Whether an exchange may become a tunnel: the one place that says so. An HTTP/2 client's extended CONNECT has become an
     * upgrade by then ({@link ExtendedConnect}).
     */
    static boolean wanted(HttpRequest head) {
        return upgrade(head) || HttpMethod.CONNECT.equals(head.method());
    }

    /** What is wrong with a CONNECT (RFC 9110 section 9.3.6), or null. */
    static @Nullable String problem(HttpRequest connect) {
        String target = connect.uri();
        int colon = target.lastIndexOf(':');
        if (colon <= 0 || !host(target.substring(0, colon)) || !port(target.substring(colon + 1))) {
            return "CONNECT is to a host and a port";
        }
        HttpHeaders headers = connect.headers();
        return headers.contains(HttpHeaderNames.TRANSFER_ENCODING) || HttpUtil.getContentLength(connect, 0L) != 0
                ? "CONNECT has no content: what follows it belongs to the tunnel"
                : null;
    }

    /** A name, or an address of IPv6 in brackets. */
    private static boolean host(String text) {
        int last = text.length() - 1;
        boolean bracketed = last > 1 && text.charAt(0) == '[' && text.charAt(last) == ']';
        String within = bracketed ? text.substring(1, last) : text;
        String never = bracketed ? "/?#@[]" : "/?#@[]:";
        return within.chars().noneMatch(c -> never.indexOf(c) >= 0);
    }

    private static boolean port(String digits) {
        return !digits.isEmpty()
                && digits.length() <= MOST_PORT_DIGITS
                && digits.chars().allMatch(c -> c >= '0' && c <= '9')
                && Integer.parseInt(digits) > 0
                && Integer.parseInt(digits) <= MOST_PORT;
    }

    /** How a tunnel is broken off that was asked for so, in HTTP/2's words (RFC 9113 section 8.5, RFC 8441 section 4). */
    static long brokenOff(HttpMethod asked) {
        return (HttpMethod.CONNECT.equals(asked) ? Http2Error.CONNECT_ERROR : Http2Error.CANCEL).code();
    }

    /** Towards an HTTP/2 endpoint it is an extended CONNECT. */
    static boolean upgrade(HttpRequest head) {
        return head.headers().contains(HttpHeaderNames.UPGRADE);
    }

    /** An HTTP/2 client that asks for HTTP asks to get past routes, limits and accounts. */
    static boolean refused(HttpRequest head) {
        return head instanceof ExtendedConnect && http(head.headers().get(HttpHeaderNames.UPGRADE, ""));
    }

    /**
     * Before it goes on over HTTP/2, where only WebSocket is known to work: any other offer of an HTTP/1.1 client is left
     * out, as whoever is asked may (RFC 9110 section 7.8).
     */
    static void onlyWebSocket(HttpRequest head) {
        if (upgrade(head) && !ExtendedConnect.websocket(head)) {
            head.headers().remove(HttpHeaderNames.UPGRADE).remove(HttpHeaderNames.CONNECTION);
        }
    }

    /** HTTP again, by any name that servers know: {@code h2c}, {@code h2c-14}, {@code h2}, {@code HTTP/2.0}. */
    private static boolean http(String protocol) {
        return protocol.regionMatches(/* ignoreCase= */ true, 0, "h2", 0, 2)
                || protocol.regionMatches(/* ignoreCase= */ true, 0, "http/", 0, 5);
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
