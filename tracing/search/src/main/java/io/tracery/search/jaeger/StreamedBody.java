package io.tracery.search.jaeger;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponseWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A response body that is written while it is made: at most one chunk waits for the client, however large the answer is.
 * Blocks; for virtual threads.
 */
final class StreamedBody extends OutputStream {

    private static final int CHUNK_BYTES = 64 * 1024;
    private static final int CLIENT_TIMEOUT_SECONDS = 30;

    private final HttpResponseWriter response;
    private byte[] chunk = new byte[CHUNK_BYTES];
    private int used;

    StreamedBody(HttpResponseWriter response) {
        this.response = response;
    }

    @Override
    public void write(int b) throws IOException {
        if (used == CHUNK_BYTES) {
            send();
        }
        chunk[used++] = (byte) b;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int from = offset;
        int left = length;
        while (left > 0) {
            if (used == CHUNK_BYTES) {
                send();
            }
            int part = Math.min(left, CHUNK_BYTES - used);
            System.arraycopy(bytes, from, chunk, used, part);
            used += part;
            from += part;
            left -= part;
        }
    }

    /** Nothing is sent before a chunk is full: the generator flushes more often than the network should. */
    @Override
    public void flush() {}

    @Override
    public void close() throws IOException {
        if (used > 0) {
            send();
        }
    }

    private void send() throws IOException {
        if (!response.tryWrite(HttpData.wrap(chunk, 0, used))) {
            throw new IOException("the client is gone");
        }
        chunk = new byte[CHUNK_BYTES];
        used = 0;
        try {
            response.whenConsumed().get(CLIENT_TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the client does not read its answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
