package io.tracery.load.endurance;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** An application that sends as many bytes as it is asked for ({@code GET /n}) and takes as many as it is sent. */
final class BodyApp implements AutoCloseable {

    private final ServerSocketChannel server;
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();

    BodyApp() throws IOException {
        server = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Thread.ofPlatform().daemon().name("body app").start(this::accept);
    }

    int port() throws IOException {
        return ((InetSocketAddress) server.getLocalAddress()).getPort();
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                SocketChannel connection = server.accept();
                open.add(connection);
                Thread.ofPlatform().daemon().start(() -> serve(connection));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(SocketChannel connection) {
        try (connection) {
            BodyStream stream = new BodyStream(connection);
            while (true) {
                String head = stream.head();
                if (head.startsWith("GET /")) {
                    long bytes = Long.parseLong(head.substring(5, head.indexOf(' ', 5)));
                    stream.send("HTTP/1.1 200 OK\r\nContent-Length: " + bytes + "\r\n\r\n");
                    stream.pour(bytes);
                } else {
                    long bytes = BodyStream.length(head);
                    stream.take(bytes);
                    stream.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                }
            }
        } catch (IOException e) {
            // The other side is done.
        } finally {
            open.remove(connection);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (SocketChannel connection : open) {
            connection.close();
        }
    }

    /** One end of a connection that carries heads and very long bodies. */
    static final class BodyStream {

        private static final int PIECE = 256 * 1024;

        private final SocketChannel channel;
        private final ByteBuffer in = ByteBuffer.allocateDirect(PIECE).flip();
        private final ByteBuffer out = ByteBuffer.allocateDirect(PIECE);

        BodyStream(SocketChannel channel) {
            this.channel = channel;
        }

        void send(String text) throws IOException {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }

        /** Sends so many bytes. */
        void pour(long bytes) throws IOException {
            long left = bytes;
            while (left > 0) {
                out.clear().limit((int) Math.min(left, PIECE));
                left -= channel.write(out);
            }
        }

        /** Reads so many bytes and forgets them. */
        void take(long bytes) throws IOException {
            long left = bytes;
            while (left > 0) {
                if (!in.hasRemaining()) {
                    fill();
                }
                int some = (int) Math.min(left, in.remaining());
                in.position(in.position() + some);
                left -= some;
            }
        }

        String head() throws IOException {
            StringBuilder head = new StringBuilder();
            while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
                if (!in.hasRemaining()) {
                    fill();
                }
                head.append((char) in.get());
            }
            return head.toString();
        }

        private void fill() throws IOException {
            in.clear();
            if (channel.read(in) < 0) {
                throw new EOFException("closed");
            }
            in.flip();
        }

        static long length(String head) throws IOException {
            for (String line : head.split("\r\n")) {
                if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
                    return Long.parseLong(line.substring(15).strip());
                }
            }
            throw new IOException("no length: " + head);
        }
    }
}
