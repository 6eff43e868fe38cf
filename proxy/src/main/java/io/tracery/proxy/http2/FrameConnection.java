package io.tracery.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2LocalFlowController;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Connection.PropertyKey;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2EventAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Exception.StreamException;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/2 connection, either end: hands frames to the streams they belong to, and writes what streams write. Frames go
 * out once for each turn of the event loop. A connection's window is much larger than a stream's: a stream that is not
 * read from holds up nobody but its writer. Confined to the channel's event loop.
 */
public abstract class FrameConnection extends Http2ConnectionHandler {

    private static final int SECONDS_TO_HEAR_WHY = 1;

    /** A connection uses its window up in smaller parts than the half that is usual, so that more of it is of use. */
    private static final float CONNECTION_WINDOW_RATIO = 0.9f;

    private final Http2Limits limits;
    private final Conduct conduct;
    private final PropertyKey key;
    private final List<FrameStream> heard = new ArrayList<>();
    private final List<FrameStream> writable = new ArrayList<>();
    private final ResetStreams resets = new ResetStreams();
    private final ResetStreams resetsByPeer = new ResetStreams();
    private final Runnable flush = this::flushNow;
    private final Runnable tellWritable = this::tellWritable;

    private @Nullable ChannelHandlerContext context;
    private boolean flushing;
    private boolean ended;

    @SuppressWarnings("this-escape") // Nothing calls back before the handler is added.
    protected FrameConnection(FrameCodec.Parts parts) {
        super(parts.decoder, parts.encoder, parts.settings);
        limits = parts.limits;
        conduct = parts.conduct;
        key = connection().newKey();
        Events events = new Events();
        connection().addListener(events);
        parts.decoder.frameListener(events);
        parts.encoder.flowController().listener(this::writabilityChanged);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
        context = ctx;
        super.handlerAdded(ctx);
        var flow = decoder().flowController();
        Http2Stream whole = connection().connectionStream();
        flow.incrementWindowSize(whole, limits.connectionWindowBytes() - flow.windowSize(whole));
        if (flow instanceof DefaultHttp2LocalFlowController windows) {
            windows.windowUpdateRatio(whole, CONNECTION_WINDOW_RATIO);
        }
        flushSoon();
    }

    // ---- what the two ends differ in ----

    /** The peer opens a stream. Null where it may not. */
    protected abstract @Nullable FrameStream opened(Http2Stream stream);

    /** A stream that the peer opened is refused before there is one: the peer has been told. */
    protected abstract void refused(StreamException cause);

    /** The peer has been told that it asks for too much, and that this is the end. */
    protected void abused() {}

    protected void settings(Http2Settings settings) {}

    protected void goAway(int lastStreamId) {}

    protected void pingAcknowledged(long data) {}

    /**
     * The peer's first request came by HTTP/1.1 (RFC 7540 section 3.2): it is stream 1, of which nothing more comes. After the
     * handler was added.
     *
     * @param settings of the peer
     */
    protected final FrameStream upgraded(Http2Settings settings) throws Http2Exception {
        onHttpServerUpgrade(settings);
        Http2Stream first = connection().stream(Http2CodecUtil.HTTP_UPGRADE_STREAM_ID);
        FrameStream stream = opened(first);
        if (stream == null) {
            throw new IllegalStateException("only servers are asked for an upgrade");
        }
        first.setProperty(key, stream);
        return stream;
    }

    // ---- what streams do ----

    final @Nullable Http2Stream begin(FrameStream stream) {
        int id = connection().local().incrementAndGetNextStreamId();
        try {
            Http2Stream begun = connection().local().createStream(id, /* halfClosed= */ false);
            begun.setProperty(key, stream);
            return begun;
        } catch (Http2Exception e) {
            // Its holder is in the middle of writing and must not hear of it before that is done.
            context().executor().execute(() -> stream.reset(Http2Error.REFUSED_STREAM));
            return null;
        }
    }

    final ChannelFuture writeHeaders(Http2Stream stream, Http2Headers headers, boolean end) {
        ChannelHandlerContext ctx = context();
        return encoder().writeHeaders(ctx, stream.id(), headers, 0, end, ctx.newPromise());
    }

