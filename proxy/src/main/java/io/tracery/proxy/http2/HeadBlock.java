package io.tracery.proxy.http2;

import static io.netty.handler.codec.http2.Http2Error.PROTOCOL_ERROR;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.util.concurrent.FastThreadLocal;
import io.tracery.proxy.http1.Framing;
import io.tracery.proxy.http1.Grammar;
import io.tracery.proxy.http1.HeadFields;
import io.tracery.proxy.http1.RepeatedTexts;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One block of headers, unpacked: pseudo-headers apart, all others as the lines that HTTP/1 would have (RFC 9113 section
 * 8.3). What could not be told apart on an HTTP/1 connection, such as a line break in a value, is refused when somebody asks
 * what the block says. All connections of a thread unpack into the same one: what it says must be asked for at once.
 */
public final class HeadBlock {

    private static final FastThreadLocal<HeadBlock> OF_THREAD = new FastThreadLocal<>() {
        @Override
        protected HeadBlock initialValue() {
            return new HeadBlock();
        }
    };

    private static final int STRIDE = 4;
    private static final byte[] LINE_END = {'\r', '\n'};
    private static final byte[] HOST = ascii("host");
    private static final byte[] TE = ascii("te");
    private static final byte[] COOKIE = ascii("cookie");
    private static final byte[] CONTENT_LENGTH = ascii("content-length");
    private static final byte[] TRANSFER_ENCODING = ascii("transfer-encoding");

    private static final long NO_LENGTH = Framing.NO_LENGTH;

    /** What a block may keep of the thread's memory between heads. */
    private static final int KEPT_BYTES = 16 * 1024;

    /** Room for the strings of the field that is being unpacked. */
    byte[] text = new byte[256];

    private byte[] packed = new byte[1024];
    private byte[] lines = new byte[1024];
    private int length;
    private int[] marks = new int[32 * STRIDE];
    private int fields;
    private long sensitive;

    private int listBytes;
    private int mostBytes;
    private int streamId;
    private @Nullable String fault;

    private @Nullable String method;
    private @Nullable String scheme;
    private @Nullable String authority;
    private @Nullable String path;
    private @Nullable String status;
    private @Nullable String protocol;
    private @Nullable String host;
    private @Nullable String cookie;
    private boolean cookieHidden;
    private long contentLength;

    private HeadBlock() {}

    private static byte[] ascii(String name) {
        return name.getBytes(StandardCharsets.US_ASCII);
    }

    /** The thread's own, empty. */
    static HeadBlock empty(int streamId, int mostBytes) {
        HeadBlock block = OF_THREAD.get();
        block.streamId = streamId;
        block.mostBytes = mostBytes;
        block.reset();
        return block;
    }

    private void reset() {
        length = 0;
        fields = 0;
        sensitive = 0;
        listBytes = 0;
        fault = null;
        method = null;
        scheme = null;
        authority = null;
        path = null;
        status = null;
        protocol = null;
        host = null;
        cookie = null;
        cookieHidden = false;
        contentLength = NO_LENGTH;
        if (lines.length > KEPT_BYTES) {
            lines = new byte[KEPT_BYTES];
        }
        if (text.length > KEPT_BYTES) {
            text = new byte[KEPT_BYTES];
        }
    }

    /** Room for a block of so many bytes before it is unpacked. */
    byte[] packed(int bytes) {
        if (packed.length < bytes) {
            packed = new byte[Math.max(2 * packed.length, bytes)];
        }
        return packed;
    }

    // ---- from the decoder ----

    void add(HpackField field) {
        if (counted(field.size())) {
            if (field.fault != null) {
                malformed(field.fault);
            } else if (field.kind == FieldKind.OTHER) {
                line(field.name, field.name.length, field.value, 0, field.value.length, /* hidden= */ false);
            } else {
                known(field.kind, field.text());
            }
        }
    }

    /** A field whose value lies in {@link #text}. */
    void add(FieldKind kind, byte[] name, int nameEnd, int valueFrom, int valueTo, boolean hidden) {
        if (counted(nameEnd + valueTo - valueFrom + HpackField.OVERHEAD)) {
            String wrong = kind.fault(name, 0, nameEnd, text, valueFrom, valueTo);
            if (wrong != null) {
                malformed(wrong);
            } else if (kind == FieldKind.OTHER) {
                line(name, nameEnd, text, valueFrom, valueTo, hidden);
            } else {
                boolean secret = hidden || kind == FieldKind.COOKIE;
                // Whoever passes it on must keep it in no table either (RFC 7541 section 6.2.3).
                cookieHidden |= hidden && kind == FieldKind.COOKIE;
                known(
                        kind,
                        secret
                                ? RepeatedTexts.unkept(text, valueFrom, valueTo)
                                : RepeatedTexts.text(text, valueFrom, valueTo));
            }
        }
    }

