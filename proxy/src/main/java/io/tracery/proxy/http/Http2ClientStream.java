package io.tracery.proxy.http;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.tracery.proxy.http2.ExtendedConnect;
import io.tracery.proxy.http2.FrameStream;
import io.tracery.proxy.http2.HeadBlock;
import io.tracery.proxy.http2.Heads;
import org.jspecify.annotations.Nullable;

/** A client's HTTP/2 stream: one exchange. */
final class Http2ClientStream extends FrameStream implements Client {

    private final Http2Connection owner;

    private @Nullable HttpRelay relay;
    private boolean begun;
    private HttpMethod asked = HttpMethod.GET;
    private boolean requestComplete;
    private boolean answerComplete;
    private boolean malformed;
    private boolean exchangeOver;
    private long overSinceNanos;
    private @Nullable Tunnel tunnel;
    private Http2Error brokenOff = Http2Error.INTERNAL_ERROR;

    Http2ClientStream(Http2Connection owner) {
        super(owner);
        this.owner = owner;
    }

    // ---- from the client ----

    @Override
    protected void headers(int id, HeadBlock headers, boolean end) throws Http2Exception {
        if (tunnel != null) {
            throw Http2Exception.streamError(
                    id, Http2Error.PROTOCOL_ERROR, "a tunnel has no trailers (RFC 9113 section 8.5)");
        }
        if (begun) {
            // A second block is trailers, or the codec would have refused it.
            content(new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER, headers.trailers()));
            return;
        }
        begin(headers.request(end), end);
    }

    void begin(HttpRequest request, boolean end) {
        begun = true;
        requestComplete = end;
        asked = request.method();
        boolean switches = request instanceof ExtendedConnect || HttpMethod.CONNECT.equals(asked);
        tunnel = switches ? new Tunnel(end) : null;
        owner.exchangeBegan();
        HttpRelay with = Intake.begin(owner.downstream(), request, owner.version(), this);
        if (with != null) {
            relay = with;
            with.start();
            if (switches) {
                // Its head is all that is said until there is an answer.
                with.requestPiece(LastHttpContent.EMPTY_LAST_CONTENT);
            } else if (end) {
                content(LastHttpContent.EMPTY_LAST_CONTENT);
            }
        }
    }

    @Override
    protected void content(HttpContent piece) {
        requestComplete |= piece instanceof LastHttpContent;
        if (relay != null && tunnel != null && tunnel.waits()) {
            tunnel.hold(piece);
            reading(false);
        } else if (relay != null) {
            relay.requestPiece(piece);
        } else {
            piece.release();
        }
    }

    @Override
    protected void readComplete() {
        if (relay != null) {
            relay.flushRequest();
        }
    }

    @Override
    protected void writableAgain() {
        if (relay != null) {
            relay.clientWritable();
        }
    }

    @Override
    protected void resetByPeer(long errorCode) {
        // Who has nothing more to say in a tunnel, and wants to hear nothing more, has broken nothing off.
        boolean leaves = tunnel != null && errorCode == Http2Error.NO_ERROR.code();
        if (relay != null && !leaves) {
            // What speaks of this connection, or of no error though the exchange is not over, is a request given up.
            boolean asItIs = passedOn(errorCode) || errorCode == Http2Error.INTERNAL_ERROR.code();
            relay.clientReset(asItIs ? errorCode : Http2Error.CANCEL.code());
        }
    }

    /** Not as RFC 9113 section 8.1.1 wants it: answered where that is possible, reset in any case. */
    @Override
    protected void malformed(String detail) {
        malformed = true;
        if (relay != null) {
            relay.clientMalformed(detail);
        } else if (!begun) {
            begun = true;
            Intake.unanswerable(owner.downstream());
        }
    }

    @Override
    protected void gone() {
        if (relay != null) {
            relay.clientGone();
        }
    }

    // ---- to the client ----

    @Override
    public void write(HttpObject piece) {
        answerComplete = piece instanceof LastHttpContent;
        if (tunnel != null && piece instanceof HttpResponse head && Switching.done(asked, head)) {
            // Not from within the write of the answer.
            owner.downstream().loop().loop().execute(this::tunnelOpen);
        }
        if (HttpMethod.HEAD.equals(asked)
                && piece instanceof HttpContent content
                && content.content().isReadable()) {
            // An answer to HEAD ends with its head.
            content.content().skipBytes(content.content().readableBytes());
        }
        super.write(piece);
    }

    @Override
    protected void pack(HttpMessage message, Heads.Packer into) {
        HttpResponse response = (HttpResponse) message;
        if (tunnel != null && Switching.done(asked, response)) {
            into.agreed(response);
        } else {
            into.response(response);
        }
    }

    private void tunnelOpen() {
        HttpContent early = tunnel == null ? null : tunnel.open();
        if (early != null && relay != null) {
            relay.requestPiece(early);
            relay.flushRequest();
        } else if (early != null) {
            early.release();
        }
    }

    /** While something is held that its endpoint has not agreed to take, no more of it is asked for. */
    @Override
    public void reading(boolean on) {
        super.reading(on && (tunnel == null || !tunnel.holds()));
    }

    /**
     * What concerns the request is passed on. The rest concerns our own connection to the endpoint, or would be wrong here:
     * a request whose answer has begun was not refused, an answer without its end is an error.
     */
    @Override
    public void brokenOff(long http2Error) {
        brokenOff = passedOn(http2Error) ? Http2Error.valueOf(http2Error) : Http2Error.INTERNAL_ERROR;
    }

    private static boolean passedOn(long code) {
        return code == Http2Error.CANCEL.code()
                || code == Http2Error.CONNECT_ERROR.code()
                || code == Http2Error.ENHANCE_YOUR_CALM.code();
    }

    @Override
    public void over(boolean answered) {
        relay = null;
        if (tunnel != null) {
            tunnel.release();
        }
        owner.exchangeEnded();
        reading(true);
        if (malformed || isOver()) {
            return;
        }
        if (!answerComplete) {
            resetAfterWrites(brokenOff);
        } else if (!requestComplete) {
            // The rest of the request is not wanted (RFC 9113 section 8.1).
            resetAfterWrites(Http2Error.NO_ERROR);
        }
        exchangeOver = true;
        overSinceNanos = owner.downstream().loop().ticker().nanos();
    }

    @Override
    public void drop() {
        reset(Http2Error.ENHANCE_YOUR_CALM);
    }

    /** Its exchange is over, and the client has not taken all of the answer. */
    boolean lingers() {
        return exchangeOver && !isOver();
    }

    /** Ends it where it lingers for longer. */
    void giveUp(long nowNanos, long patienceNanos) {
        if (lingers() && nowNanos - overSinceNanos > patienceNanos) {
            reset(Http2Error.CANCEL);
        }
    }
}
