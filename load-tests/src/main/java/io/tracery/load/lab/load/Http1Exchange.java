package io.tracery.load.lab.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** One connection of HTTP/1.1, one request on it at a time. */
final class Http1Exchange extends ChannelInboundHandlerAdapter implements Exchange {

    private static final ByteBuf REQUEST =
            Unpooled.unreleasableBuffer(Unpooled.directBuffer().writeBytes(OpenLoop.request()));

    private final Schedule schedule;
    private final StringBuilder head = new StringBuilder(512);
    private @Nullable ChannelHandlerContext context;

    /** When the request on it was due. */
    private long due;

    /** Bytes of the body still to come; negative while the head is read. */
    private long left = -1;

    private int status;

    Http1Exchange(Schedule schedule) {
        this.schedule = schedule;
    }

    @Override
    public long due() {
        return due;
    }

    @Override
    public void send(long due) {
        this.due = due;
        if (context != null) {
            context.writeAndFlush(REQUEST.duplicate(), context.voidPromise());
        }
    }

    @Override
    public void close() {
        if (context != null) {
            context.close();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        this.context = context;
        schedule.opened(this);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        schedule.lost(this);
        schedule.reconnect();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        try {
            while (bytes.isReadable()) {
                if (left < 0) {
                    readHead(bytes);
                } else {
                    int skipped = (int) Math.min(left, bytes.readableBytes());
                    bytes.skipBytes(skipped);
                    left -= skipped;
                }
                if (left == 0) {
                    left = -1;
                    schedule.answered(this, status);
                }
            }
        } finally {
            bytes.release();
        }
    }

    private void readHead(ByteBuf bytes) {
        int before = head.length();
        head.append(bytes.getCharSequence(bytes.readerIndex(), bytes.readableBytes(), StandardCharsets.ISO_8859_1));
        int end = head.indexOf("\r\n\r\n", Math.max(0, before - 3));
        if (end < 0) {
            bytes.skipBytes(bytes.readableBytes());
            return;
        }
        bytes.skipBytes(end + 4 - before);
        ResponseHead response = ResponseHead.parse(head.substring(0, end));
        status = response.status();
        left = response.contentLength();
        head.setLength(0);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }
}
