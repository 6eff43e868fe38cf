package io.tracery.proxy.http2;

import static io.netty.handler.codec.http2.Http2Error.ENHANCE_YOUR_CALM;
import static io.netty.handler.codec.http2.Http2Error.FLOW_CONTROL_ERROR;
import static io.netty.handler.codec.http2.Http2Error.PROTOCOL_ERROR;
import static io.netty.handler.codec.http2.Http2Error.REFUSED_STREAM;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Settings;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/2 connection, either end (RFC 9113): hands frames to the streams they belong to, and writes what streams write.
 * Frames go out once for each turn of the event loop. A connection's window is much larger than a stream's: a stream that is
 * not read from holds up nobody but its writer. Confined to the channel's event loop.
 */
public abstract class FrameConnection extends FrameHandler {

    /** Which end of it we are. */
    public enum Side {
        CLIENT,
        SERVER
    }

    private final Http2Limits limits;
    private final Conduct conduct;
    private final Heads.Packer packer = new Heads.Packer();
    private final SendWindows windows = new SendWindows();
    private final ReceiveWindow receiving;
    private final StreamTable streams;
    private final Turn turn = new Turn();

    private long mostOfOurs = Integer.MAX_VALUE;
    private boolean goAwayReceived;
    private int unreadAcknowledgements;

    protected FrameConnection(Side side, Http2Limits limits) {
        super(side == Side.SERVER, limits);
        this.limits = limits;
        conduct = new Conduct(limits);
        receiving = new ReceiveWindow(limits.connectionWindowBytes());
        streams = new StreamTable(server());
    }

    // ---- what the two ends differ in ----

    /** The peer opens a stream. Null where none is opened to us. */
    protected abstract @Nullable FrameStream opened();

    /** What came is against the protocol, or with ENHANCE_YOUR_CALM more than there may be, and this is the end. */
    protected void violated(Http2Error code) {}

    /** The peer has as many streams as it may, and opened another. */
    protected void streamRefused() {}

    protected void settings(Http2Settings settings) {}

    protected void goAway(int lastStreamId) {}

    protected void pingAcknowledged(long data) {}

    /** No further stream can be begun, because their numbers are used up. */
    protected void exhausted() {}

    @Override
    final void hello() {
        Http2Settings ours = server()
                ? new Http2Settings().maxConcurrentStreams(limits.maxStreams()).connectProtocolEnabled(true)
                : new Http2Settings().pushEnabled(false);
        writer().settings(
                        ours.initialWindowSize(limits.streamWindowBytes()).maxHeaderListSize(limits.maxHeaderBytes()));
        writer().windowUpdate(0, limits.connectionWindowBytes() - Frame.USUAL_WINDOW);
    }

    /**
     * The peer's first request came by HTTP/1.1 (RFC 7540 section 3.2): it is stream 1, of which nothing more comes. After the
     * handler was added.
     *
     * @param settings of the peer
     */
    protected final FrameStream upgraded(Http2Settings settings) throws Http2Exception {
        apply(settings);
        FrameStream stream = opened();
        if (stream == null) {
            throw new IllegalStateException("only servers are asked for an upgrade");
        }
        adopt(stream, 1);
        stream.ended();
        return stream;
    }

    private void adopt(FrameStream stream, int id) {
        streams.adopt(id, stream);
        stream.begun(id, windows.ofStreams(), limits.streamWindowBytes());
        conduct.opened();
    }

    // ---- what streams do ----

    /** @return whether there is a stream for it; it hears of the contrary later */
    final boolean begin(FrameStream stream) {
        if (streams.exhausted() || goAwayReceived || streams.size() >= mostOfOurs) {
            // Its holder is in the middle of writing and must not hear of it before that is done.
            context().executor().execute(() -> stream.reset(REFUSED_STREAM));
            return false;
        }
        stream.begun(streams.begin(stream), windows.ofStreams(), limits.streamWindowBytes());
        if (streams.exhausted()) {
            exhausted();
        }
        return true;
    }

    /** Where the next head is put together. */
    final Heads.Packer head() {
        packer.encoder.begin();
        return packer;
    }

    /** What {@link #head} has been given. */
    final void sendHead(FrameStream stream, boolean end) {
        HpackEncoder packed = packer.encoder;
        writer().head(stream.id(), packed.block(), packed.length(), end, windows.mostFrameBytes());
        conduct.head();
        sent(stream, end);
    }

    /** As many bytes of the data as the windows are known to have room for; it stays its owner's. */
    final void sendData(FrameStream stream, ByteBuf data, int bytes, boolean end) {
        int rest = bytes;
        do {
            int part = Math.min(rest, windows.mostFrameBytes());
            rest -= part;
            writer().data(stream.id(), data, part, end && rest == 0);
        } while (rest > 0);
        windows.sent(bytes);
        conduct.sent(bytes);
        sent(stream, end);
    }

