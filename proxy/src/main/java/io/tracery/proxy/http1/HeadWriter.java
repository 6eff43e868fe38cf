package io.tracery.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;

/**
 * Where a head is put together: an array that a thread's connections share, so that a head goes into its buffer by one
 * copy. What was not read by our own parser is checked here, so that no value can begin a line of its own.
 */
final class HeadWriter {

    private static final FastThreadLocal<HeadWriter> OF_THREAD = new FastThreadLocal<>() {
        @Override
        protected HeadWriter initialValue() {
            return new HeadWriter();
        }
    };

    private static final char LAST_LATIN_1 = '\u00ff';

    private byte[] bytes = new byte[2048];
    private int length;

    private HeadWriter() {}

    /** The thread's own, empty. */
    static HeadWriter empty() {
        HeadWriter writer = OF_THREAD.get();
        writer.length = 0;
        return writer;
    }

    HeadWriter raw(byte[] source, int from, int to) {
        int count = to - from;
        room(count);
        System.arraycopy(source, from, bytes, length, count);
        length += count;
        return this;
    }

    HeadWriter raw(byte[] source) {
        return raw(source, 0, source.length);
    }

    HeadWriter raw(byte b) {
        room(1);
        bytes[length++] = b;
        return this;
    }

    /** @throws IllegalArgumentException for anything that a request line may not hold */
    HeadWriter target(String uri) {
        int from = append(uri);
        for (int i = from; i < length; i++) {
            if (!Grammar.target(bytes[i])) {
                throw new IllegalArgumentException("a request target may not hold the byte " + (bytes[i] & 0xff));
            }
        }
        return this;
    }

    HeadWriter token(CharSequence name) {
        int from = append(name);
        for (int i = from; i < length; i++) {
            if (!Grammar.token(bytes[i])) {
                throw new IllegalArgumentException("a name may not hold the byte " + (bytes[i] & 0xff));
            }
        }
        return this;
    }

    HeadWriter text(CharSequence value) {
        int from = append(value);
        for (int i = from; i < length; i++) {
            if (!Grammar.value(bytes[i])) {
                throw new IllegalArgumentException("a field's value may not hold the byte " + (bytes[i] & 0xff));
            }
        }
        return this;
    }

    HeadWriter field(CharSequence name, CharSequence value) {
        return token(name).raw(Syntax.COLON).text(value).raw(Syntax.CRLF);
    }

    /** All fields, and the empty line that ends them. */
    HeadWriter fields(HttpHeaders headers) {
        if (headers instanceof HeadFields read) {
            read.writeTo(this);
        } else {
            Iterator<Map.Entry<CharSequence, CharSequence>> each = headers.iteratorCharSequence();
            while (each.hasNext()) {
                Map.Entry<CharSequence, CharSequence> field = each.next();
                field(field.getKey(), field.getValue());
            }
        }
        return raw(Syntax.CRLF);
    }

    void to(ByteBuf out) {
        out.writeBytes(bytes, 0, length);
    }

    /** Characters beyond Latin-1 become question marks, as in every HTTP/1 encoder; answers where it began. */
    private int append(CharSequence text) {
        int from = length;
        if (text instanceof AsciiString ascii) {
            raw(ascii.array(), ascii.arrayOffset(), ascii.arrayOffset() + ascii.length());
        } else {
            int count = text.length();
            room(count);
            for (int i = 0; i < count; i++) {
                char c = text.charAt(i);
                bytes[length++] = (byte) (c <= LAST_LATIN_1 ? c : '?');
            }
        }
        return from;
    }

    private void room(int count) {
        if (bytes.length - length < count) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + count));
        }
    }
}
