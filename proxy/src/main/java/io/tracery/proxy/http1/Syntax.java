package io.tracery.proxy.http1;

import java.nio.charset.StandardCharsets;

/** The fixed parts of a message. */
final class Syntax {

    static final byte CR = '\r';
    static final byte LF = '\n';
    static final byte[] CRLF = ascii("\r\n");
    static final byte[] COLON = ascii(": ");
    static final byte[] REQUEST_VERSION = ascii(" HTTP/1.1\r\n");
    static final byte[] RESPONSE_VERSION = ascii("HTTP/1.1 ");
    static final byte[] LAST_CHUNK = ascii("0\r\n");

    private Syntax() {}

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
