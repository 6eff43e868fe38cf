package io.tracery.proxy.http1;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;

/**
 * Reads one complete head, from its first byte to its empty line, in one pass. Whatever is not exactly RFC 9112's grammar
 * is refused: a line that ends without CR, a space before a colon, a folded line, a second space in the request line.
 * Where readers of the same bytes could disagree, smuggling begins.
 */
final class HeadParser {

    private static final int VERSION_LENGTH = 8;

    private final byte[] bytes;
    private int at;

    /** @param head begins with a start line or, for trailers, with a field; ends with an empty line */
    HeadParser(byte[] head) {
        this.bytes = head;
    }

    /** No more than the empty line; before a request it means nothing (RFC 9112 section 2.2). */
    boolean empty() {
        return bytes.length == Syntax.CRLF.length;
    }

    // ---- request line: method SP target SP version CRLF ----

    HttpMethod method() {
        int start = at;
        while (Grammar.token(bytes[at])) {
            at++;
        }
        if (at == start) {
            throw new MalformedMessage("a request begins with its method");
        }
        HttpMethod method = common(start, at - start);
        expect((byte) ' ', "one space follows the method");
        return method;
    }

    private HttpMethod common(int start, int length) {
        HttpMethod guess = switch (bytes[start]) {
            case 'G' -> HttpMethod.GET;
            case 'P' -> length == 4 ? HttpMethod.POST : HttpMethod.PUT;
            case 'H' -> HttpMethod.HEAD;
            case 'D' -> HttpMethod.DELETE;
            default -> HttpMethod.OPTIONS;
        };
        return same(guess.name(), start, length) ? guess : HttpMethod.valueOf(text(start, start + length));
    }

    String target() {
        int start = at;
        while (Grammar.target(bytes[at])) {
            at++;
        }
        if (at == start) {
            throw new MalformedMessage("the request's target is empty");
        }
        String target = RepeatedTexts.text(bytes, start, at);
        expect((byte) ' ', "a request's target is visible ASCII, followed by one space");
        return target;
    }

    /** @param mostBytes of the request line */
    HttpVersion requestVersion(int mostBytes) {
        HttpVersion version = version();
        endOfLine("the request line ends with its version");
        if (at > mostBytes + Syntax.CRLF.length) {
            throw new MalformedMessage(Complaint.LONG_LINE, "the request line is longer than " + mostBytes + " bytes");
        }
        return version;
    }

    private HttpVersion version() {
        if (bytes.length - at < VERSION_LENGTH || !same("HTTP/1.", at, VERSION_LENGTH - 1)) {
            throw new MalformedMessage("not HTTP/1.0 or HTTP/1.1");
        }
        byte minor = bytes[at + VERSION_LENGTH - 1];
        at += VERSION_LENGTH;
        return switch (minor) {
            case '1' -> HttpVersion.HTTP_1_1;
            case '0' -> HttpVersion.HTTP_1_0;
            default -> throw new MalformedMessage("not HTTP/1.0 or HTTP/1.1");
        };
    }

    // ---- status line: version SP status SP reason CRLF ----

    HttpVersion responseVersion() {
        HttpVersion version = version();
        expect((byte) ' ', "one space follows the version");
        return version;
    }

    HttpResponseStatus status() {
        int code = digit() * 100 + digit() * 10 + digit();
        if (code < 100) {
            throw new MalformedMessage("a status code is 100 at least");
        }
        // Servers that have no reason to give may leave out the space too, which section 4 asks clients to bear.
        if (bytes[at] == ' ') {
            at++;
        } else if (bytes[at] != Syntax.CR) {
            throw new MalformedMessage("a status code has three digits");
        }
        int start = at;
        while (Grammar.value(bytes[at])) {
            at++;
        }
        int end = at;
        endOfLine("the status line holds a byte that may not stand there");
        HttpResponseStatus known = HttpResponseStatus.valueOf(code);
        return same(known.reasonPhrase(), start, end - start) ? known : new HttpResponseStatus(code, text(start, end));
    }

    private int digit() {
        byte b = bytes[at++];
        if (b < '0' || b > '9') {
            throw new MalformedMessage("a status code has three digits");
        }
        return b - '0';
    }

    // ---- fields ----

    /**
     * All that follows, up to the empty line.
     *
     * @param most how many there may be
     */
    HeadFields fields(int most) {
        HeadFields fields = new HeadFields(bytes);
        int count = 0;
        while (bytes[at] != Syntax.CR) {
            if (++count > most) {
                throw new MalformedMessage(Complaint.LARGE_HEAD, "more than " + most + " header fields");
            }
            field(fields);
        }
        if (at != bytes.length - Syntax.CRLF.length) {
            throw new MalformedMessage("a line begins with a carriage return");
        }
        return fields;
    }

    private void field(HeadFields fields) {
        int nameStart = at;
        while (Grammar.token(bytes[at])) {
            at++;
        }
        int nameEnd = at;
        if (bytes[at] != ':' || nameEnd == nameStart) {
            throw new MalformedMessage("a header field is a name, a colon and a value");
        }
        at++;
        while (Grammar.blank(bytes[at])) {
            at++;
        }
        int valueStart = at;
        while (Grammar.value(bytes[at])) {
            at++;
        }
        int valueEnd = at;
        while (valueEnd > valueStart && Grammar.blank(bytes[valueEnd - 1])) {
            valueEnd--;
        }
        endOfLine("a header field's value holds a byte that may not stand there");
        fields.line(nameStart, nameEnd, valueStart, valueEnd);
    }

    // ---- parts ----

    /** The head ends with CR LF, which no loop above passes: none of them needs to look for the array's end. */
    private void endOfLine(String otherwise) {
        if (bytes[at] != Syntax.CR || bytes[at + 1] != Syntax.LF) {
            throw new MalformedMessage(otherwise);
        }
        at += 2;
    }

    private void expect(byte wanted, String otherwise) {
        if (bytes[at] != wanted) {
            throw new MalformedMessage(otherwise);
        }
        at++;
    }

    private boolean same(String wanted, int start, int length) {
        if (wanted.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (bytes[start + i] != wanted.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private String text(int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }
}
