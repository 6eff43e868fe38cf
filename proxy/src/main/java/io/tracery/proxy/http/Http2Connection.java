package io.tracery.proxy.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.util.ReferenceCountUtil;
import io.tracery.proxy.http.Intake.Version;
import io.tracery.proxy.http2.FrameConnection;
import io.tracery.proxy.http2.FrameStream;
import io.tracery.proxy.loop.Swept;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A client's HTTP/2 connection: each of its streams is an exchange. */
public final class Http2Connection extends FrameConnection implements Swept {

    /** How long a client that is to begin nothing new may take to say that it has heard so. */
    private static final long DRAIN_ANSWER_SECONDS = 1;

    private static final long DRAIN_PING = 0x7472616365727921L;

    private final Downstream downstream;
    private final Consumer<Http2Error> onRefusal;

    private Version version = Version.HTTP2;
    private int exchanges;
    private long idleSince;
    private boolean draining;
    private boolean lastGoAwaySent;

    /**
     * @param onRefusal called with the code when the connection is ended for what its client did, and with REFUSED_STREAM for
     *     each stream that is one too many
     */
    public Http2Connection(Downstream downstream, Consumer<Http2Error> onRefusal) {
        super(Side.SERVER, downstream.loop().limits().http2());
        this.downstream = downstream;
        this.onRefusal = onRefusal;
    }

    @Override
    protected void violated(Http2Error code) {
        onRefusal.accept(code);
    }

    @Override
    protected void streamRefused() {
        onRefusal.accept(Http2Error.REFUSED_STREAM);
    }

    Version version() {
        return version;
    }

    Downstream downstream() {
        return downstream;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
        super.handlerAdded(ctx);
        idleSince = downstream.loop().ticker().nanos();
        downstream.loop().add(this);
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext ctx) throws Exception {
        downstream.loop().remove(this);
        super.handlerRemoved0(ctx);
    }

    // ---- streams ----

    @Override
    protected FrameStream opened() {
        return new Http2ClientStream(this);
    }

    /** Takes over from HTTP/1.1, with the request that offered it. */
    void upgraded(Http2Upgrade upgrade) {
        version = Version.HTTP2_BY_UPGRADE;
        try {
            Http2ClientStream first = (Http2ClientStream) upgraded(upgrade.settings());
            first.begin(upgrade.request(), /* end= */ true);
            first.readComplete();
            flushSoon();
        } catch (Http2Exception e) {
            broken(e);
        }
    }

    void exchangeBegan() {
        exchanges++;
    }

    void exchangeEnded() {
        exchanges--;
        idleSince = downstream.loop().ticker().nanos();
    }

    // ---- the end ----

    /** A connection without exchanges ends in the end, whatever frames still come on it. */
    @Override
    public void sweep(long nowNanos) {
        long patience = downstream.loop().limits().idleTimeout().toNanos();
        forEachStream((stream, id) -> ((Http2ClientStream) stream).giveUp(nowNanos, patience));
        if (exchanges == 0 && nowNanos - idleSince > patience) {
            serveNoMore();
            context().close();
        }
    }

    /** Of what no exchange speaks for: answers that are complete and not taken. */
    @Override
    public double pace(long nowNanos) {
        boolean[] waits = {exchanges == 0 && !context().channel().isWritable()};
        forEachStream((stream, id) -> waits[0] |= ((Http2ClientStream) stream).lingers());
        return waits[0] ? 0 : Double.POSITIVE_INFINITY;
    }

    @Override
    public void drop() {
        long now = downstream.loop().ticker().nanos();
        forEachStream((stream, id) -> ((Http2ClientStream) stream).giveUp(now, /* patienceNanos= */ -1));
        if (exchanges == 0) {
            Swept.cut(context().channel());
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == Drain.NOW && !draining) {
            drain(ctx);
        }
        ReferenceCountUtil.release(event);
    }

    /**
     * In two steps (RFC 9113 section 6.8): nothing new, please; then, when the client has heard that, the last stream that
     * there will be an answer to. What it had sent in between is served, not refused.
     */
    private void drain(ChannelHandlerContext ctx) {
        draining = true;
        askForNoMore();
        ping(DRAIN_PING);
        ctx.executor().schedule(this::closeWhenServed, DRAIN_ANSWER_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    protected void pingAcknowledged(long data) {
        if (draining && data == DRAIN_PING) {
            closeWhenServed();
        }
    }

    private void closeWhenServed() {
        if (!lastGoAwaySent) {
            lastGoAwaySent = true;
            serveNoMore();
            // Through this handler, which waits for the streams that are open.
            context().channel().close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // A socket or TLS that fails; mistakes in frames never come this way.
        ctx.close();
    }
}
