package io.tracery.proxy.http1;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a decoder made of some bytes, in a form that two decoders can be compared by. Trailers that ours leaves out on
 * purpose are left out for all.
 *
 * @param messages as text: start line, fields with their names in lower case, body, trailers
 * @param refusal why it read no further, or null
 */
record Transcript(List<String> messages, @Nullable String refusal) {

    /** Feeds the bytes piece by piece, then ends the connection. To a client's codec after a GET has been sent. */
    static Transcript of(ChannelHandler decoder, List<byte[]> pieces) {
        EmbeddedChannel channel = new EmbeddedChannel(decoder);
        try {
            if (decoder instanceof Http1ClientCodec) {
                channel.writeOutbound(new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/"));
            }
            for (byte[] piece : pieces) {
                channel.writeInbound(Unpooled.copiedBuffer(piece));
            }
            channel.close();
            return read(channel);
        } finally {
            channel.finishAndReleaseAll();
        }
    }

    private static Transcript read(EmbeddedChannel channel) {
        List<String> messages = new ArrayList<>();
        StringBuilder message = new StringBuilder();
        String refusal = null;
        for (Object next = channel.readInbound(); next != null; next = channel.readInbound()) {
            HttpObject piece = (HttpObject) next;
            if (piece.decoderResult().isFailure() && refusal == null) {
                refusal = String.valueOf(piece.decoderResult().cause().getMessage());
            }
            if (refusal == null) {
                describe(piece, message);
                if (piece instanceof LastHttpContent) {
                    messages.add(message.toString());
                    message.setLength(0);
                }
            }
            if (piece instanceof HttpContent content) {
                content.release();
            }
        }
        return new Transcript(messages, refusal);
    }

    private static void describe(HttpObject piece, StringBuilder to) {
        if (piece instanceof HttpRequest request) {
            to.append(request.method()).append(' ').append(request.uri()).append(' ');
            to.append(request.protocolVersion()).append('\n');
            fields(request.headers(), to);
        } else if (piece instanceof HttpResponse response) {
            to.append(response.protocolVersion())
                    .append(' ')
                    .append(response.status().code());
            to.append('\n');
            fields(response.headers(), to);
        }
        if (piece instanceof HttpContent content) {
            to.append(content.content().toString(StandardCharsets.ISO_8859_1));
        }
        if (piece instanceof LastHttpContent last) {
            to.append("\n--\n");
            HttpHeaders trailers = last.trailingHeaders().copy();
            for (AsciiString name : MessageDecoder.NOT_IN_TRAILERS) {
                trailers.remove(name);
            }
            fields(trailers, to);
        }
    }

    private static void fields(Iterable<Map.Entry<String, String>> fields, StringBuilder to) {
        for (Map.Entry<String, String> field : fields) {
            to.append(field.getKey().toLowerCase(Locale.ROOT)).append(": ").append(field.getValue());
            to.append('\n');
        }
        to.append('\n');
    }
}
