package io.tracery.proxy.data;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** One end of an HTTP/1.1 connection, byte by byte: what is sent is what the test wrote. */
final class Http1Peer implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 10_000;

    final Socket socket;
    private final InputStream in;

    /**
     * @param start request line or status line
     * @param headers names in lower case, several values joined by a comma
     * @param text the body, a character for a byte
     * @param trailers after a chunked body
     */
    record Message(String start, Map<String, String> headers, String text, Map<String, String> trailers) {

        int status() {
            return Integer.parseInt(start.split(" ", -1)[1]);
        }

        String method() {
            return start.split(" ", -1)[0];
        }

        String target() {
            return start.split(" ", -1)[1];
        }

        String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    Http1Peer(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    static Http1Peer connect(InetSocketAddress address) throws IOException {
        return new Http1Peer(new Socket(address.getAddress(), address.getPort()));
    }

    void send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    /** A head: its lines, and the empty one that ends it. */
    void sendHead(String... lines) throws IOException {
        send(String.join("\r\n", lines) + "\r\n\r\n");
    }

    /** Ends this side, and reads on. */
    void end() throws IOException {
        socket.shutdownOutput();
    }

    /** A request without a body, and its answer. */
    Message get(String path) throws IOException {
        send("GET " + path + " HTTP/1.1\r\nHost: cart\r\n\r\n");
        return receive();
    }

    Message post(String path, String body) throws IOException {
        send("POST " + path + " HTTP/1.1\r\nHost: cart\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
        return receive();
    }

    void answer(int status, String body) throws IOException {
        send("HTTP/1.1 " + status + " Whatever\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    /** The next message. */
    Message receive() throws IOException {
        return receive(/* bodiless= */ false);
    }

    Message receive(boolean bodiless) throws IOException {
        String start = line();
        Map<String, String> headers = headers();
        Map<String, String> trailers = Map.of();
        byte[] body = {};
        if (bodiless) {
            return new Message(start, headers, new String(body, StandardCharsets.ISO_8859_1), trailers);
        }
        if (headers.getOrDefault("transfer-encoding", "")
                .toLowerCase(Locale.ROOT)
                .equals("chunked")) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            int size = Integer.parseInt(line(), 16);
            while (size > 0) {
                bytes.write(exactly(size));
                line();
                size = Integer.parseInt(line(), 16);
            }
            body = bytes.toByteArray();
            trailers = headers();
        } else if (headers.containsKey("content-length")) {
            body = exactly(Integer.parseInt(headers.get("content-length")));
        } else if (start.startsWith("HTTP/") && !start.contains(" 1") && !start.contains(" 204")) {
            body = in.readAllBytes();
        }
        return new Message(start, headers, new String(body, StandardCharsets.ISO_8859_1), trailers);
    }

    /** The lines of the next head, and no body. */
    String head() throws IOException {
        return line() + headers();
    }

    /** True when the other side has closed and nothing more came. */
    boolean closed() throws IOException {
        try {
            return in.read() < 0;
        } catch (java.net.SocketException e) {
            return true;
        }
    }

    /** The next bytes as they are. */
    String bytes(int size) throws IOException {
        return new String(exactly(size), StandardCharsets.ISO_8859_1);
    }

    private byte[] exactly(int size) throws IOException {
        byte[] bytes = in.readNBytes(size);
        if (bytes.length < size) {
            throw new EOFException("closed after " + bytes.length + " of " + size + " bytes");
        }
        return bytes;
    }

    private Map<String, String> headers() throws IOException {
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.merge(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip(),
                    (one, two) -> one + "," + two);
        }
        return headers;
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("closed in the middle of a line: " + line);
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
