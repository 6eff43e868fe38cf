package io.tracery.proxy.http1;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;

/**
 * How a message's body ends (RFC 9112 section 6). Wherever two readers could find two ends, there is none: the message is
 * refused.
 */
public final class Framing {

    /** More digits than any body needs, and few enough for a long. */
    private static final int MOST_DIGITS = 18;

    public static final long NO_LENGTH = -1;

    static final long CHUNKED = -1;
    static final long UNTIL_CLOSE = -2;
    static final long NO_MESSAGE = -3;

    private Framing() {}

    /** Bytes of the request's body, or {@link #CHUNKED}. */
    static long ofRequest(HttpVersion version, HttpHeaders headers) {
        long declared = declared(version, headers);
        return declared == UNTIL_CLOSE ? 0 : declared;
    }

    /**
     * Bytes of the response's body, {@link #CHUNKED} or {@link #UNTIL_CLOSE}. What the head declares must make sense even
     * where no body follows.
     *
     * @param asked the request's method
     */
    static long ofResponse(HttpMethod asked, int status, HttpVersion version, HttpHeaders headers) {
        long declared = declared(version, headers);
        return bodiless(asked, status) ? 0 : declared;
    }

    /** Answers to HEAD and those with these codes have no body, whatever their heads declare. */
    public static boolean bodiless(HttpMethod asked, int status) {
        return status < 200 || status == 204 || status == 304 || HttpMethod.HEAD.equals(asked);
    }

    private static long declared(HttpVersion version, HttpHeaders headers) {
        List<String> codings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        List<String> lengths = headers.getAll(HttpHeaderNames.CONTENT_LENGTH);
        if (!codings.isEmpty()) {
            if (!lengths.isEmpty()) {
                throw new MalformedMessage("Content-Length and Transfer-Encoding in one message");
            }
            if (codings.size() > 1 || !codings.getFirst().equalsIgnoreCase("chunked")) {
                throw new MalformedMessage("the only transfer coding is chunked");
            }
            if (version.equals(HttpVersion.HTTP_1_0)) {
                throw new MalformedMessage("Transfer-Encoding in HTTP/1.0, which does not know it");
            }
            return CHUNKED;
        }
        if (lengths.isEmpty()) {
            return UNTIL_CLOSE;
        }
        if (lengths.size() > 1) {
            throw new MalformedMessage("more than one Content-Length");
        }
        long length = length(lengths.getFirst());
        if (length == NO_LENGTH) {
            throw new MalformedMessage("Content-Length is a number of at most " + MOST_DIGITS + " digits");
        }
        return length;
    }

    /** What a {@code Content-Length} says, or {@link #NO_LENGTH} where it is none (RFC 9110 section 8.6). */
    public static long length(String text) {
        if (text.isEmpty() || text.length() > MOST_DIGITS) {
            return NO_LENGTH;
        }
        long length = 0;
        for (int i = 0; i < text.length(); i++) {
            char digit = text.charAt(i);
            if (digit < '0' || digit > '9') {
                return NO_LENGTH;
            }
            length = length * 10 + digit - '0';
        }
        return length;
    }
}
