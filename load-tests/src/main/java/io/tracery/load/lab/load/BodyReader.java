package io.tracery.load.lab.load;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Reads large bodies on a few connections at once and throws the bytes away. */
public final class BodyReader {

    private static final int BUFFER_BYTES = 256 * 1024;
    private static final double BYTES_PER_GIB = 1L << 30;

    private BodyReader() {}

    /** Fetches {@code path} once on each connection; units are GiB. */
    public static Outcome run(int port, String path, int connections) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        long bytes = 0;
        try (ExecutorService threads = Executors.newFixedThreadPool(connections)) {
            List<Future<Long>> readers = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                readers.add(threads.submit(() -> fetch(port, path)));
            }
            for (Future<Long> reader : readers) {
                bytes += reader.get();
            }
        } catch (ExecutionException e) {
            throw new IOException("a body did not arrive whole: " + e.getCause(), e);
        }
        return new Outcome(bytes / BYTES_PER_GIB, 0, (System.nanoTime() - begin) / 1e9);
    }

    private static long fetch(int port, String path) throws IOException {
        try (SocketChannel channel =
                SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
            channel.write(ByteBuffer.wrap(
                    ("GET " + path + " HTTP/1.1\r\nHost: servers.lab\r\n\r\n").getBytes(StandardCharsets.US_ASCII)));
            ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
            ResponseHead head = readHead(channel, buffer);
            if (head.status() != 200) {
                throw new IOException("status " + head.status());
            }
            long left = head.contentLength() - buffer.remaining();
            while (left > 0) {
                buffer.clear();
                left -= read(channel, buffer);
            }
            return head.contentLength();
        }
    }

    /** Leaves the buffer at the first byte of the body. */
    private static ResponseHead readHead(SocketChannel channel, ByteBuffer buffer) throws IOException {
        while (true) {
            read(channel, buffer);
            String text = StandardCharsets.ISO_8859_1
                    .decode(buffer.duplicate().flip())
                    .toString();
            int end = text.indexOf("\r\n\r\n");
            if (end >= 0) {
                buffer.flip().position(end + 4);
                return ResponseHead.parse(text.substring(0, end));
            }
        }
    }

    private static int read(SocketChannel channel, ByteBuffer buffer) throws IOException {
        int bytes = channel.read(buffer);
        if (bytes < 0) {
            throw new EOFException("the connection ended before the body did");
        }
        return bytes;
    }
}
