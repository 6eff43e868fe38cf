package io.tracery.load.lab.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/** One request on a fresh connection; counts once whether it was answered. */
final class TlsExchange extends SimpleChannelInboundHandler<ByteBuf> {

    /** What becomes of a connection whose request was answered. */
    enum Then {
        STAY,
        CLOSE
    }

    /** How connections fared; each gives its place back when it did. */
    static final class Counts {

        enum End {
            ANSWERED,
            FAILED
        }

        private final Semaphore room;
        private final AtomicLong answered = new AtomicLong();
        private final AtomicLong failed = new AtomicLong();

        Counts(Semaphore room) {
            this.room = room;
        }

        void ended(End end) {
            (end == End.ANSWERED ? answered : failed).incrementAndGet();
            room.release();
        }

        long answered() {
            return answered.get();
        }

        long failed() {
            return failed.get();
        }
    }

    private final Counts counts;
    private final Then then;
    private final StringBuilder head = new StringBuilder();
    private long left = -1;
    private boolean ended;

    TlsExchange(Counts counts, Then then) {
        this.counts = counts;
        this.then = then;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake && handshake.isSuccess()) {
            context.writeAndFlush(Unpooled.wrappedBuffer(OpenLoop.request()));
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
        if (left < 0) {
            head.append(bytes.toString(StandardCharsets.ISO_8859_1));
            int end = head.indexOf("\r\n\r\n");
            if (end < 0) {
                return;
            }
            ResponseHead response = ResponseHead.parse(head.substring(0, end));
            left = response.contentLength() - (head.length() - end - 4);
            if (response.status() != 200) {
                context.close();
                return;
            }
        } else {
            left -= bytes.readableBytes();
        }
        if (left == 0) {
            end(Counts.End.ANSWERED);
            if (then == Then.CLOSE) {
                context.close();
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        end(Counts.End.FAILED);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }

    private void end(Counts.End end) {
        if (!ended) {
            ended = true;
            counts.ended(end);
        }
    }
}