    private boolean counted(int size) {
        // A bound for what is counted, too: a small block can unpack to more than an int has room for.
        listBytes = Math.min(listBytes + size, mostBytes + 1);
        return listBytes <= mostBytes;
    }

    private void malformed(String what) {
        if (fault == null) {
            fault = what;
        }
    }

    private void known(FieldKind kind, String value) {
        if (kind.pseudo() && (fields > 0 || host != null || cookie != null || contentLength != NO_LENGTH)) {
            malformed("a pseudo-header behind a header");
            return;
        }
        switch (kind) {
            case METHOD -> method = once(method, value);
            case SCHEME -> scheme = once(scheme, value);
            case AUTHORITY -> authority = once(authority, value);
            case PATH -> path = once(path, value);
            case STATUS -> status = once(status, value);
            case PROTOCOL -> protocol = once(protocol, value);
            case HOST -> host = once(host, value);
            // One field again (RFC 9113 section 8.2.3).
            case COOKIE -> cookie = cookie == null ? value : cookie + "; " + value;
            case CONTENT_LENGTH -> contentLength(value);
            case TE -> line(TE, value);
            // For one connection, and of no use on this one.
            case HTTP2_SETTINGS, CONNECTION, KEEP_ALIVE, PROXY_CONNECTION, TRANSFER_ENCODING, UPGRADE -> {}
            case OTHER -> throw new IllegalStateException("a field of no special meaning is a line");
        }
    }

    private String once(@Nullable String before, String value) {
        if (before != null) {
            malformed("a header twice that may be there once");
        }
        return value;
    }

    private void contentLength(String value) {
        long parsed = Framing.length(value);
        if (parsed == NO_LENGTH || (contentLength != NO_LENGTH && contentLength != parsed)) {
            malformed("a content-length that is none, or another one");
        }
        contentLength = parsed;
    }

    // ---- lines ----

    private void line(byte[] name, String value) {
        line(name, value, /* hidden= */ false);
    }

    /** @param value Latin-1, as it came */
    private void line(byte[] name, String value, boolean hidden) {
        int at = begin(name, name.length, value.length());
        for (int i = 0; i < value.length(); i++) {
            lines[at + i] = (byte) value.charAt(i);
        }
        end(at + value.length(), hidden);
    }

    private void line(byte[] name, int nameEnd, byte[] value, int valueFrom, int valueTo, boolean hidden) {
        int count = valueTo - valueFrom;
        int at = begin(name, nameEnd, count);
        System.arraycopy(value, valueFrom, lines, at, count);
        end(at + count, hidden);
    }

    /** Makes room for a line and writes its name; answers where its value goes. */
    private int begin(byte[] name, int nameEnd, int valueBytes) {
        int start = length;
        int size = nameEnd + 2 + valueBytes + LINE_END.length;
        if (lines.length - start < size) {
            lines = Arrays.copyOf(lines, Math.max(2 * lines.length, start + size));
        }
        if (marks.length == fields * STRIDE) {
            marks = Arrays.copyOf(marks, 2 * marks.length);
        }
        System.arraycopy(name, 0, lines, start, nameEnd);
        int at = start + nameEnd;
        lines[at++] = ':';
        lines[at++] = ' ';
        int mark = fields * STRIDE;
        marks[mark] = start;
        marks[mark + 1] = start + nameEnd;
        marks[mark + 2] = at;
        return at;
    }

    private void end(int valueEnd, boolean hidden) {
        marks[fields * STRIDE + 3] = valueEnd;
        int at = valueEnd;
        lines[at++] = '\r';
        lines[at++] = '\n';
        length = at;
        if (hidden) {
            sensitive |= 1L << Math.min(fields, Long.SIZE - 1);
        }
        fields++;
    }

    private HeadFields taken() {
        if (contentLength != NO_LENGTH) {
            line(CONTENT_LENGTH, Long.toString(contentLength));
        }
        if (cookie != null) {
            line(COOKIE, cookie, cookieHidden);
        }
        byte[] bytes = Arrays.copyOf(lines, length + LINE_END.length);
        bytes[length] = '\r';
        bytes[length + 1] = '\n';
        HeadFields taken = new HeadFields(bytes, fields);
        for (int field = 0; field < fields; field++) {
            int mark = field * STRIDE;
            taken.line(marks[mark], marks[mark + 1], marks[mark + 2], marks[mark + 3]);
            if (sensitive != 0 && (sensitive & 1L << Math.min(field, Long.SIZE - 1)) != 0) {
                taken.sensitiveLine();
            }
        }
        return taken;
    }

