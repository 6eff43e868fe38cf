package io.tracery.proxy.http2;

import static io.netty.handler.codec.http2.Http2Error.FLOW_CONTROL_ERROR;

import io.netty.handler.codec.http2.Http2Exception;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What the peer still takes (RFC 9113 section 5.2): of the connection, and of streams that begin now. Streams that have more
 * than their windows or the connection's let out stand in line here and take turns, a frame each.
 */
final class SendWindows {

    private final ArrayDeque<FrameStream> line = new ArrayDeque<>();
    private int connection = Frame.USUAL_WINDOW;
    private int ofStreams = Frame.USUAL_WINDOW;
    private int mostFrameBytes = Frame.USUAL_BYTES;

    int connection() {
        return connection;
    }

    int ofStreams() {
        return ofStreams;
    }

    int mostFrameBytes() {
        return mostFrameBytes;
    }

    void mostFrameBytes(int bytes) {
        // Larger ones would only make the others wait.
        mostFrameBytes = Math.min(bytes, Frame.USUAL_BYTES);
    }

    /** @return by how much the windows of open streams change with it */
    int ofStreams(int bytes) {
        int change = bytes - ofStreams;
        ofStreams = bytes;
        return change;
    }

    void sent(int bytes) {
        connection -= bytes;
    }

    void opened(int bytes) throws Http2Exception {
        if ((long) connection + bytes > Integer.MAX_VALUE) {
            throw Http2Exception.connectionError(FLOW_CONTROL_ERROR, "%s", "a window beyond 2^31-1");
        }
        connection += bytes;
    }

    void queue(FrameStream stream) {
        if (stream.lineUp()) {
            line.addLast(stream);
        }
    }

    /** The next in line, which leaves it; null where nobody is. */
    @Nullable
    FrameStream first() {
        FrameStream first = line.pollFirst();
        if (first != null) {
            first.called();
        }
        return first;
    }
}
