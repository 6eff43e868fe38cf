package io.tracery.proxy.upstream;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import io.tracery.proxy.http2.ExtendedConnect;
import io.tracery.proxy.http2.FrameStream;
import io.tracery.proxy.http2.HeadBlock;
import io.tracery.proxy.http2.Heads;
import io.tracery.proxy.upstream.UpstreamEvents.Closing;
import org.jspecify.annotations.Nullable;

/** A stream of an HTTP/2 connection to an endpoint: one request. */
final class Http2Lease extends FrameStream implements Lease {

    private static final AsciiString SEC_WEBSOCKET_KEY = AsciiString.cached("sec-websocket-key");

    /** What a peer that reads no more may take for the rest of a tunnel. */
    private static final long SECONDS_TO_END = 10;

    private final Http2Upstream owner;
    private final boolean reused;
    private final int heardBefore;

    // Null once the request has given it back.
    private @Nullable UpstreamEvents holder;
    private @Nullable Closing closing;
    private @Nullable Http2Error closesWith;
    private boolean asksHead;
    private boolean headSeen;
    private long resetCode = Http2Error.INTERNAL_ERROR.code();

    // Where the request asks for another protocol: which, the proof that it wants, and what became of it.
    private @Nullable String protocol;
    private @Nullable String key;
    private boolean asksToSwitch;
    private boolean switched;
    private boolean endSent;

    Http2Lease(Http2Upstream owner, boolean reused, UpstreamEvents holder) {
        super(owner);
        this.owner = owner;
        this.reused = reused;
        this.heardBefore = owner.heard();
        this.holder = holder;
    }

    // ---- from the upstream ----

    @Override
    protected void headers(int id, HeadBlock headers, boolean end) throws Http2Exception {
        UpstreamEvents to = holder;
        if (to == null) {
            return;
        }
        if (switched) {
            throw Http2Exception.streamError(id, Http2Error.PROTOCOL_ERROR, "a tunnel has no trailers");
        }
        if (headSeen) {
            to.received(new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER, headers.trailers()));
            return;
        }
        HttpResponse head = headers.response();
        if (head.status().code() < 200) {
            if (end) {
                throw Http2Exception.streamError(id, Http2Error.PROTOCOL_ERROR, "an interim answer ends the stream");
            }
            to.received(new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1,
                    head.status(),
                    Unpooled.EMPTY_BUFFER,
                    head.headers(),
                    EmptyHttpHeaders.INSTANCE));
            return;
        }
        headSeen = true;
        owner.answers();
        if (asksToSwitch && head.status().code() / 100 == 2) {
            switched = true;
            head = protocol == null ? head : ExtendedConnect.agreed(head, protocol, key);
        }
        to.received(head);
        if (end) {
            content(LastHttpContent.EMPTY_LAST_CONTENT);
        }
    }

    @Override
    protected void content(HttpContent piece) {
        UpstreamEvents to = holder;
        if (to == null) {
            piece.release();
        } else if (headSeen) {
            to.received(piece);
        } else {
            piece.release();
            malformed("a body without a head");
            reset(Http2Error.PROTOCOL_ERROR);
        }
    }

    @Override
    protected boolean answersHead() {
        return asksHead;
    }

    @Override
    protected void readComplete() {
        UpstreamEvents to = holder;
        if (to != null) {
            to.readComplete();
        }
    }

    @Override
    protected void writableAgain() {
        UpstreamEvents to = holder;
        if (to != null) {
            to.writabilityChanged();
        }
    }

    @Override
    protected void resetByPeer(long errorCode) {
        resetCode = errorCode;
        closing = errorCode == Http2Error.REFUSED_STREAM.code() ? Closing.REFUSED : Closing.CLOSED;
    }

    @Override
    protected void malformed(String detail) {
        closing = Closing.MALFORMED;
    }

    /** It will not be worked on: the peer said so before it went away. */
    void refused() {
        closing = Closing.REFUSED;
    }

    @Override
    protected void gone() {
        owner.streamEnded();
        UpstreamEvents to = holder;
        holder = null;
        if (to != null) {
            to.closed(closing == null ? owner.closing() : closing);
        }
    }

    // ---- to the upstream ----

    /** A request that asks for a tunnel has no end before there is one: what HTTP/1 calls that is the end of its head. */
    @Override
    public void write(HttpObject piece) {
        if (piece instanceof HttpRequest request) {
            protocol = request.headers().get(HttpHeaderNames.UPGRADE);
            key = protocol == null ? null : request.headers().get(SEC_WEBSOCKET_KEY);
            asksHead = HttpMethod.HEAD.equals(request.method());
            asksToSwitch = protocol != null || HttpMethod.CONNECT.equals(request.method());
        }
        if (asksToSwitch && piece instanceof LastHttpContent && !switched) {
            ReferenceCountUtil.release(piece);
            flush();
        } else if (!endSent) {
            endSent = switched && piece instanceof LastHttpContent;
            super.write(piece);
        } else {
            ReferenceCountUtil.release(piece);
        }
    }

    @Override
    protected void pack(HttpMessage message, Heads.Packer into) {
        into.request((HttpRequest) message, owner.scheme(), protocol);
    }

    @Override
    public boolean reused() {
        return reused;
    }

    @Override
    public long resetCode() {
        return resetCode;
    }

    @Override
    public long handshakeNanos() {
        return reused ? 0 : owner.handshakeNanos();
    }

    @Override
    public String peerIdentity() {
        return owner.peerIdentity();
    }

    @Override
    public void closesWith(long http2Error) {
        closesWith = Http2Error.valueOf(http2Error);
    }

    /** Both sides have said all: the stream has ended, or ends with the frame that is being read. */
    @Override
    public void release() {
        if (holder != null) {
            holder = null;
            reading(true);
            finish();
        }
    }

    @Override
    public void close() {
        if (holder != null) {
            holder = null;
            if (switched && closesWith == null) {
                endTunnel();
            } else {
                reset(closesWith == null ? Http2Error.CANCEL : closesWith);
            }
            if (owner.heard() == heardBefore) {
                owner.endUnlessHeard();
            }
        }
    }

    /** The client has left it in good order: all that it said is passed on before the end. */
    private void endTunnel() {
        reading(true);
        write(LastHttpContent.EMPTY_LAST_CONTENT);
        resetAfterWrites(Http2Error.NO_ERROR);
        owner.later(() -> reset(Http2Error.CANCEL), SECONDS_TO_END);
    }
}
