package io.tracery.proxy.http1;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import java.util.ArrayDeque;

/**
 * The connection of an HTTP/1.1 client: requests come, responses go. A response of 101, or of 2xx to CONNECT, makes a
 * tunnel of it: from there on both ways carry bytes as pieces of a body without end.
 */
public final class Http1ServerCodec extends Http1Codec {

    private final RequestDecoder decoder;

    /** Methods of the requests that are not answered yet; it decides whether an answer has a body. */
    private final ArrayDeque<HttpMethod> unanswered = new ArrayDeque<>(2);

    private boolean answering;
    private boolean switching;

    public Http1ServerCodec(Http1Limits limits) {
        this.decoder = new RequestDecoder(limits, unanswered);
    }

    /** Whether the request that was read last, after which nothing more was, asks for another protocol. */
    public boolean asksToSwitch() {
        return decoder.asksToSwitch;
    }

    @Override
    MessageDecoder decoder() {
        return decoder;
    }

    @Override
    boolean begin(ChannelHandlerContext ctx, HttpObject piece, HeadWriter head) {
        if (!(piece instanceof HttpResponse response)) {
            return false;
        }
        int status = response.status().code();
        boolean interim = status < 200 && status != 101;
        HttpMethod known = interim ? unanswered.peekFirst() : unanswered.pollFirst();
        // What never became a request is answered too.
        HttpMethod asked = known == null ? HttpMethod.GET : known;
        switching = status == 101 || (HttpMethod.CONNECT.equals(asked) && status / 100 == 2);
        answering = !interim;
        if (switching) {
            bytesFollow();
        } else if (Framing.bodiless(asked, status)) {
            noBodyFollows();
        } else {
            bodyFollows(response.headers());
        }
        head.raw(Syntax.RESPONSE_VERSION)
                .raw((byte) ('0' + status / 100))
                .raw((byte) ('0' + status / 10 % 10))
                .raw((byte) ('0' + status % 10))
                .raw((byte) ' ')
                .text(response.status().reasonPhrase())
                .raw(Syntax.CRLF)
                .fields(response.headers());
        return true;
    }

    @Override
    void begun(ChannelHandlerContext ctx) {
        if (switching) {
            decoder.tunnel(ctx);
        }
    }

    @Override
    void ended(ChannelHandlerContext ctx) {
        if (answering && !switching) {
            answering = false;
            decoder.resume(ctx);
        }
    }

    private static final class RequestDecoder extends MessageDecoder {

        private final Http1Limits limits;
        private final ArrayDeque<HttpMethod> unanswered;
        private boolean asksToSwitch;

        RequestDecoder(Http1Limits limits, ArrayDeque<HttpMethod> unanswered) {
            super(limits);
            this.limits = limits;
            this.unanswered = unanswered;
        }

        @Override
        long head(ChannelHandlerContext ctx, HeadParser parser) {
            if (parser.empty()) {
                return Framing.NO_MESSAGE;
            }
            HttpMethod method = parser.method();
            String target = parser.target();
            HttpVersion version = parser.requestVersion(limits.lineBytes());
            HttpHeaders headers = parser.fields(limits.fields());
            long length = Framing.ofRequest(version, headers);
            asksToSwitch = HttpMethod.CONNECT.equals(method) || headers.contains(HttpHeaderNames.UPGRADE);
            unanswered.addLast(method);
            ctx.fireChannelRead(
                    new DefaultHttpRequest(version, method, target, headers, /* validateRequestLine= */ false));
            return length;
        }

        @Override
        boolean pausesAfterMessage() {
            return asksToSwitch;
        }
    }
}
