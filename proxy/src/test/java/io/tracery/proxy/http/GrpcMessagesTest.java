package io.tracery.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class GrpcMessagesTest {

    /** However a body is cut into pieces, it has as many messages. */
    @Test
    void countsMessagesHoweverTheyAreCut() {
        SplittableRandom random = new SplittableRandom(11);
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
            assertThat(sum).as("run %d", run).isEqualTo(messages);
            body.release();
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
