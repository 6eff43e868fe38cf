package io.tracery.proxy.http2;

import static io.netty.handler.codec.http2.Http2Error.PROTOCOL_ERROR;
import static io.netty.handler.codec.http2.Http2Error.STREAM_CLOSED;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One stream: HTTP/1 messages in and out, frames on the wire. What the peer sends is passed on as it comes and given back
 * to its window at once, unless reading is off: then nothing is given back and the peer stops when its window is used up,
 * so that no more than one window waits here. Confined to the connection's event loop.
 */
public abstract class FrameStream {

    private static final int NOT_BEGUN = 0;

    private final FrameConnection connection;

    // None until a client's request goes out: streams must begin in the order of their ids.
    private int id = NOT_BEGUN;

    // What the peer says.
    private boolean headSeen;
    private boolean ended;
    private long bodyLeft = -1;
    private boolean bodySeen;
    private boolean bodiless;
    private int receiveWindow;
    private int givenBack;
    private int heldBytes;
    private boolean reading = true;

    // What we say. A head waits for what follows it, which may show that it is all there is.
    private @Nullable HttpMessage head;
    private boolean saidAll;
    private boolean over;
    private boolean blocked;

    // What the windows have no room for, in order; then trailers or the end, then a reset.
    private int sendWindow;
    private boolean inLine;
    private @Nullable ArrayDeque<ByteBuf> waiting;
    private @Nullable HttpHeaders waitingTrailers;
    private boolean endWaits;
    private @Nullable Http2Error waitingReset;
    // Small pieces of it in one; the last of what waits.
    private @Nullable ByteBuf gathered;

    protected FrameStream(FrameConnection connection) {
        this.connection = connection;
    }

    // ---- what the peer does ----

    /** The first header block, an interim one, or trailers. */
    protected abstract void headers(int id, HeadBlock headers, boolean end) throws Http2Exception;

    /** A piece of the body; the receiver owns it. */
    protected abstract void content(HttpContent piece);

    /** What the peer says answers HEAD. */
    protected boolean answersHead() {
        return false;
    }

    /** Nothing more for the moment. */
    protected abstract void readComplete();

    /** More may be written again. */
    protected abstract void writableAgain();

    /** The peer resets it; {@link #gone} follows. */
    protected abstract void resetByPeer(long errorCode);

    /** What came on it is against the protocol; it will be reset, and {@link #gone} follows. */
    protected abstract void malformed(String detail);

    /** It is over for the connection, whether in good order or not; called exactly once. */
    protected abstract void gone();

    /** The head as frames have it. */
    protected abstract void pack(HttpMessage head, Heads.Packer into);

    // ---- what the connection sees to ----

    final void begun(int as, int mayBeSent, int mayCome) {
        id = as;
        sendWindow = mayBeSent;
        receiveWindow = mayCome;
    }

    final int id() {
        return id;
    }

    /** The peer says no more. */
    final void ended() {
        ended = true;
    }

    /** Whether it may come at this point (RFC 9113 sections 5.1, 8.1 and 8.1.1). */
    final void head(HeadBlock block, boolean end) throws Http2Exception {
        if (ended) {
            throw error(STREAM_CLOSED, "a head behind the end");
        }
        if (headSeen && !end) {
            throw error(PROTOCOL_ERROR, "trailers that are not the end");
        }
        ended = end;
        if (headSeen) {
            verifyEnd();
        } else if (!block.interim()) {
            headSeen = true;
            bodyLeft = block.contentLength();
            bodiless = block.bodiless() || answersHead();
            if (end) {
                verifyEnd();
            }
        }
    }

    /** @return whether its window has room for it */
    final boolean fits(int bytes, int withPadding, boolean end) throws Http2Exception {
        if (ended) {
            throw error(STREAM_CLOSED, "data behind the end");
        }
        ended = end;
        receiveWindow -= withPadding;
        bodySeen |= bytes > 0;
        if (bodyLeft >= 0) {
            bodyLeft -= bytes;
            if (bodyLeft < 0) {
                throw error(PROTOCOL_ERROR, "more than its content-length");
            }
        }
        if (end) {
            verifyEnd();
        }
        return receiveWindow >= 0;
    }