    // ---- what it says ----

    /** It is more than may be, and has not been kept. */
    boolean tooLarge() {
        return listBytes > mostBytes;
    }

    /** How long the body is said to be; -1 where nothing is said. */
    long contentLength() {
        return contentLength;
    }

    /** An answer that precedes the answer proper. */
    boolean interim() {
        return status != null && status.length() == 3 && status.charAt(0) == '1';
    }

    /**
     * A request's head. A body of unknown length is marked as chunked, so that an HTTP/1 upstream learns where it ends; an
     * extended CONNECT becomes an {@link ExtendedConnect}.
     *
     * @param end whether the request has no body
     * @throws Http2Exception a stream error where the head is malformed
     */
    public HttpRequest request(boolean end) throws Http2Exception {
        check();
        String asked = method;
        if (asked == null || asked.isEmpty() || status != null) {
            throw malformedError("no :method, or a :status");
        }
        boolean connect = asked.equals("CONNECT");
        boolean plainConnect = connect && protocol == null;
        String target = plainConnect ? authority : path;
        if (plainConnect ? path != null || scheme != null : scheme == null) {
            throw malformedError("a :scheme or :path too few or too many");
        }
        if (target == null || !target(target)) {
            throw malformedError("no :path, or one with a space or control character in it");
        }
        String named = authority;
        if (named != null && !named.isEmpty()) {
            if (host != null && !host.equalsIgnoreCase(named)) {
                throw malformedError("Host and :authority differ");
            }
        } else {
            named = host;
        }
        if (named != null) {
            line(HOST, named);
        }
        if (protocol != null) {
            if (!connect || !token(protocol) || contentLength != NO_LENGTH) {
                throw malformedError(":protocol that is no token, or not with a CONNECT without content");
            }
            return ExtendedConnect.of(target, taken(), protocol);
        }
        if (plainConnect && contentLength != NO_LENGTH) {
            throw malformedError("CONNECT has no content: what follows it belongs to the tunnel");
        }
        if (!end && !plainConnect && contentLength == NO_LENGTH) {
            line(TRANSFER_ENCODING, "chunked");
        }
        return new DefaultHttpRequest(
                HttpVersion.HTTP_1_1, method(asked), target, taken(), /* validateRequestLine= */ false);
    }

    /** An answer's head that no body follows, whatever it says of one (RFC 9110 section 8.6). */
    boolean bodiless() {
        return "204".equals(status) || "304".equals(status);
    }

    /** @throws Http2Exception a stream error where the head is malformed */
    public HttpResponse response() throws Http2Exception {
        check();
        String code = status;
        if (code == null
                || code.length() != 3
                || method != null
                || path != null
                || scheme != null
                || authority != null) {
            throw malformedError("no :status, or pseudo-headers of a request");
        }
        for (int i = 0; i < code.length(); i++) {
            if (code.charAt(i) < '0' || code.charAt(i) > '9') {
                throw malformedError("not a status: " + code);
            }
        }
        if (host != null) {
            line(HOST, host);
        }
        return new DefaultHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(Integer.parseInt(code)), taken());
    }

    /** What trailers consist of. */
    public HttpHeaders trailers() throws Http2Exception {
        check();
        if (method != null
                || path != null
                || scheme != null
                || authority != null
                || status != null
                || protocol != null) {
            throw malformedError("pseudo-headers among trailers");
        }
        if (host != null) {
            line(HOST, host);
        }
        return taken();
    }

    private void check() throws Http2Exception {
        if (tooLarge()) {
            throw malformedError("headers of more than " + mostBytes + " bytes");
        }
        if (fault != null) {
            throw malformedError(fault);
        }
    }

    private HttpMethod method(String asked) throws Http2Exception {
        if (!token(asked)) {
            throw malformedError("not a method: " + asked);
        }
        return HttpMethod.valueOf(asked);
    }

    private static boolean target(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!Grammar.target((byte) text.charAt(i))) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /** RFC 9110 section 5.6.2. */
    private static boolean token(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!Grammar.token((byte) text.charAt(i))) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    private Http2Exception malformedError(String what) {
        return Http2Exception.streamError(streamId, PROTOCOL_ERROR, "%s", what);
    }
}
