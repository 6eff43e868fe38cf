package io.tracery.proxy.http2;

import io.tracery.proxy.http1.Grammar;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What a field's name means for the head that it stands in (RFC 9113 sections 8.2 and 8.3). */
enum FieldKind {
    METHOD(":method", Use.PSEUDO),
    SCHEME(":scheme", Use.PSEUDO),
    AUTHORITY(":authority", Use.PSEUDO),
    PATH(":path", Use.PSEUDO),
    STATUS(":status", Use.PSEUDO),
    PROTOCOL(":protocol", Use.PSEUDO),
    HOST("host", Use.KNOWN),
    COOKIE("cookie", Use.KNOWN),
    CONTENT_LENGTH("content-length", Use.KNOWN),
    TE("te", Use.KNOWN),
    CONNECTION("connection", Use.OF_ONE_CONNECTION),
    KEEP_ALIVE("keep-alive", Use.OF_ONE_CONNECTION),
    PROXY_CONNECTION("proxy-connection", Use.OF_ONE_CONNECTION),
    TRANSFER_ENCODING("transfer-encoding", Use.OF_ONE_CONNECTION),
    UPGRADE("upgrade", Use.OF_ONE_CONNECTION),
    HTTP2_SETTINGS("http2-settings", Use.OF_ONE_CONNECTION),
    OTHER("", Use.KNOWN);

    private enum Use {
        PSEUDO,
        KNOWN,
        OF_ONE_CONNECTION
    }

    private static final byte[] TRAILERS = "trailers".getBytes(StandardCharsets.US_ASCII);

    private final String name;
    private final Use use;

    FieldKind(String name, Use use) {
        this.name = name;
        this.use = use;
    }

    boolean pseudo() {
        return use == Use.PSEUDO;
    }

    /** What speaks of one HTTP/1 connection and never stands in a head of HTTP/2 (RFC 9113 section 8.2.2). */
    boolean ofOneConnection() {
        return use == Use.OF_ONE_CONNECTION;
    }

    /** Empty for all others. */
    String text() {
        return name;
    }

    static FieldKind named(String name) {
        for (FieldKind kind : values()) {
            if (kind.name.equals(name)) {
                return kind;
            }
        }
        return OTHER;
    }

    /** Null where it may stand in a head; which heads have which pseudo-headers is not looked at. */
    @Nullable
    String fault(byte[] names, int nameFrom, int nameTo, byte[] values, int valueFrom, int valueTo) {
        if (ofOneConnection() && this != HTTP2_SETTINGS) {
            return "a field that speaks of one connection";
        }
        if (!pseudo()) {
            if (nameFrom == nameTo) {
                return "a field without a name";
            }
            for (int i = nameFrom; i < nameTo; i++) {
                byte b = names[i];
                if (!Grammar.token(b) || (b >= 'A' && b <= 'Z')) {
                    return "a name that is not one in lower case";
                }
            }
        }
        if (this == TE && !Arrays.equals(TRAILERS, 0, TRAILERS.length, values, valueFrom, valueTo)) {
            return "te that is not trailers";
        }
        return valueFault(values, valueFrom, valueTo);
    }

    private static @Nullable String valueFault(byte[] values, int from, int to) {
        for (int i = from; i < to; i++) {
            if (!Grammar.value(values[i])) {
                return "a value with a control character";
            }
        }
        return to > from && (white(values[from]) || white(values[to - 1]))
                ? "a value that begins or ends with a space"
                : null;
    }

    private static boolean white(byte b) {
        return b == ' ' || b == '\t';
    }
}
