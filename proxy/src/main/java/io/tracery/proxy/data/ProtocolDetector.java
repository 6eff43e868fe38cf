package io.tracery.proxy.data;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Tells HTTP/2 from HTTP/1 by the connection preface (RFC 9113 section 3.4). It looks and takes nothing: whoever comes
 * after it sees every byte.
 */
final class ProtocolDetector extends ByteToMessageDecoder {

    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Choice choice;

    /** Puts the handlers of the protocol into the pipeline. */
    interface Choice {
        void http1(ChannelHandlerContext after);

        void http2(ChannelHandlerContext after);
    }

    ProtocolDetector(Choice choice) {
        this.choice = choice;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        int compare = Math.min(in.readableBytes(), PREFACE.length);
        for (int i = 0; i < compare; i++) {
            if (in.getByte(in.readerIndex() + i) != PREFACE[i]) {
                choice.http1(ctx);
                ctx.pipeline().remove(this);
                return;
            }
        }
        if (compare == PREFACE.length) {
            choice.http2(ctx);
            ctx.pipeline().remove(this);
        }
    }
}
