package io.tracery.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Frames by chance, well formed more often than not, in pieces of any size: every stream that is opened is over exactly once,
 * no buffer is kept, and nothing is thrown that is not the protocol's.
 */
@Timeout(120)
class FrameConnectionFuzzTest {

    private static final int CONNECTIONS = 100;
    private static final int FRAMES = 120;

    private int opened;
    private int over;
    private int nextId;

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void everyStreamIsOverOnceWhateverComes(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < CONNECTIONS; i++) {
            EmbeddedChannel channel = new EmbeddedChannel();
            channel.pipeline().addLast(new Server(Http2Limits.of(20, 8192), random));
            ByteBuf all = Unpooled.buffer();
            all.writeCharSequence("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", StandardCharsets.US_ASCII);
            frame(all, 4, 0, 0, new byte[] {});
            nextId = 1;
            for (int n = 0; n < FRAMES; n++) {
                anyFrame(all, random);
            }
            while (all.isReadable() && channel.isOpen()) {
                channel.writeInbound(all.readBytes(Math.min(all.readableBytes(), 1 + random.nextInt(200))));
                channel.runPendingTasks();
            }
            // Past every handler: who is asked to close would wait for its streams.
            channel.unsafe().close(channel.newPromise());
            channel.runPendingTasks();
            channel.checkException();
            channel.finishAndReleaseAll();
            all.release();
            assertThat(over).isEqualTo(opened);
        }
        assertThat(opened).isGreaterThan(2 * CONNECTIONS);
    }

    private void anyFrame(ByteBuf to, Random random) {
        // One of the last few streams, seldom one that there never was.
        int id = random.nextInt(100) == 0 ? random.nextInt(50) : Math.max(1, nextId - 2 - 2 * random.nextInt(3));
        switch (nextId == 1 ? 0 : random.nextInt(12)) {
            case 0, 1, 2, 3 -> {
                frame(
                        to,
                        1,
                        random.nextInt(60) == 0 ? random.nextInt(256) : 4 | random.nextInt(2),
                        nextId,
                        head(random));
                nextId += 2;
            }
            case 4, 5 -> frame(to, 0, random.nextInt(60) == 0 ? 9 : random.nextInt(2), id, bytes(random, 300));
            case 6 -> frame(to, 8, 0, id, new byte[] {0, 0, (byte) random.nextInt(3), (byte) random.nextInt(3)});
            case 7 -> {
                if (random.nextInt(3) == 0) {
                    frame(to, 3, 0, id, new byte[] {0, 0, 0, (byte) random.nextInt(14)});
                }
            }
            case 8 -> frame(to, 4, 0, 0, new byte[] {0, 4, 0, 0, (byte) random.nextInt(3), 1});
            case 9 -> frame(to, 6, random.nextInt(2), 0, new byte[8]);
            case 10 -> frame(to, 2, 0, id, new byte[] {0, 0, 0, 0, 7});
            default -> {
                if (random.nextInt(15) == 0) {
                    frame(to, random.nextInt(12), random.nextInt(256), random.nextInt(9), bytes(random, 40));
                }
            }
        }
    }

    private static byte[] head(Random random) {
        // GET or POST, http, a path of the static table; now and then something else.
        byte[] block = {(byte) (0x82 + random.nextInt(2)), (byte) 0x86, (byte) (0x84 + random.nextInt(2))};
        if (random.nextInt(60) == 0) {
            block[random.nextInt(3)] = (byte) random.nextInt(256);
        }
        return block;
    }

    private static byte[] bytes(Random random, int most) {
        byte[] bytes = new byte[random.nextInt(most)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static void frame(ByteBuf to, int type, int flags, int id, byte[] payload) {
        to.writeMedium(payload.length)
                .writeByte(type)
                .writeByte(flags)
                .writeInt(id)
                .writeBytes(payload);
    }

    private final class Server extends FrameConnection {

        private final Random random;

        Server(Http2Limits limits, Random random) {
            super(Side.SERVER, limits);
            this.random = random;
        }

        @Override
        protected FrameStream opened() {
            opened++;
            return new Stream(this, random);
        }
    }

    /** Answers some requests, some of them late or in part, resets some and stops reading of some. */
    private final class Stream extends FrameStream {

        private final Random random;
        private boolean closed;

        Stream(FrameConnection connection, Random random) {
            super(connection);
            this.random = random;
        }

        @Override
        protected void headers(int id, HeadBlock headers, boolean end) throws Http2Exception {
            headers.request(end);
            reading(random.nextInt(4) > 0);
            if (random.nextBoolean()) {
                write(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
                write(new DefaultLastHttpContent(Unpooled.buffer().writeZero(random.nextInt(3_000))));
                flush();
            }
        }

        @Override
        protected void content(HttpContent piece) {
            piece.release();
            if (random.nextInt(20) == 0) {
                reset(Http2Error.CANCEL);
            }
        }

        @Override
        protected void readComplete() {}

        @Override
        protected void writableAgain() {}

        @Override
        protected void resetByPeer(long errorCode) {}

        @Override
        protected void malformed(String detail) {
            assertThat(detail).isNotEmpty();
        }

        @Override
        protected void gone() {
            assertThat(closed).isFalse();
            closed = true;
            over++;
        }

        @Override
        protected void pack(HttpMessage message, Heads.Packer into) {
            into.response((HttpResponse) message);
        }
    }
}
