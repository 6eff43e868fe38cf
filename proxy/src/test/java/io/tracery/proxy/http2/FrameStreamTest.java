package io.tracery.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What waits for a peer that takes nothing. */
@Timeout(30)
class FrameStreamTest {

    private static final int READ_BUFFER = 64 * 1024;
    private static final int FRAMES = 2_000;

    private final List<Stream> opened = new ArrayList<>();
    private final UnpooledByteBufAllocator reads = new UnpooledByteBufAllocator(/* preferDirect= */ false);
    private final EmbeddedChannel channel = new EmbeddedChannel();

    @Test
    void bytesThatWaitForAWindowDoNotKeepTheBuffersTheyWereReadInto() {
        channel.pipeline().addLast(new Server(Http2Limits.of(10, 8192)));
        channel.writeInbound(Unpooled.copiedBuffer("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", StandardCharsets.US_ASCII));
        // SETTINGS_INITIAL_WINDOW_SIZE 1, and GET http: /, packed with nothing but the static table.
        channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 1}));
        channel.writeInbound(
                Unpooled.wrappedBuffer(new byte[] {0, 0, 3, 1, 5, 0, 0, 0, 1, (byte) 0x82, (byte) 0x86, (byte) 0x84}));
        Stream stream = opened.getFirst();
        stream.write(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
        stream.flush();
        settle();
        for (int i = 0; i < FRAMES; i++) {
            ByteBuf read = reads.buffer(READ_BUFFER).writeByte('a' + i % 26);
            stream.write(new DefaultHttpContent(read.readSlice(1)));
        }
        stream.flush();
        settle();
        assertThat(stream.writable()).isFalse();
        assertThat(reads.metric().usedHeapMemory()).isLessThan(4L * READ_BUFFER);

        // The window opens by far enough.
        channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {0, 0, 4, 8, 0, 0, 0, 0, 1, 0, 1, 0, 0}));
        settle();
        assertThat(stream.told).isPositive();
        stream.write(LastHttpContent.EMPTY_LAST_CONTENT);
        stream.flush();
        settle();
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < FRAMES; i++) {
            expected.append((char) ('a' + i % 26));
        }
        assertThat(data()).isEqualTo(expected.toString());
        assertThat(reads.metric().usedHeapMemory()).isZero();
        channel.finishAndReleaseAll();
    }

    private void settle() {
        channel.runPendingTasks();
        channel.flushOutbound();
        channel.runPendingTasks();
    }

    /** The payloads of all DATA frames that have gone out. */
    private String data() {
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            all.writeBytes(out);
            out.release();
        }
        StringBuilder data = new StringBuilder();
        while (all.isReadable()) {
            int length = all.readUnsignedMedium();
            int type = all.readByte();
            all.skipBytes(5);
            CharSequence payload = all.readCharSequence(length, StandardCharsets.US_ASCII);
            if (type == 0) {
                data.append(payload);
            }
        }
        return data.toString();
    }

    private final class Server extends FrameConnection {

        Server(Http2Limits limits) {
            super(Side.SERVER, limits);
        }

        @Override
        protected FrameStream opened() {
            Stream ours = new Stream(this);
            opened.add(ours);
            return ours;
        }
    }

    private static final class Stream extends FrameStream {

        private int told;

        Stream(FrameConnection connection) {
            super(connection);
        }

        @Override
        protected void headers(int id, HeadBlock headers, boolean end) {}

        @Override
        protected void content(HttpContent piece) {
            piece.release();
        }

        @Override
        protected void readComplete() {}

        @Override
        protected void writableAgain() {
            told++;
        }

        @Override
        protected void resetByPeer(long errorCode) {}

        @Override
        protected void malformed(String detail) {
            throw new AssertionError(detail);
        }

        @Override
        protected void gone() {}

        @Override
        protected void pack(HttpMessage message, Heads.Packer into) {
            into.response((HttpResponse) message);
        }
    }
}
