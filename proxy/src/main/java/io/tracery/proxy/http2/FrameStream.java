package io.tracery.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * One stream: HTTP/1 messages in and out, frames on the wire. What the peer sends is passed on as it comes and given back
 * to its window at once, unless reading is off: then nothing is given back and the peer stops when its window is used up,
 * so that no more than one window waits here. Confined to the connection's event loop.
 */
public abstract class FrameStream {

    private final FrameConnection connection;

    // Null until a client's request goes out: streams must begin in the order of their ids.
    private @Nullable Http2Stream stream;
    // Waits for what follows, which may show that it is all there is.
    private @Nullable HttpMessage head;
    private @Nullable ChannelFuture lastWrite;
    private boolean reading = true;
    private boolean blocked;
    private boolean over;
    private int heldBytes;
    // Small pieces that the peer's window has no room for, in one; the next thing to be written.
    private @Nullable ByteBuf gathered;

    /** @param stream null for one that begins with its first write */
    protected FrameStream(FrameConnection connection, @Nullable Http2Stream stream) {
        this.connection = connection;
        this.stream = stream;
    }

    // ---- what the peer does ----

    /** The first header block, an interim one, or trailers. */
    protected abstract void headers(int id, Http2Headers headers, boolean end) throws Http2Exception;

    /** A piece of the body; the receiver owns it. */
    protected abstract void content(HttpContent piece);

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

    /** How many bytes are given back to the peer's window at once. */
    final int data(ByteBuf data, int padding, boolean end) {
        int bytes = data.readableBytes() + padding;
        if (end) {
            content(data.isReadable() ? new DefaultLastHttpContent(data.retain()) : LastHttpContent.EMPTY_LAST_CONTENT);
        } else if (data.isReadable()) {
            content(new DefaultHttpContent(data.retain()));
        }
        if (reading || over) {
            return bytes;
        }
        heldBytes += bytes;
        return 0;
    }

    final void closed() {
        over = true;
        dropGathered();
        gone();
    }

    /** Whether somebody wants to hear that more may be written. */
    final boolean unblocked() {
        boolean was = blocked;
        blocked = false;
        return was && !over;
    }

    /** There is room again. */
    final void room() {
        writeGathered();
        writableAgain();
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
            headersOut(Heads.of(interim), /* end= */ false);
            connection.flushSoon();
        }
    }

    private void write(HttpContent content) {
        boolean last = content instanceof LastHttpContent;
        HttpHeaders trailers = content instanceof LastHttpContent end ? end.trailingHeaders() : null;
        boolean trailed = trailers != null && !trailers.isEmpty();
        boolean bytes = content.content().isReadable();
        if (gathers(content)) {
            return;
        }
        writeGathered();
        boolean bodiless = head != null && last && !trailed && !bytes;
        writeHead(bodiless);
        if ((bytes || (last && !trailed)) && !bodiless && stream != null) {
            lastWrite = connection.writeData(stream, content.content(), last && !trailed);
        } else {
            content.release();
        }
        if (trailers != null && trailed) {
            headersOut(Heads.trailers(trailers), /* end= */ true);
        }
    }

    /** What waits for the peer must not keep the buffers that it was read into, nor a frame for every few bytes. */
    private boolean gathers(HttpContent content) {
        Http2Stream to = stream;
        ByteBuf data = content.content();
        if (to == null
                || head != null
                || content instanceof LastHttpContent
                || !data.isReadable()
                || connection.writable(to)
                || !SmallSlices.keepsMuch(data)) {
            return false;
        }
        blocked = true;
        gathered = gathered == null ? SmallSlices.gather(data) : gathered.writeBytes(data);
        content.release();
        return true;
    }

    private void writeGathered() {
        ByteBuf data = gathered;
        Http2Stream to = stream;
        if (data != null && to != null) {
            gathered = null;
            lastWrite = connection.writeData(to, data, /* end= */ false);
            connection.flushSoon();
        }
    }

    private void dropGathered() {
        if (gathered != null) {
            gathered.release();
            gathered = null;
        }
    }

    private void writeHead(boolean end) {
        HttpMessage waiting = head;
        if (waiting == null) {
            return;
        }
        head = null;
        if (stream == null) {
            stream = connection.begin(this);
        }
        headersOut(converted(waiting), end);
    }

    /** The head as frames have it. */
    protected abstract Http2Headers converted(HttpMessage message);

    private void headersOut(Http2Headers headers, boolean end) {
        Http2Stream to = stream;
        if (to != null) {
            lastWrite = connection.writeHeaders(to, headers, end);
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
        Http2Stream to = stream;
        boolean writable = over || (to == null ? connection.writable() : connection.writable(to));
        blocked |= !writable;
        return writable;
    }

    /** Stops or resumes giving the peer its window back. */
    public void reading(boolean on) {
        reading = on;
        Http2Stream from = stream;
        if (on && heldBytes > 0 && !over && from != null) {
            int bytes = heldBytes;
            heldBytes = 0;
            connection.consume(from, bytes);
        }
    }

    /** Ends it at once; what has not gone out never will. */
    public final void reset(Http2Error code) {
        if (over) {
            return;
        }
        head = null;
        dropGathered();
        Http2Stream to = stream;
        if (to == null) {
            closed();
        } else {
            over = true;
            connection.reset(to, code);
        }
    }

    /** Both sides have said all; what the peer has not taken by now it does not want. */
    protected final void finish() {
        if (!over && (stream == null || connection.unwritten(stream))) {
            reset(Http2Error.CANCEL);
        }
    }

    /** Ends it when what has been written has gone out. */
    protected final void resetAfterWrites(Http2Error code) {
        writeGathered();
        ChannelFuture written = lastWrite;
        if (written == null) {
            reset(code);
        } else {
            written.addListener(done -> reset(code));
            connection.flushSoon();
        }
    }

    protected final FrameConnection connection() {
        return connection;
    }

    protected final boolean isOver() {
        return over;
    }
}
