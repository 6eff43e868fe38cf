package io.tracery.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameLogger;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.logging.LogLevel;

/**
 * Watches how a peer behaves: frames that cost work and carry nothing, and streams that are opened to be reset
 * (CVE-2023-44487, CVE-2025-8671), beyond what an honest peer needs. It is a frame logger that logs nothing: none other
 * sees every frame, and each before it is acted upon.
 */
final class Conduct extends Http2FrameLogger {

    /** An honest peer sends no more than this many frames about each that carries something. */
    private static final int OVERHEAD_OF_ONE = 4;

    /** Some peers open their windows again with every kilobyte. */
    private static final int USEFUL_BYTES = 1024;

    private final Http2Limits limits;
    private final Http2Connection connection;

    private long periodSince = System.nanoTime();
    private int useful;
    private int overhead;
    private int opened;
    private int resets;
    private boolean afterEnd;
    private boolean abusive;

    Conduct(Http2Limits limits, Http2Connection connection) {
        super(LogLevel.TRACE, Conduct.class);
        this.limits = limits;
        this.connection = connection;
    }

    /** Nothing of it is worth another frame. */
    boolean abusive() {
        return abusive;
    }

    /** The headers that came last came on a stream that the peer had ended. */
    boolean headersAfterEnd() {
        return afterEnd;
    }

    private void overhead(Direction direction) {
        if (direction == Direction.INBOUND) {
            overhead++;
            if (overhead - OVERHEAD_OF_ONE * (long) useful > limits.maxOverhead() && !newPeriod()) {
                abusive = true;
            }
        }
    }

    private void reset() {
        resets++;
        if (resets > limits.maxResets() && 2 * resets > opened && !newPeriod()) {
            abusive = true;
        }
    }

    /** The clock is asked only when a bound has been reached. */
    private boolean newPeriod() {
        long now = System.nanoTime();
        if (now - periodSince < limits.period().toNanos()) {
            return false;
        }
        periodSince = now;
        useful = 0;
        overhead = 0;
        opened = 0;
        resets = 0;
        return true;
    }

    @Override
    public void logData(
            Direction direction, ChannelHandlerContext ctx, int id, ByteBuf data, int padding, boolean endStream) {
        if (data.isReadable() || endStream) {
            useful += 1 + data.readableBytes() / USEFUL_BYTES;
        } else {
            overhead(direction);
        }
    }

    @Override
    public void logHeaders(
            Direction direction, ChannelHandlerContext ctx, int id, Http2Headers headers, int padding, boolean end) {
        if (direction == Direction.OUTBOUND) {
            useful++;
            return;
        }
        Http2Stream stream = connection.stream(id);
        afterEnd = stream != null && stream.state() == Http2Stream.State.HALF_CLOSED_REMOTE;
        boolean opens = connection.isServer() && id > connection.remote().lastStreamCreated();
        boolean unheard = stream == null ? !opens : stream.isResetSent();
        if (unheard || interim(headers)) {
            overhead(direction);
        } else {
            useful++;
            opened += opens ? 1 : 0;
        }
    }

    @Override
    public void logHeaders(
            Direction direction,
            ChannelHandlerContext ctx,
            int id,
            Http2Headers headers,
            int dependency,
            short weight,
            boolean exclusive,
            int padding,
            boolean end) {
        logHeaders(direction, ctx, id, headers, padding, end);
    }

    private boolean interim(Http2Headers headers) {
        CharSequence status = connection.isServer() ? null : headers.status();
        return status != null && status.length() > 0 && status.charAt(0) == '1';
    }

    @Override
    public void logRstStream(Direction direction, ChannelHandlerContext ctx, int id, long errorCode) {
        overhead(direction);
        if (direction == Direction.INBOUND || itsMistake(errorCode)) {
            reset();
        }
    }

    private static boolean itsMistake(long errorCode) {
        return errorCode == Http2Error.PROTOCOL_ERROR.code()
                || errorCode == Http2Error.FLOW_CONTROL_ERROR.code()
                || errorCode == Http2Error.STREAM_CLOSED.code()
                || errorCode == Http2Error.FRAME_SIZE_ERROR.code();
    }

    @Override
    public void logPriority(
            Direction direction, ChannelHandlerContext ctx, int id, int dependency, short weight, boolean exclusive) {
        overhead(direction);
    }

    @Override
    public void logSettingsAck(Direction direction, ChannelHandlerContext ctx) {
        overhead(direction);
    }

    @Override
    public void logSettings(Direction direction, ChannelHandlerContext ctx, Http2Settings settings) {
        overhead(direction);
    }

    @Override
    public void logPing(Direction direction, ChannelHandlerContext ctx, long data) {
        overhead(direction);
    }

    @Override
    public void logPingAck(Direction direction, ChannelHandlerContext ctx, long data) {
        overhead(direction);
    }

    @Override
    public void logPushPromise(
            Direction direction, ChannelHandlerContext ctx, int id, int promised, Http2Headers headers, int padding) {
        overhead(direction);
    }

    @Override
    public void logGoAway(Direction direction, ChannelHandlerContext ctx, int last, long errorCode, ByteBuf debug) {
        overhead(direction);
    }

    @Override
    public void logWindowsUpdate(Direction direction, ChannelHandlerContext ctx, int id, int increment) {
        overhead(direction);
    }

    @Override
    public void logUnknownFrame(
            Direction direction, ChannelHandlerContext ctx, byte type, int id, Http2Flags flags, ByteBuf data) {
        overhead(direction);
    }
}
