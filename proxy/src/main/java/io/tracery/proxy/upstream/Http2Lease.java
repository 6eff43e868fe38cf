package io.tracery.proxy.upstream;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.tracery.proxy.http2.FrameStream;
import io.tracery.proxy.http2.Heads;
import io.tracery.proxy.upstream.UpstreamEvents.Closing;
import org.jspecify.annotations.Nullable;

/** A stream of an HTTP/2 connection to an endpoint: one request. */
final class Http2Lease extends FrameStream implements Lease {

    private final Http2Upstream owner;
    private final boolean reused;

    // Null once the request has given it back.
    private @Nullable UpstreamEvents holder;
    private @Nullable Closing closing;
    private boolean headSeen;
    private long resetCode = Http2Error.INTERNAL_ERROR.code();

    Http2Lease(Http2Upstream owner, boolean reused, UpstreamEvents holder) {
        super(owner, null);
        this.owner = owner;
        this.reused = reused;
        this.holder = holder;
    }

    // ---- from the upstream ----

    @Override
    protected void headers(int id, Http2Headers headers, boolean end) throws Http2Exception {
        UpstreamEvents to = holder;
        if (to == null) {
            return;
        }
        if (headSeen) {
            DefaultLastHttpContent last = new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER);
            last.trailingHeaders().set(Heads.fields(id, headers));
            to.received(last);
            return;
        }
        HttpResponse head = Heads.response(id, headers);
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

    @Override
    protected Http2Headers converted(HttpMessage message) {
        return Heads.of((HttpRequest) message, owner.scheme());
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
    public String peerIdentity() {
        return owner.peerIdentity();
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
            reset(Http2Error.CANCEL);
        }
    }
}