    private void sent(FrameStream stream, boolean end) {
        if (end && stream.saidAll() && streams.remove(stream)) {
            turn.finished(stream);
            flushSoon();
        }
    }

    final void reset(FrameStream stream, Http2Error code) {
        streams.resetByUs(stream.id());
        conduct.resetByUs(code);
        writer().reset(stream.id(), code);
        turn.finished(stream);
        flushSoon();
    }

    /** It has more than its windows let out. */
    final void queue(FrameStream stream) {
        windows.queue(stream);
    }

    final int window() {
        return windows.connection();
    }

    /** What somebody has taken of a stream may be sent anew. */
    final void giveBack(FrameStream stream, int bytes) {
        int more = stream.taken(bytes, limits.streamWindowBytes() / 2);
        if (more > 0) {
            writer().windowUpdate(stream.id(), more);
            flushSoon();
        }
        giveBack(bytes);
    }

    final void giveBack(int bytes) {
        int more = receiving.taken(bytes);
        if (more > 0) {
            writer().windowUpdate(0, more);
            flushSoon();
        }
    }

    /** Every stream that is open, also those whose exchange is over and that are still being written. */
    protected final void forEachStream(ObjIntConsumer<FrameStream> visitor) {
        for (FrameStream stream : streams.all()) {
            visitor.accept(stream, stream.id());
        }
    }

    // ---- what the peer does ----

    final void onHead(int id, HeadBlock head, boolean end) throws Http2Exception {
        FrameStream stream = streams.get(id);
        if (stream == null) {
            stream = opens(id, head);
            if (stream == null) {
                return;
            }
        }
        if (head.interim()) {
            conduct.overhead();
        } else {
            conduct.head();
        }
        stream.head(head, end);
        turn.hear(stream);
        stream.headers(id, head, end);
        heardAll(stream, end);
    }

    private @Nullable FrameStream opens(int id, HeadBlock head) throws Http2Exception {
        if (!streams.idle(id)) {
            overBefore(id);
            return null;
        }
        if (streams.ours(id)) {
            throw error(PROTOCOL_ERROR, "a head of a stream that the peer cannot open");
        }
        if (id > lastServed()) {
            streams.refused(id);
            return null;
        }
        if (streams.size() >= limits.maxStreams()) {
            streams.refused(id);
            conduct.opened();
            streamRefused();
            throw Http2Exception.streamError(id, REFUSED_STREAM, "%s", "more streams than there may be");
        }
        FrameStream stream = opened();
        if (stream == null) {
            throw error(PROTOCOL_ERROR, "a stream that nobody may open");
        }
        adopt(stream, id);
        if (head.tooLarge()) {
            stream.malformed("headers of more than " + limits.maxHeaderBytes() + " bytes");
            head().status(HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE);
            sendHead(stream, /* end= */ true);
            stream.reset(PROTOCOL_ERROR);
            return null;
        }
        return stream;
    }

    /** @param in holds the data, and padding behind it, which counts too */
    final void onData(int id, ByteBuf in, int bytes, int withPadding, boolean end) throws Http2Exception {
        receiving.came(withPadding);
        conduct.data(bytes, end);
        FrameStream stream = streams.get(id);
        if (stream == null) {
            giveBack(withPadding);
            if (streams.idle(id)) {
                throw error(PROTOCOL_ERROR, "data of a stream that there is not");
            }
            overBefore(id);
            return;
        }
        boolean fits;
        try {
            fits = stream.fits(bytes, withPadding, end);
        } catch (Http2Exception e) {
            giveBack(withPadding);
            throw e;
        }
        if (!fits) {
            giveBack(withPadding);
            throw Http2Exception.streamError(id, FLOW_CONTROL_ERROR, "%s", "more than the stream's window");
        }
        turn.hear(stream);
        int at = stream.data(in, bytes, withPadding, end);
        if (at > 0) {
            giveBack(stream, at);
        }
        heardAll(stream, end);
    }

    /** The stream that has ended on both sides is over with this frame. */
    private void heardAll(FrameStream stream, boolean end) {
        if (end && stream.endedHere() && streams.remove(stream)) {
            over(stream);
        }
    }

    private void over(FrameStream stream) {
        stream.closed();
        closeWhereMeant();
    }

    private void overBefore(int id) throws Http2Exception {
        streams.closedBefore(id);
        conduct.overhead();
    }

    final void onReset(int id, long code) throws Http2Exception {
        conduct.resetByPeer();
        if (streams.idle(id)) {
            throw error(PROTOCOL_ERROR, "a reset of a stream that there is not");
        }
        FrameStream stream = streams.resetByPeer(id);
        if (stream != null) {
            stream.resetByPeer(code);
            over(stream);
        }
    }