    /** An answer that has no body may say how long it would have been: to HEAD, and as 304. */
    private void verifyEnd() throws Http2Exception {
        if (bodyLeft > 0 && (bodySeen || !bodiless)) {
            throw error(PROTOCOL_ERROR, "less than its content-length");
        }
    }

    private Http2Exception error(Http2Error code, String what) {
        return Http2Exception.streamError(id, code, "%s", what);
    }

    /** How many bytes are given back to the peer's window at once. */
    final int data(ByteBuf in, int bytes, int withPadding, boolean end) {
        if (end) {
            content(
                    bytes > 0
                            ? new DefaultLastHttpContent(in.readRetainedSlice(bytes), EmptyHttpHeaders.INSTANCE)
                            : LastHttpContent.EMPTY_LAST_CONTENT);
        } else if (bytes > 0) {
            content(new DefaultHttpContent(in.readRetainedSlice(bytes)));
        }
        if (reading || over) {
            return withPadding;
        }
        heldBytes += withPadding;
        return 0;
    }

    /** @return by how much the peer's window is to be opened, once it is worth a frame */
    final int taken(int bytes, int worth) {
        givenBack += bytes;
        if (ended || over || givenBack < worth) {
            return 0;
        }
        int more = givenBack;
        givenBack = 0;
        receiveWindow += more;
        return more;
    }

    final void closed() {
        over = true;
        drop();
        if (heldBytes > 0) {
            connection.giveBack(heldBytes);
            heldBytes = 0;
        }
        gone();
    }

    /** @return whether its window can be changed so */
    final boolean mayChange(int by) {
        if ((long) sendWindow + by > Integer.MAX_VALUE) {
            return false;
        }
        sendWindow += by;
        if (sendWindow > 0 && waits()) {
            connection.queue(this);
        }
        return true;
    }

    /** Both sides have said all, now that we have. */
    final boolean saidAll() {
        saidAll = true;
        return ended;
    }

    final boolean endedHere() {
        return saidAll;
    }

    /** Whether somebody wants to hear that more may be written, and it may. */
    final boolean unblocked() {
        if (!blocked || over || !mayWrite()) {
            return false;
        }
        blocked = false;
        return true;
    }

    /** There is room again. */
    final void room() {
        if (!over) {
            writableAgain();
        }
    }

    // ---- what we do ----

    /** Takes the piece over. Nothing goes out before the connection is flushed. */
    public void write(HttpObject piece) {
        if (over) {
            ReferenceCountUtil.release(piece);
            return;
        }
        if (piece instanceof HttpMessage message) {
            head = message;
        }
        if (piece instanceof HttpContent content) {
            write(content);
        }
    }

    /** An answer that precedes the answer proper; goes out at once. */
    public void interim(HttpResponse interim) {
        if (!over) {
            connection.head().response(interim);
            connection.sendHead(this, /* end= */ false);
            connection.flushSoon();
        }
    }

    private void write(HttpContent content) {
        boolean last = content instanceof LastHttpContent;
        HttpHeaders trailers = content instanceof LastHttpContent end ? end.trailingHeaders() : null;
        boolean trailed = trailers != null && !trailers.isEmpty();
        boolean bytes = content.content().isReadable();
        boolean bodiless = head != null && last && !trailed && !bytes;
        writeHead(bodiless);
        if (bodiless || id == NOT_BEGUN || !(bytes || (last && !trailed))) {
            content.release();
        } else {
            writeData(content.content(), last && !trailed);
        }
        if (trailers != null && trailed) {
            writeTrailers(trailers);
        }
    }

    private void writeHead(boolean end) {
        HttpMessage message = head;
        if (message == null) {
            return;
        }
        head = null;
        if (id != NOT_BEGUN || connection.begin(this)) {
            pack(message, connection.head());
            connection.sendHead(this, end);
        }
    }

    private void writeData(ByteBuf data, boolean end) {
        int bytes = data.readableBytes();
        if (!waits() && (bytes == 0 || (mayWrite() && bytes <= Math.min(sendWindow, connection.window())))) {
            sendWindow -= bytes;
            connection.sendData(this, data, bytes, end);
            data.release();
        } else {
            enqueue(data);
            endWaits = end;
            connection.queue(this);
        }
    }

