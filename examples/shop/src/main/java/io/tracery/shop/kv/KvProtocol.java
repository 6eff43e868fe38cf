package io.tracery.shop.kv;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Lines of ASCII, values with their length before them. The client speaks first:
 *
 * <pre>
 * GET key          ->  VALUE 5 + newline + five bytes, or NONE
 * PUT key 5 + newline + five bytes  ->  OK
 * DEL key          ->  OK
 * anything else    ->  ERROR reason, and the connection ends
 * </pre>
 */
final class KvProtocol {

    static final int MOST_VALUE_BYTES = 64 * 1024;
    private static final int MOST_LINE_BYTES = 256;

    private KvProtocol() {}

    /** A line without its newline; null at the end of the stream. */
    static @Nullable String readLine(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int read = in.read(); read != '\n'; read = in.read()) {
            if (read < 0) {
                if (line.isEmpty()) {
                    return null;
                }
                throw new EOFException("the connection ended inside a line");
            }
            if (line.length() == MOST_LINE_BYTES) {
                throw new IOException("a line is longer than " + MOST_LINE_BYTES + " bytes");
            }
            line.append((char) read);
        }
        return line.toString();
    }

    /** A value whose length stands in a line. */
    static byte[] readValue(InputStream in, String length) throws IOException {
        int bytes;
        try {
            bytes = Integer.parseInt(length);
        } catch (NumberFormatException e) {
            throw new IOException("not a length: " + length, e);
        }
        if (bytes < 0 || bytes > MOST_VALUE_BYTES) {
            throw new IOException("a value has 0 to " + MOST_VALUE_BYTES + " bytes, not " + bytes);
        }
        byte[] value = in.readNBytes(bytes);
        if (value.length < bytes) {
            throw new EOFException("the connection ended inside a value");
        }
        return value;
    }

    /** One write for line and value, so that they leave as one segment. */
    static void write(OutputStream out, String line, byte[] value) throws IOException {
        byte[] head = (line + "\n").getBytes(StandardCharsets.US_ASCII);
        byte[] whole = new byte[head.length + value.length];
        System.arraycopy(head, 0, whole, 0, head.length);
        System.arraycopy(value, 0, whole, head.length, value.length);
        out.write(whole);
        out.flush();
    }
}
