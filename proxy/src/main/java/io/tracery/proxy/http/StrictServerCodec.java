package io.tracery.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.CombinedChannelDuplexHandler;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.tracery.proxy.upstream.Limits;
import java.util.ArrayDeque;
import java.util.List;

/**
 * HTTP/1.1 from clients. Unlike Netty's own server codec it refuses a message that has both Content-Length and
 * Transfer-Encoding, where that one drops the former: whoever sends both may be smuggling (RFC 9112 section 6.1).
 */
public final class StrictServerCodec extends CombinedChannelDuplexHandler<HttpRequestDecoder, HttpResponseEncoder> {

    /** Methods of requests that are not answered yet: the answer to HEAD has no body, whatever its headers say. */
    private final ArrayDeque<HttpMethod> methods = new ArrayDeque<>();

    private boolean inMessage;
    private boolean headBegun;

    public StrictServerCodec(Limits limits) {
        init(
                new Decoder(new HttpDecoderConfig()
                        .setMaxInitialLineLength(limits.maxInitialLineBytes())
                        .setMaxHeaderSize(limits.maxHeaderBytes())),
                new Encoder());
    }

    /** True while a request's head has begun to come and is not complete. */
    boolean headBegun() {
        return headBegun;
    }

    private final class Decoder extends HttpRequestDecoder {

        Decoder(HttpDecoderConfig config) {
            super(config);
        }

        @Override
        protected void decode(ChannelHandlerContext ctx, ByteBuf buffer, List<Object> out) throws Exception {
            int before = out.size();
            boolean head = !inMessage;
            super.decode(ctx, buffer, out);
            headBegun = head && out.size() == before;
            for (int i = before; i < out.size(); i++) {
                Object decoded = out.get(i);
                if (decoded instanceof HttpRequest request) {
                    methods.addLast(request.method());
                    inMessage = true;
                }
                inMessage &= !(decoded instanceof LastHttpContent);
            }
        }

        @Override
        protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
            throw new IllegalArgumentException("Content-Length and Transfer-Encoding in one message");
        }
    }

    private final class Encoder extends HttpResponseEncoder {

        private HttpMethod method = HttpMethod.GET;

        @Override
        protected boolean isContentAlwaysEmpty(HttpResponse response) {
            boolean interim = response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
            HttpMethod asked = interim ? methods.peekFirst() : methods.pollFirst();
            method = asked == null ? HttpMethod.GET : asked;
            return HttpMethod.HEAD.equals(method) || super.isContentAlwaysEmpty(response);
        }
    }
}
