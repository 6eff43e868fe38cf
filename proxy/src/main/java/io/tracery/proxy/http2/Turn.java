package io.tracery.proxy.http2;

import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;

/** Which streams are to be told something when the event loop's turn ends, or is over: never from within what they do. */
final class Turn {

    private final List<FrameStream> heard = new ArrayList<>();
    private final List<FrameStream> writable = new ArrayList<>();
    private final List<FrameStream> finished = new ArrayList<>();
    private final Runnable tellWritable = this::tellWritable;

    /** Something came for it. */
    void hear(FrameStream stream) {
        if (heard.isEmpty() || !heard.getLast().equals(stream)) {
            heard.add(stream);
        }
    }

    /** Nothing more comes for the moment. */
    void readComplete() {
        for (FrameStream stream : heard) {
            stream.readComplete();
        }
        heard.clear();
    }

    /** Told from within writes, where another write would come between the parts of the first. */
    void moreRoom(FrameStream stream, EventExecutor loop) {
        if (stream.unblocked()) {
            writable.add(stream);
            if (writable.size() == 1) {
                loop.execute(tellWritable);
            }
        }
    }

    private void tellWritable() {
        List<FrameStream> told = List.copyOf(writable);
        writable.clear();
        told.forEach(FrameStream::room);
    }

    /** It is over, and its holder may be in the middle of writing. */
    void finished(FrameStream stream) {
        finished.add(stream);
    }

    /** @return whether there was one */
    boolean tellFinished() {
        if (finished.isEmpty()) {
            return false;
        }
        List<FrameStream> over = List.copyOf(finished);
        finished.clear();
        over.forEach(FrameStream::closed);
        return true;
    }
}
