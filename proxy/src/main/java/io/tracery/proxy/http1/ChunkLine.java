package io.tracery.proxy.http1;

import io.netty.buffer.ByteBuf;

/**
 * The line before a chunk: {@code 1*HEXDIG *( ";" token [ "=" ( token / quoted-string ) ] ) CRLF} (RFC 9112 section 7.1).
 * Extensions are of one hop; they are checked, because readers that skip them carelessly lose their place, and not passed
 * on.
 */
final class ChunkLine {

    /** One fewer than fills a long with its sign. */
    private static final int MOST_DIGITS = 15;

    private final ByteBuf in;
    private int at;

    private ChunkLine(ByteBuf in) {
        this.in = in;
        this.at = in.readerIndex();
    }

    /**
     * @param end index after the line, whose last byte is a line feed
     * @return how many bytes the chunk has
     */
    static long size(ByteBuf in, int end) {
        ChunkLine line = new ChunkLine(in);
        long size = line.size();
        while (line.next() == ';') {
            line.extension();
        }
        if (line.next() != Syntax.CR || line.at + 2 != end) {
            throw new MalformedMessage("a chunk's line holds a byte that may not stand there");
        }
        return size;
    }

    private byte next() {
        return in.getByte(at);
    }

    private long size() {
        long size = 0;
        int start = at;
        for (int digit = hex(next()); digit >= 0; digit = hex(next())) {
            size = size << 4 | digit;
            at++;
            if (at - start > MOST_DIGITS) {
                throw new MalformedMessage("a chunk of more bytes than there are");
            }
        }
        if (at == start) {
            throw new MalformedMessage("a chunk begins with its size");
        }
        return size;
    }

    private void extension() {
        at++;
        token();
        if (next() == '=') {
            at++;
            if (next() == '"') {
                quoted();
            } else {
                token();
            }
        }
    }

    private void token() {
        int start = at;
        while (Grammar.token(next())) {
            at++;
        }
        if (at == start) {
            throw new MalformedMessage("a chunk's extension has no name or no value");
        }
    }

    private void quoted() {
        at++;
        while (next() != '"') {
            if (next() == '\\') {
                at++;
            }
            if (!Grammar.value(next())) {
                throw new MalformedMessage("a chunk's extension is not closed");
            }
            at++;
        }
        at++;
    }

    private static int hex(byte b) {
        if (b >= '0' && b <= '9') {
            return b - '0';
        }
        byte letter = Grammar.lower(b);
        return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
    }
}
