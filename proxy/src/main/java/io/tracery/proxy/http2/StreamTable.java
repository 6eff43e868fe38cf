package io.tracery.proxy.http2;

import static io.netty.handler.codec.http2.Http2Error.STREAM_CLOSED;

import io.netty.handler.codec.http2.Http2Exception;
import io.netty.util.collection.IntObjectHashMap;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The streams of a connection by their numbers, and what has become of those that are over (RFC 9113 section 5.1). */
final class StreamTable {

    private final boolean server;
    private final IntObjectHashMap<FrameStream> open = new IntObjectHashMap<>();
    private final ResetStreams resets = new ResetStreams();
    private final ResetStreams resetsByPeer = new ResetStreams();

    private int nextOfOurs = 1;
    private int lastOfPeer;

    StreamTable(boolean server) {
        this.server = server;
    }

    @Nullable
    FrameStream get(int id) {
        return open.get(id);
    }

    int size() {
        return open.size();
    }

    List<FrameStream> all() {
        return new ArrayList<>(open.values());
    }

    /** The numbers are used up. */
    boolean exhausted() {
        return nextOfOurs < 0;
    }

    /** A stream of ours; only clients have any. */
    int begin(FrameStream stream) {
        int id = nextOfOurs;
        nextOfOurs += 2;
        open.put(id, stream);
        return id;
    }

    void adopt(int id, FrameStream stream) {
        lastOfPeer = id;
        open.put(id, stream);
    }

    /** The peer has opened one that there will be nothing of. */
    void refused(int id) {
        lastOfPeer = id;
        resets.add(id);
    }

    int lastOfPeer() {
        return lastOfPeer;
    }

    /** @return whether it was still open */
    boolean remove(FrameStream stream) {
        return open.remove(stream.id()) != null;
    }

    List<FrameStream> removeAll() {
        List<FrameStream> all = all();
        open.clear();
        return all;
    }

    void resetByUs(int id) {
        resets.add(id);
        open.remove(id);
    }

    /** @return null where it is not open */
    @Nullable
    FrameStream resetByPeer(int id) {
        resetsByPeer.add(id);
        return open.remove(id);
    }

    boolean ours(int id) {
        return (id & 1) == (server ? 0 : 1);
    }

    /** Nobody has opened it. */
    boolean idle(int id) {
        if (ours(id)) {
            return server || (nextOfOurs > 0 && id >= nextOfOurs);
        }
        return id > lastOfPeer;
    }

    /**
     * A frame of a stream that is over: what was sent before the peer heard of a reset is no mistake.
     *
     * @throws Http2Exception where it is one
     */
    void closedBefore(int id) throws Http2Exception {
        if (resetsByPeer.contains(id)) {
            throw Http2Exception.streamError(id, STREAM_CLOSED, "%s", "a frame behind the end of its stream");
        }
        if (!resets.contains(id)) {
            throw Http2Exception.connectionError(STREAM_CLOSED, "%s", "a frame for stream " + id + ", which has ended");
        }
    }
}
