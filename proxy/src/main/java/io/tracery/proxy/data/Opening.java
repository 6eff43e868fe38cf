package io.tracery.proxy.data;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * What a client's first bytes are. It looks and takes nothing, and more bytes never change an answer that was given: however
 * a connection is cut into segments, it is understood alike.
 */
public enum Opening {
    /** Too few bytes to tell. */
    UNDECIDED,
    /** A request line of HTTP/1 (RFC 9112 section 3) up to its version. */
    HTTP_1,
    /** The connection preface (RFC 9113 section 3.4). */
    HTTP_2,
    /** A ClientHello (RFC 8446 section 4.1.2): TLS of the application's own. */
    TLS,
    /** Anything else. */
    OPAQUE,
    /** The client waited and the server spoke. */
    SERVER_FIRST;

    /** A longer request line is taken for HTTP, which has an answer for it. */
    static final int LONGEST = 8 * 1024;

    private static final int LONGEST_METHOD = 32;
    private static final byte[] PREFACE = ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    private static final byte[] VERSION = ascii("HTTP/1.");
    private static final String MARKS = "!#$%&'*+-.^_`|~";

    private static final int HANDSHAKE = 0x16;
    private static final int TLS_MAJOR = 3;
    private static final int CLIENT_HELLO = 1;
    private static final int CLIENT_HELLO_AT = 5;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** As metrics and pages write it. */
    public String label() {
        return label;
    }

    /** True where the connection goes on as HTTP. */
    public boolean http() {
        return this == HTTP_1 || this == HTTP_2;
    }

    /** Of a port that is declared to be HTTP: version 2 by its preface, else 1, whose codec has an answer for the rest. */
    static Opening ofHttp(ByteBuf in) {
        int alike = alike(in, in.readerIndex(), PREFACE);
        return alike == PREFACE.length ? HTTP_2 : alike == in.readableBytes() ? UNDECIDED : HTTP_1;
    }

    /** Of a port of which nothing is declared. */
    public static Opening of(ByteBuf in) {
        if (!in.isReadable()) {
            return UNDECIDED;
        }
        if (in.getUnsignedByte(in.readerIndex()) == HANDSHAKE) {
            return hello(in);
        }
        int alike = alike(in, in.readerIndex(), PREFACE);
        return alike == PREFACE.length ? HTTP_2 : alike == in.readableBytes() ? UNDECIDED : requestLine(in);
    }

    private static Opening hello(ByteBuf in) {
        int start = in.readerIndex();
        if (in.readableBytes() > 1 && in.getUnsignedByte(start + 1) != TLS_MAJOR) {
            return OPAQUE;
        }
        if (in.readableBytes() <= CLIENT_HELLO_AT) {
            return UNDECIDED;
        }
        return in.getUnsignedByte(start + CLIENT_HELLO_AT) == CLIENT_HELLO ? TLS : OPAQUE;
    }

    private static Opening requestLine(ByteBuf in) {
        int at = in.readerIndex();
        int end = in.writerIndex();
        int method = at;
        while (at < end && isToken(in.getByte(at))) {
            at++;
        }
        if (at - method > LONGEST_METHOD || (at < end && (at == method || in.getByte(at) != ' '))) {
            return OPAQUE;
        }
        int target = ++at;
        while (at < end && in.getUnsignedByte(at) > ' ') {
            at++;
            if (at - method > LONGEST) {
                return HTTP_1;
            }
        }
        if (at >= end) {
            return UNDECIDED;
        }
        if (at == target || in.getByte(at) != ' ') {
            return OPAQUE;
        }
        int alike = alike(in, at + 1, VERSION);
        return alike == VERSION.length ? HTTP_1 : alike == end - at - 1 ? UNDECIDED : OPAQUE;
    }

    private static boolean isToken(byte one) {
        return (one >= 'A' && one <= 'Z')
                || (one >= 'a' && one <= 'z')
                || (one >= '0' && one <= '9')
                || (one > 0 && MARKS.indexOf(one) >= 0);
    }

    private static int alike(ByteBuf in, int from, byte[] expected) {
        int alike = 0;
        int most = Math.min(in.writerIndex() - from, expected.length);
        while (alike < most && in.getByte(from + alike) == expected[alike]) {
            alike++;
        }
        return alike;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