    final void onSettings(Http2Settings settings) throws Http2Exception {
        conduct.overhead();
        Boolean push = settings.pushEnabled();
        if (!server() && push != null && push) {
            throw error(PROTOCOL_ERROR, "a server that speaks of pushes to it");
        }
        apply(settings);
        acknowledges();
        writer().settingsAck();
        flushSoon();
        settings(settings);
    }

    private void apply(Http2Settings settings) throws Http2Exception {
        Long table = settings.headerTableSize();
        if (table != null) {
            packer.encoder.tableBytes(table);
        }
        Long most = settings.maxConcurrentStreams();
        if (most != null) {
            mostOfOurs = most;
        }
        Integer frame = settings.maxFrameSize();
        if (frame != null) {
            windows.mostFrameBytes(frame);
        }
        Integer window = settings.initialWindowSize();
        if (window != null) {
            int change = windows.ofStreams(window);
            for (FrameStream stream : streams.all()) {
                if (!stream.mayChange(change)) {
                    throw error(FLOW_CONTROL_ERROR, "a stream's window beyond 2^31-1");
                }
                moreRoom(stream);
            }
        }
    }

    /** Pings and settings of a peer that does not read what they make us say. */
    private void acknowledges() throws Http2Exception {
        unreadAcknowledgements = writable() ? 0 : unreadAcknowledgements + 1;
        if (unreadAcknowledgements > limits.maxQueuedAcknowledgements()) {
            throw error(ENHANCE_YOUR_CALM, "too many questions, and answers that are not read");
        }
    }

    final void onPing(long data, boolean acknowledged) throws Http2Exception {
        conduct.overhead();
        if (acknowledged) {
            pingAcknowledged(data);
        } else {
            acknowledges();
            writer().ping(data, Frame.ACK);
            flushSoon();
        }
    }

    final void onGoAway(int last) {
        conduct.overhead();
        goAwayReceived = true;
        goAway(last);
        forEachStream((stream, id) -> {
            if (streams.ours(id) && id > last && streams.remove(stream)) {
                over(stream);
            }
        });
    }

    final void onWindowUpdate(int id, int increment) throws Http2Exception {
        conduct.overhead();
        if (id == 0) {
            boolean shut = windows.connection() <= 0;
            windows.opened(increment);
            if (shut) {
                streams.all().forEach(this::moreRoom);
                flushSoon();
            }
            return;
        }
        FrameStream stream = streams.get(id);
        if (stream == null) {
            if (streams.idle(id)) {
                throw error(PROTOCOL_ERROR, "a window of a stream that there is not");
            }
        } else if (!stream.mayChange(increment)) {
            throw Http2Exception.streamError(id, FLOW_CONTROL_ERROR, "%s", "a window beyond 2^31-1");
        } else {
            moreRoom(stream);
            if (stream.waits()) {
                flushSoon();
            }
        }
    }

    /** A frame that means nothing to us. */
    final void onOverhead() {
        conduct.overhead();
    }

    @Override
    final void judge() throws Http2Exception {
        if (conduct.abusive()) {
            throw error(ENHANCE_YOUR_CALM, "too many resets, or too many frames that carry nothing");
        }
        if (context().channel().bytesBeforeWritable() > limits.connectionWindowBytes()) {
            // No window holds heads up: a peer that asks and does not read would be written for without a bound.
            throw error(ENHANCE_YOUR_CALM, "too many answers that are not read");
        }
    }

    // ---- a turn's end ----

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        turn.readComplete();
        super.channelReadComplete(ctx);
    }

    @Override
    final void drain() {
        while (windows.connection() > 0 && writable()) {
            FrameStream stream = windows.first();
            if (stream == null) {
                return;
            }
            stream.sendWaiting();
            moreRoom(stream);
        }
    }

    @Override
    final void tellFinished() {
        if (turn.tellFinished()) {
            closeWhereMeant();
        }
    }

    @Override
    final void writableAgain() {
        streams.all().forEach(this::moreRoom);
    }

    private void moreRoom(FrameStream stream) {
        turn.moreRoom(stream, context().executor());
    }

    // ---- the end ----

    @Override
    final void streamError(Http2Exception error) {
        int id = Http2Exception.streamId(error);
        FrameStream stream = streams.get(id);
        if (stream == null) {
            streams.resetByUs(id);
            conduct.resetByUs(error.error());
            writer().reset(id, error.error());
            flushSoon();
        } else {
            stream.malformed(String.valueOf(error.getMessage()));
            stream.reset(error.error());
        }
    }

    @Override
    final void connectionError(Http2Exception error) {
        violated(error.error());
    }

    @Override
    final int lastOfPeer() {
        return streams.lastOfPeer();
    }

    @Override
    final void gone() {
        streams.removeAll().forEach(FrameStream::closed);
    }

    @Override
    final boolean unused() {
        return streams.size() == 0;
    }

    private static Http2Exception error(Http2Error code, String what) {
        return Http2Exception.connectionError(code, "%s", what);
    }
}
