package io.tracery.proxy.upstream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpScheme;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.AsciiString;
import io.tracery.proxy.http2.FrameConnection;
import io.tracery.proxy.http2.FrameStream;
import io.tracery.proxy.upstream.UpstreamEvents.Closing;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** One HTTP/2 connection to an endpoint: its room for streams, and its end. */
final class Http2Upstream extends FrameConnection {

    private static final long QUESTION = 0x616c6976653f2121L;
    private static final long SECONDS_TO_ANSWER = 10;

    private final Channel channel;
    private final Limits limits;
    private final LongSupplier nanoTime;
    private final Runnable roomOrGone;
    private final AsciiString scheme;
    private final String peerIdentity;

    private int streams;
    // One request goes at once; how many more may join it the peer's SETTINGS say, which come without being asked for.
    private long mostStreams = 1;
    private boolean settled;
    private boolean extendedConnect;
    private boolean used;
    private boolean goingAway;
    private Closing closing = Closing.CLOSED;
    private long unusedSince;
    private int heard;
    private boolean questioned;
    private boolean mayAsk = true;

    /** @param roomOrGone called when another stream may be opened, or none ever again */
    Http2Upstream(Channel channel, Limits limits, LongSupplier nanoTime, Runnable roomOrGone) {
        super(Side.CLIENT, limits.http2());
        this.channel = channel;
        this.limits = limits;
        this.nanoTime = nanoTime;
        this.roomOrGone = roomOrGone;
        this.peerIdentity = PeerIdentity.verified(channel);
        this.scheme = (peerIdentity.isEmpty() ? HttpScheme.HTTP : HttpScheme.HTTPS).name();
        this.unusedSince = nanoTime.getAsLong();
    }

    // ---- streams ----

    boolean hasRoom() {
        return !goingAway && !questioned && channel.isActive() && streams < mostStreams;
    }

    /** Has so many streams that readers who stand still could together use up the connection's window. */
    boolean crowded() {
        return streams
                >= limits.http2().connectionWindowBytes() / limits.http2().streamWindowBytes();
    }

    /** The peer has said how many streams it takes. */
    boolean settled() {
        return settled;
    }

    /** The peer takes extended CONNECT (RFC 8441 section 3). */
    boolean extendedConnect() {
        return extendedConnect;
    }

    Lease lease(UpstreamEvents holder) {
        streams++;
        boolean reused = used;
        used = true;
        return new Http2Lease(this, reused, holder);
    }

    void streamEnded() {
        streams--;
        if (streams == 0) {
            unusedSince = nanoTime.getAsLong();
            if (goingAway) {
                channel.close();
            }
        }
        roomOrGone.run();
    }

    /** Runs it in so many seconds. */
    void later(Runnable task, long seconds) {
        channel.eventLoop().schedule(task, seconds, TimeUnit.SECONDS);
    }

    /** How often something came from the peer. */
    int heard() {
        return heard;
    }

    /** Requests are answered on it. */
    void answers() {
        mayAsk = true;
    }

    /**
     * A request was given up and nothing had come from the peer meanwhile: it is asked for a sign of life, and takes no
     * further requests before it gives one. A connection whose other end is gone without a word would otherwise take
     * requests, and fail them, for as long as TCP hopes. One question for an answer at most: servers of gRPC end the
     * connections of clients that only ask (gRFC A8).
     */
    void endUnlessHeard() {
        if (mayAsk && !questioned && channel.isActive()) {
            mayAsk = false;
            questioned = true;
            ping(QUESTION);
            later(
                    () -> {
                        if (questioned) {
                            channel.close();
                        }
                    },
                    SECONDS_TO_ANSWER);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        heard++;
        if (questioned) {
            questioned = false;
            roomOrGone.run();
        }
        super.channelReadComplete(ctx);
    }

    AsciiString scheme() {
        return scheme;
    }

    long handshakeNanos() {
        return HandshakeTime.of(channel);
    }

    String peerIdentity() {
        return peerIdentity;
    }

    /** How streams end that end with the connection. */
    Closing closing() {
        return closing;
    }

    // ---- from the peer ----

    @Override
    protected void settings(Http2Settings settings) {
        Long most = settings.maxConcurrentStreams();
        if (most != null || !settled) {
            mostStreams =
                    most == null ? limits.maxStreamsPerConnection() : Math.min(most, limits.maxStreamsPerConnection());
        }
        Boolean connectProtocol = settings.connectProtocolEnabled();
        if (connectProtocol != null) {
            extendedConnect = connectProtocol;
        }
        settled = true;
        roomOrGone.run();
    }

    /** Streams that the peer will not work on are closed after this, the others go on. */
    @Override
    protected void goAway(int lastStreamId) {
        goingAway = true;
        forEachStream((stream, id) -> {
            if (id > lastStreamId) {
                ((Http2Lease) stream).refused();
            }
        });
        closeWhenUnused();
    }

    /** We said that we take no pushes, and a peer that pushes anyway is at its end. */
    @Override
    protected @Nullable FrameStream opened() {
        return null;
    }

    @Override
    protected void exhausted() {
        closeWhenUnused();
    }

    // ---- the end ----

    void closeWhenUnused() {
        goingAway = true;
        if (streams == 0) {
            channel.close();
        }
    }

    void closeIfIdle(long nowNanos, long idleNanos) {
        if (streams == 0 && nowNanos - unusedSince > idleNanos) {
            closeWhenUnused();
        }
    }

    @Override
    protected void violated(Http2Error code) {
        closing = Closing.MALFORMED;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof SSLException || cause.getCause() instanceof SSLException) {
            closing = Closing.TLS;
        }
        ctx.close();
    }
}
