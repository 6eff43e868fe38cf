package io.tracery.load.lab.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.Http2EventAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.AsciiString;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import io.tracery.load.lab.host.Backend;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One connection of HTTP/2 with prior knowledge, a few requests on it at once, each on a stream of its own. */
final class Http2Exchanges extends ChannelInboundHandlerAdapter {

    /**
     * What is asked.
     *
     * @param message the request's body; empty for none
     * @param trailers whether the answer has to end with gRPC's OK
     */
    record Request(Http2Headers headers, ByteBuf message, boolean trailers) {}

    static final Request GET =
            new Request(headers("GET", "/").add("user-agent", "tracery-lab"), Unpooled.EMPTY_BUFFER, false);

    static final Request CALL = new Request(
            headers("POST", Backend.GRPC_PATH)
                    .add("content-type", "application/grpc")
                    .add("te", "trailers")
                    .add("user-agent", "tracery-lab"),
            Unpooled.unreleasableBuffer(Unpooled.directBuffer().writeBytes(Backend.grpcMessage(1024))),
            true);

    private static final AsciiString GRPC_STATUS = AsciiString.cached("grpc-status");
    private static final int WINDOW_BYTES = 1 << 20;

    private final Schedule schedule;
    private final Request request;
    private final Http2ConnectionHandler http2;
    private final List<Stream> streams = new ArrayList<>();
    private final IntObjectMap<Stream> open = new IntObjectHashMap<>();
    private @Nullable ChannelHandlerContext context;

    private Http2Exchanges(Schedule schedule, int streams, Request request) {
        this.schedule = schedule;
        this.request = request;
        for (int i = 0; i < streams; i++) {
            this.streams.add(new Stream());
        }
        this.http2 = new Http2ConnectionHandlerBuilder()
                .server(false)
                .initialSettings(
                        Http2Settings.defaultSettings().pushEnabled(false).initialWindowSize(WINDOW_BYTES))
                .frameListener(new Answers())
                .build();
    }

    static void open(ChannelPipeline pipeline, Schedule schedule, int streams, Request request) {
        Http2Exchanges exchanges = new Http2Exchanges(schedule, streams, request);
        pipeline.addLast(exchanges.http2, exchanges);
    }

    private static Http2Headers headers(String method, String path) {
        return new DefaultHttp2Headers()
                .method(method)
                .scheme("http")
                .authority("servers.lab")
                .path(path);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        // Whose frames go out through the handler before this one.
        context = ctx.pipeline().context(http2);
        streams.forEach(schedule::opened);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        streams.forEach(schedule::lost);
        schedule.reconnect();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    /** Room for one request; each has a stream of HTTP/2 of its own. */
    private final class Stream implements Exchange {

        private long due;
        private int status;

        @Override
        public void send(long due) {
            ChannelHandlerContext ctx = context;
            if (ctx == null) {
                return;
            }
            this.due = due;
            int id = http2.connection().local().incrementAndGetNextStreamId();
            status = 0;
            open.put(id, this);
            boolean message = request.message().isReadable();
            http2.encoder().writeHeaders(ctx, id, request.headers(), 0, !message, ctx.newPromise());
            if (message) {
                http2.encoder().writeData(ctx, id, request.message().duplicate(), 0, true, ctx.newPromise());
            }
            http2.flush(ctx);
        }

        @Override
        public long due() {
            return due;
        }

        @Override
        public void close() {
            if (context != null) {
                context.close();
            }
        }
    }

    private final class Answers extends Http2EventAdapter {

        @Override
        public void onHeadersRead(
                ChannelHandlerContext ctx,
                int id,
                Http2Headers headers,
                int dependency,
                short weight,
                boolean exclusive,
                int padding,
                boolean end) {
            onHeadersRead(ctx, id, headers, padding, end);
        }

        @Override
        public void onHeadersRead(ChannelHandlerContext ctx, int id, Http2Headers headers, int padding, boolean end) {
            Stream stream = open.get(id);
            if (stream == null) {
                return;
            }
            CharSequence status = headers.status();
            if (status != null) {
                stream.status = AsciiString.of(status).parseInt();
            }
            if (end) {
                boolean well = !request.trailers() || AsciiString.contentEquals("0", headers.get(GRPC_STATUS, ""));
                ended(id, well ? stream.status : 0);
            }
        }

        @Override
        public int onDataRead(ChannelHandlerContext ctx, int id, ByteBuf data, int padding, boolean end) {
            Stream stream = open.get(id);
            if (end && stream != null) {
                ended(id, request.trailers() ? 0 : stream.status);
            }
            return data.readableBytes() + padding;
        }

        @Override
        public void onRstStreamRead(ChannelHandlerContext ctx, int id, long error) {
            ended(id, 0);
        }

        /** @param status 0 for an answer that is none */
        private void ended(int id, int status) {
            Stream stream = open.remove(id);
            if (stream != null) {
                schedule.answered(stream, status);
            }
        }
    }
}