    /** What waits for the peer must not keep the buffers that it was read into, nor a frame for every few bytes. */
    private void enqueue(ByteBuf data) {
        ArrayDeque<ByteBuf> queue = waiting;
        if (queue == null) {
            queue = new ArrayDeque<>();
            waiting = queue;
        }
        if (!data.isReadable() && !queue.isEmpty()) {
            data.release();
            return;
        }
        if (!SmallSlices.keepsMuch(data)) {
            gathered = null;
            queue.addLast(data);
            return;
        }
        if (gathered == null) {
            gathered = SmallSlices.gather(data);
            queue.addLast(gathered);
        } else {
            gathered.writeBytes(data);
        }
        data.release();
    }

    private void writeTrailers(HttpHeaders trailers) {
        if (waits()) {
            waitingTrailers = trailers;
        } else if (id != NOT_BEGUN) {
            connection.head().trailers(trailers);
            connection.sendHead(this, /* end= */ true);
        }
    }

    final boolean waits() {
        return waiting != null;
    }

    /** @return whether it was not in line */
    final boolean lineUp() {
        boolean was = inLine;
        inLine = true;
        return !was;
    }

    final void called() {
        inLine = false;
    }

    /** One frame of what waits; and what stands behind it, when that was the last. */
    final void sendWaiting() {
        ArrayDeque<ByteBuf> queue = waiting;
        ByteBuf first = queue == null ? null : queue.peekFirst();
        if (queue == null || first == null) {
            return;
        }
        int bytes =
                Math.min(Math.min(first.readableBytes(), Frame.USUAL_BYTES), Math.min(sendWindow, connection.window()));
        if (bytes <= 0 && first.isReadable()) {
            // A window that opens puts it in line again.
            return;
        }
        boolean all = bytes == first.readableBytes() && queue.size() == 1;
        sendWindow -= bytes;
        connection.sendData(this, first, bytes, all && endWaits);
        if (!first.isReadable()) {
            queue.pollFirst();
            gathered = all ? null : gathered;
            first.release();
        }
        if (!all) {
            connection.queue(this);
            return;
        }
        waiting = null;
        if (waitingTrailers != null) {
            writeTrailers(waitingTrailers);
        }
        if (waitingReset != null) {
            reset(waitingReset);
        }
    }

    private void drop() {
        head = null;
        gathered = null;
        ArrayDeque<ByteBuf> queue = waiting;
        if (queue != null) {
            waiting = null;
            queue.forEach(ByteBuf::release);
        }
    }

    /** Lets go out what has been written, together with what other streams of the connection write in this turn. */
    public void flush() {
        if (!over) {
            writeHead(/* end= */ false);
            connection.flushSoon();
        }
    }

    /** False while what was written waits for the peer's windows or the socket; {@link #writableAgain} follows then. */
    public boolean writable() {
        boolean writable = over || (id == NOT_BEGUN ? connection.writable() : mayWrite());
        blocked |= !writable;
        return writable;
    }

    private boolean mayWrite() {
        return !waits() && sendWindow > 0 && connection.window() > 0 && connection.writable();
    }

    /** Stops or resumes giving the peer its window back. */
    public void reading(boolean on) {
        reading = on;
        if (on && heldBytes > 0 && !over) {
            int bytes = heldBytes;
            heldBytes = 0;
            connection.giveBack(this, bytes);
        }
    }

    /** Ends it at once; what has not gone out never will. */
    public final void reset(Http2Error code) {
        if (over) {
            return;
        }
        drop();
        if (id == NOT_BEGUN) {
            closed();
        } else {
            over = true;
            connection.reset(this, code);
        }
    }

    /** Both sides have said all; what the peer has not taken by now it does not want. */
    protected final void finish() {
        if (!over && (id == NOT_BEGUN || waits())) {
            reset(Http2Error.CANCEL);
        }
    }

    /** Ends it behind what has been written. */
    protected final void resetAfterWrites(Http2Error code) {
        if (waits()) {
            waitingReset = code;
        } else {
            reset(code);
        }
    }

    protected final FrameConnection connection() {
        return connection;
    }

    protected final boolean isOver() {
        return over;
    }
}
