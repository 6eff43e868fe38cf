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
    private final Http2Limits limits;
    private final Conduct conduct;

    /** The constructor of a connection. */
    @FunctionalInterface
    public interface Maker<T> {
        T make(Parts parts);
    }

    /** What a connection is made of: Netty's halves, and what is watched and announced. */
    public static final class Parts {

        final Http2ConnectionDecoder decoder;
        final Http2ConnectionEncoder encoder;
        final Http2Settings settings;
        final Http2Limits limits;
        final Conduct conduct;

        private Parts(
                Http2ConnectionDecoder decoder,
                Http2ConnectionEncoder encoder,
                Http2Settings settings,
                Http2Limits limits,
                Conduct conduct) {
            this.decoder = decoder;
            this.encoder = encoder;
            this.settings = settings;
            this.limits = limits;
            this.conduct = conduct;
        }
    }

    private FrameCodec(DefaultHttp2Connection connection, Http2Limits limits, Http2Settings settings, Maker<T> maker) {
        this.maker = maker;
        this.limits = limits;
        this.conduct = new Conduct(limits, connection);
        // Streams take turns. Priorities are a thing of the past (RFC 9113 section 5.3), and their tree costs.
        connection
                .remote()
                .flowController(
                        new DefaultHttp2RemoteFlowController(connection, new UniformStreamByteDistributor(connection)));
        connection(connection);
        initialSettings(
                settings.initialWindowSize(limits.streamWindowBytes()).maxHeaderListSize(limits.maxHeaderBytes()));
        validateHeaders(true);
        frameLogger(conduct);
        // Ours counts what matters: an honest peer that cancels much would run into the codec's own bound.
        decoderEnforceMaxRstFramesPerWindow(0, 0);
        encoderEnforceMaxRstFramesPerWindow(0, 0);
        encoderEnforceMaxQueuedControlFrames(limits.maxQueuedAcknowledgements());
        decoderEnforceMaxSmallContinuationFrames(limits.maxContinuations());
        // A connection that is closed lets its streams finish; who waits for that has a deadline of its own.
        gracefulShutdownTimeoutMillis(NO_TIMEOUT);
    }

    public static <T extends FrameConnection> T server(Http2Limits limits, Maker<T> maker) {
        DefaultHttp2Connection connection = new DefaultHttp2Connection(/* server= */ true);
        // From the first frame on, not only for a client that acknowledges our settings.
        connection.remote().maxActiveStreams(limits.maxStreams());
        Http2Settings settings = Http2Settings.defaultSettings()
                .maxConcurrentStreams(limits.maxStreams())
                .connectProtocolEnabled(true);
        return new FrameCodec<>(connection, limits, settings, maker)
                .validateRequiredPseudoHeaders(true)
                .build();
    }

    public static <T extends FrameConnection> T client(Http2Limits limits, Maker<T> maker) {
        DefaultHttp2Connection connection = new DefaultHttp2Connection(/* server= */ false);
        Http2Settings settings = Http2Settings.defaultSettings().pushEnabled(false);
        return new FrameCodec<>(connection, limits, settings, maker).build();
    }

    @Override
    protected T build(Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
        return maker.make(new Parts(decoder, encoder, settings, limits, conduct));
    }
}
