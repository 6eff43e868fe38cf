package io.tracery.proxy.http2;

import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;

/** Puts Netty's frame reader and writer under a connection of ours. */
public final class FrameCodec<T extends FrameConnection>
        extends AbstractHttp2ConnectionHandlerBuilder<T, FrameCodec<T>> {

    private static final long NO_TIMEOUT = -1;

    private final Maker<T> maker;

    /** The constructor of a connection. */
    @FunctionalInterface
    public interface Maker<T> {
        T make(Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings);
    }

    private FrameCodec(DefaultHttp2Connection connection, Http2Settings settings, Maker<T> maker) {
        this.maker = maker;
        // Streams take turns. Priorities are a thing of the past (RFC 9113 section 5.3), and their tree costs.
        connection
                .remote()
                .flowController(
                        new DefaultHttp2RemoteFlowController(connection, new UniformStreamByteDistributor(connection)));
        connection(connection);
        initialSettings(settings.initialWindowSize(FrameConnection.STREAM_WINDOW_BYTES));
        validateHeaders(true);
        // A connection that is closed lets its streams finish; who waits for that has a deadline of its own.
        gracefulShutdownTimeoutMillis(NO_TIMEOUT);
    }

    /**
     * @param maxStreams that a client may have open at once
     * @param maxHeaderBytes all headers of one message
     */
    public static <T extends FrameConnection> T server(int maxStreams, int maxHeaderBytes, Maker<T> maker) {
        DefaultHttp2Connection connection = new DefaultHttp2Connection(/* server= */ true);
        // From the first frame on, not only for a client that acknowledges our settings.
        connection.remote().maxActiveStreams(maxStreams);
        FrameCodec<T> codec = new FrameCodec<>(
                connection,
                Http2Settings.defaultSettings().maxConcurrentStreams(maxStreams).maxHeaderListSize(maxHeaderBytes),
                maker);
        return codec.validateRequiredPseudoHeaders(true).build();
    }

    /** @param maxHeaderBytes all headers of one message */
    public static <T extends FrameConnection> T client(int maxHeaderBytes, Maker<T> maker) {
        return new FrameCodec<>(
                        new DefaultHttp2Connection(/* server= */ false),
                        Http2Settings.defaultSettings().pushEnabled(false).maxHeaderListSize(maxHeaderBytes),
                        maker)
                .build();
    }

    @Override
    protected T build(Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
        return maker.make(decoder, encoder, settings);
    }
}