    final ChannelFuture writeData(Http2Stream stream, ByteBuf data, boolean end) {
        ChannelHandlerContext ctx = context();
        return encoder().writeData(ctx, stream.id(), data, 0, end, ctx.newPromise());
    }

    final void reset(Http2Stream stream, Http2Error code) {
        ChannelHandlerContext ctx = context();
        resets.add(stream.id());
        resetStream(ctx, stream.id(), code.code(), ctx.newPromise());
        flushSoon();
    }

    final void consume(Http2Stream stream, int bytes) {
        try {
            if (decoder().flowController().consumeBytes(stream, bytes)) {
                flushSoon();
            }
        } catch (Http2Exception e) {
            onError(context(), /* outbound= */ true, e);
        }
    }

    final boolean writable() {
        return context().channel().isWritable();
    }

    final boolean writable(Http2Stream stream) {
        return encoder().flowController().isWritable(stream);
    }

    /** Whether something of it waits for the peer's windows. */
    final boolean unwritten(Http2Stream stream) {
        return encoder().flowController().hasFlowControlled(stream);
    }

    /** Flushes when whatever else is to be written in this turn of the event loop has been. */
    protected final void flushSoon() {
        if (!flushing) {
            flushing = true;
            context().executor().execute(flush);
        }
    }

    private void flushNow() {
        flushing = false;
        flush(context());
    }

    /** Every stream that is open, also those whose exchange is over and that are still being written. */
    protected final void forEachStream(ObjIntConsumer<FrameStream> visitor) {
        try {
            // Streams that the visitor ends are closed when all have been visited.
            connection().forEachActiveStream(stream -> {
                FrameStream ours = stream.getProperty(key);
                if (ours != null) {
                    visitor.accept(ours, stream.id());
                }
                return true;
            });
        } catch (Http2Exception e) {
            throw new IllegalStateException("a visitor that throws nothing has thrown", e);
        }
    }

    // ---- what the peer does ----

    private @Nullable FrameStream stream(int id) {
        Http2Stream stream = connection().stream(id);
        return stream == null ? null : stream.getProperty(key);
    }

