package io.tracery.proxy.http1;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * A connection to an HTTP/1.1 server: one request goes, its response comes. A response of 101 to a request that asked for
 * it, or of 2xx to CONNECT, makes a tunnel of it, as with {@link Http1ServerCodec}.
 */
public final class Http1ClientCodec extends Http1Codec {

    private final ResponseDecoder decoder;
    private boolean tunnel;

    public Http1ClientCodec(Http1Limits limits) {
        this.decoder = new ResponseDecoder(limits, this::switched);
    }

    /** Whether it carries bytes instead of messages by now. */
    public boolean tunnel() {
        return tunnel;
    }

    private void switched() {
        tunnel = true;
        bytesFollow();
    }

    @Override
    MessageDecoder decoder() {
        return decoder;
    }

    @Override
    boolean begin(ChannelHandlerContext ctx, HttpObject piece, HeadWriter head) {
        if (!(piece instanceof HttpRequest request)) {
            return false;
        }
        decoder.asked(request);
        bodyFollows(request.headers());
        head.token(request.method().name())
                .raw((byte) ' ')
                .target(request.uri())
                .raw(Syntax.REQUEST_VERSION)
                .fields(request.headers());
        return true;
    }

    @Override
    void begun(ChannelHandlerContext ctx) {
        // The response says what follows.
    }

    @Override
    void ended(ChannelHandlerContext ctx) {
        // Nothing waits for a request's end here; of a tunnel's one direction it is the end.
        if (tunnel && ctx.channel() instanceof DuplexChannel duplex && duplex.isActive()) {
            flush(ctx);
            ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> duplex.shutdownOutput());
        }
    }

    private static final class ResponseDecoder extends MessageDecoder {

        private final Http1Limits limits;
        private final Runnable switched;
        private @Nullable HttpMethod asked;
        private boolean askedToSwitch;

        ResponseDecoder(Http1Limits limits, Runnable switched) {
            super(limits);
            this.limits = limits;
            this.switched = switched;
        }

        void asked(HttpRequest request) {
            asked = request.method();
            askedToSwitch = request.headers().contains(HttpHeaderNames.UPGRADE);
        }

        @Override
        long head(ChannelHandlerContext ctx, HeadParser parser) {
            HttpMethod method = asked;
            if (method == null) {
                throw new MalformedMessage("a response to no request");
            }
            HttpVersion version = parser.responseVersion();
            HttpResponseStatus status = parser.status();
            HttpHeaders headers = parser.fields(limits.fields());
            int code = status.code();
            boolean switches = code == 101 || (HttpMethod.CONNECT.equals(method) && code / 100 == 2);
            if (code == 101 && !askedToSwitch) {
                throw new MalformedMessage("101 without a request to switch protocols");
            }
            long length = switches ? 0 : Framing.ofResponse(method, code, version, headers);
            if (switches) {
                tunnelFollows();
                switched.run();
            } else if (code >= 200) {
                asked = null;
            }
            if (Framing.bodiless(HttpMethod.GET, code)) {
                // Of no meaning here, and a trap for who takes it seriously.
                headers.remove(HttpHeaderNames.TRANSFER_ENCODING);
            }
            ctx.fireChannelRead(new DefaultHttpResponse(version, status, headers));
            return length;
        }

        @Override
        boolean pausesAfterMessage() {
            return false;
        }
    }
}
