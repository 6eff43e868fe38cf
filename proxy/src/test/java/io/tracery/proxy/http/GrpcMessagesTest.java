package io.tracery.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class GrpcMessagesTest {

    private static final long SEED = Long.getLong("seed", 20_261_128);
    private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 5_000);

    /** However a body is cut into pieces, it has as many messages. */
    @Test
    void countsMessagesHoweverTheyAreCut() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int run = 0; run < 200; run++) {
            ByteBuf body = Unpooled.buffer();
            int messages = random.nextInt(20);
            for (int i = 0; i < messages; i++) {
                int length = random.nextInt(3) == 0 ? 0 : random.nextInt(600);
                body.writeByte(random.nextInt(2)).writeInt(length).writeBytes(new byte[length]);
            }
            GrpcMessages counted = new GrpcMessages();
            int sum = 0;
            while (body.isReadable()) {
                sum += counted.in(body.readSlice(Math.min(body.readableBytes(), random.nextInt(1, 300))));
            }
            assertThat(sum).as("seed %d, run %d", SEED, run).isEqualTo(messages);
            body.release();
        }
    }

    /** Any bytes, in any pieces, empty ones among them: what a reader of the whole finds. */
    @Test
    void countsInGarbageWhatIsInTheWholeOfIt() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = new byte[random.nextInt(400)];
            random.nextBytes(bytes);
            // Most of what says a length is small, so that there is more than one message.
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = random.nextInt(4) == 0 ? bytes[i] : 0;
            }
            int expected = 0;
            long at = 0;
            while (at + 5 <= bytes.length) {
                expected++;
                at += 5 + (ByteBuffer.wrap(bytes).getInt((int) at + 1) & 0xffff_ffffL);
            }
            ByteBuf body = Unpooled.wrappedBuffer(bytes);
            GrpcMessages counted = new GrpcMessages();
            int sum = 0;
            while (body.isReadable()) {
                ByteBuf piece = body.readSlice(Math.min(body.readableBytes(), random.nextInt(20)));
                int readable = piece.readableBytes();
                sum += counted.in(piece);
                assertThat(piece.readableBytes()).isEqualTo(readable);
            }
            assertThat(sum)
                    .as("seed %d, round %d: %s", SEED, round, HexFormat.of().formatHex(bytes))
                    .isEqualTo(expected);
        }
    }

    @Test
    void aMessageLongerThanTwoGibibytesIsOne() {
        ByteBuf piece = Unpooled.buffer().writeByte(0).writeInt(-1).writeZero(100);
        GrpcMessages counted = new GrpcMessages();
        assertThat(counted.in(piece)).isOne();
        assertThat(counted.in(piece)).isZero();
        piece.release();
    }
}
