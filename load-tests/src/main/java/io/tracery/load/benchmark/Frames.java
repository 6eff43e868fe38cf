package io.tracery.load.benchmark;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import io.netty.handler.codec.http2.Http2HeadersEncoder.SensitivityDetector;

/** What a peer says in HTTP/2 about one request of 1 KiB's answer, as bytes that may be said again with another stream's id. */
final class Frames {

    static final int BODY_BYTES = 1024;

    private static final int HEADER_BYTES = 9;
    private static final int STREAM_ID_AT = 5;

    private final DefaultHttp2HeadersEncoder encoder;

    /** @param indexed whether heads name what HPACK's table has of earlier ones, or say everything each time */
    Frames(boolean indexed) {
        SensitivityDetector detector =
                indexed ? Http2HeadersEncoder.NEVER_SENSITIVE : Http2HeadersEncoder.ALWAYS_SENSITIVE;
        this.encoder = new DefaultHttp2HeadersEncoder(detector);
    }

    /** What a connection begins with. */
    static ByteBuf settings() {
        ByteBuf settings = Unpooled.buffer();
        Http2CodecUtil.writeFrameHeader(settings, 0, Http2FrameTypes.SETTINGS, new Http2Flags(), 0);
        return settings;
    }

    /** The same of a client. */
    static ByteBuf preface() {
        return Unpooled.buffer()
                .writeBytes(Http2CodecUtil.connectionPrefaceBuf())
                .writeBytes(settings());
    }

    /** A HEADERS frame, and the WINDOW_UPDATE by which the client gives back what the last answer took. */
    ByteBuf request() throws Http2Exception {
        Http2Headers headers = new DefaultHttp2Headers()
                .method("GET")
                .scheme("http")
                .authority("checkout:8080")
                .path("/orders/7?full=1")
                .add("user-agent", "benchmark/1")
                .add("accept", "application/json")
                .add("accept-encoding", "gzip")
                .add("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        ByteBuf frames = head(headers, /* end= */ true);
        Http2CodecUtil.writeFrameHeader(frames, 4, Http2FrameTypes.WINDOW_UPDATE, new Http2Flags(), 0);
        return Bytes.of(frames.writeInt(BODY_BYTES));
    }

    /** A HEADERS frame and one of DATA. */
    ByteBuf response() throws Http2Exception {
        Http2Headers headers = new DefaultHttp2Headers()
                .status("200")
                .add("content-type", "application/json")
                .addInt("content-length", BODY_BYTES)
                .add("server", "cart");
        ByteBuf frames = head(headers, /* end= */ false);
        Http2CodecUtil.writeFrameHeader(
                frames, BODY_BYTES, Http2FrameTypes.DATA, new Http2Flags().endOfStream(true), 1);
        return Bytes.of(frames.writeZero(BODY_BYTES));
    }

    private ByteBuf head(Http2Headers headers, boolean end) throws Http2Exception {
        ByteBuf block = Unpooled.buffer();
        encoder.encodeHeaders(1, headers, block);
        ByteBuf frames = Unpooled.buffer();
        Http2CodecUtil.writeFrameHeader(
                frames,
                block.readableBytes(),
                Http2FrameTypes.HEADERS,
                new Http2Flags().endOfHeaders(true).endOfStream(end),
                1);
        return frames.writeBytes(block);
    }

    /** Says it of another stream. */
    static ByteBuf about(int stream, ByteBuf frames) {
        frames.setInt(STREAM_ID_AT, stream);
        int second = HEADER_BYTES + frames.getUnsignedMedium(0);
        if (frames.getByte(second + 3) == Http2FrameTypes.DATA) {
            frames.setInt(second + STREAM_ID_AT, stream);
        }
        return frames;
    }
}