    private void heard(FrameStream stream) {
        if (heard.isEmpty() || !heard.getLast().equals(stream)) {
            heard.add(stream);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        for (FrameStream stream : heard) {
            stream.readComplete();
        }
        heard.clear();
        super.channelReadComplete(ctx);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        super.decode(ctx, in, out);
        if (conduct.abusive()) {
            in.skipBytes(in.readableBytes());
            end(Http2Error.ENHANCE_YOUR_CALM, "too many resets, or too many frames that carry nothing");
        } else if (ctx.channel().bytesBeforeWritable() > limits.connectionWindowBytes()) {
            // No window holds heads up: a peer that asks and does not read would be written for without a bound.
            in.skipBytes(in.readableBytes());
            end(Http2Error.ENHANCE_YOUR_CALM, "too many answers that are not read");
        }
    }

    private void end(Http2Error code, String why) {
        if (!ended) {
            onConnectionError(
                    context(), /* outbound= */ false, new Http2Exception(code, why), new Http2Exception(code, why));
            context().flush();
        }
    }

    @Override
    protected void onConnectionError(
            ChannelHandlerContext ctx, boolean outbound, Throwable cause, @Nullable Http2Exception error) {
        if (!ended && error != null && error.error() == Http2Error.ENHANCE_YOUR_CALM) {
            abused();
        }
        ended = true;
        super.onConnectionError(ctx, outbound, cause, error);
        // It is closed once the peer has been told, which it may never read.
        ctx.executor().schedule(() -> ctx.close(), SECONDS_TO_HEAR_WHY, TimeUnit.SECONDS);
    }

    /** Told from within writes, where another write would come between the parts of the first. */
    private void writabilityChanged(Http2Stream changed) {
        FrameStream stream = changed.getProperty(key);
        if (stream != null && writable(changed) && stream.unblocked()) {
            writable.add(stream);
            if (writable.size() == 1) {
                context().executor().execute(tellWritable);
            }
        }
    }

    private void tellWritable() {
        List<FrameStream> told = List.copyOf(writable);
        writable.clear();
        told.forEach(FrameStream::room);
    }

    /** A mistake of the peer's, or of ours where {@code outbound}, that concerns one stream. */
    @Override
    protected void onStreamError(ChannelHandlerContext ctx, boolean outbound, Throwable cause, StreamException error) {
        if (outbound) {
            // Its holder is in the middle of writing and must not hear of it before that is done.
            resets.add(error.streamId());
            ctx.executor().execute(() -> {
                super.onStreamError(ctx, true, cause, error);
                flushSoon();
            });
            return;
        }
        int id = error.streamId();
        FrameStream stream = stream(id);
        StreamException told = error;
        if (stream != null) {
            stream.malformed(String.valueOf(error.getMessage()));
            if (conduct.headersAfterEnd()) {
                told = (StreamException)
                        Http2Exception.streamError(id, Http2Error.STREAM_CLOSED, "%s", cause.getMessage());
            }
        } else if (resets.contains(id)) {
            // Sent before the peer heard of the reset (RFC 9113 section 5.1).
            return;
        } else if (connection().isServer() && neverOpened(id)) {
            refused(error);
        } else if (error.error() == Http2Error.STREAM_CLOSED && !resetsByPeer.contains(id)) {
            // It had ended in good order, and the peer knew (RFC 9113 section 5.1).
            end(Http2Error.STREAM_CLOSED, "a frame for stream " + id + ", which has ended");
            return;
        }
        resets.add(id);
        super.onStreamError(ctx, false, cause, told);
    }

    /**
     * Whether it failed by its first block of headers. If that was before the codec had a stream for it, it is given one, so
     * that what still comes on it is known to belong to a stream that was reset.
     */
    private boolean neverOpened(int id) {
        if (connection().stream(id) != null) {
            return true;
        }
        if (id <= connection().remote().lastStreamCreated()) {
            return false;
        }
        try {
            connection().remote().createStream(id, /* halfClosed= */ true);
        } catch (Http2Exception e) {
            // As many are open as may be, or none may be any more: it is reset all the same.
            resets.add(id);
        }
        return true;
    }

    protected final ChannelHandlerContext context() {
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            throw new IllegalStateException("used before it was added to a pipeline");
        }
        return ctx;
    }

    private final class Events extends Http2EventAdapter {

        @Override
        public int onDataRead(ChannelHandlerContext ctx, int id, ByteBuf data, int padding, boolean end) {
            FrameStream stream = stream(id);
            if (stream == null) {
                return data.readableBytes() + padding;
            }
            heard(stream);
            return stream.data(data, padding, end);
        }

        @Override
        public void onHeadersRead(ChannelHandlerContext ctx, int id, Http2Headers headers, int padding, boolean end)
                throws Http2Exception {
            Http2Stream at = connection().stream(id);
            FrameStream stream = at == null ? null : at.getProperty(key);
            if (stream == null && at != null) {
                stream = opened(at);
                if (stream != null) {
                    at.setProperty(key, stream);
                }
            }
            if (stream != null) {
                heard(stream);
                stream.headers(id, headers, end);
            }
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext ctx,
                int id,
                Http2Headers headers,
                int dependency,
                short weight,
                boolean exclusive,
                int padding,
                boolean end)
                throws Http2Exception {
            onHeadersRead(ctx, id, headers, padding, end);
        }

        @Override
        public void onRstStreamRead(ChannelHandlerContext ctx, int id, long errorCode) {
            resetsByPeer.add(id);
            FrameStream stream = stream(id);
            if (stream != null) {
                stream.resetByPeer(errorCode);
            }
        }

        @Override
        public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) {
            settings(settings);
        }

        @Override
        public void onPingAckRead(ChannelHandlerContext ctx, long data) {
            pingAcknowledged(data);
        }

        @Override
        public void onGoAwayRead(ChannelHandlerContext ctx, int lastStreamId, long errorCode, ByteBuf debugData) {
            goAway(lastStreamId);
        }

        @Override
        public void onStreamClosed(Http2Stream closed) {
            FrameStream stream = closed.getProperty(key);
            if (stream != null) {
                stream.closed();
            }
        }
    }
}
