package io.tracery.proxy.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameLogger;
import io.netty.handler.logging.LogLevel;
import org.jspecify.annotations.Nullable;

/**
 * Counts the requests whose headers are so wrong that Netty's codec refuses them before there is a stream. The frame
 * logger is the only one who hears of those; it logs nothing.
 */
public final class MalformedStreams extends Http2FrameLogger {

    private final Downstream downstream;
    private @Nullable Http2Connection connection;

    public MalformedStreams(Downstream downstream) {
        super(LogLevel.TRACE, MalformedStreams.class);
        this.downstream = downstream;
    }

    /** The connection whose frames it sees; known when the codec is built. */
    public void on(Http2Connection whose) {
        connection = whose;
    }

    @Override
    public void logRstStream(Direction direction, ChannelHandlerContext ctx, int streamId, long errorCode) {
        if (direction == Direction.OUTBOUND
                && errorCode == Http2Error.PROTOCOL_ERROR.code()
                && connection != null
                && connection.stream(streamId) == null) {
            Intake.unanswerable(downstream);
        }
    }
}
