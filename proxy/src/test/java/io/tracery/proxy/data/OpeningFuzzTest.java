package io.tracery.proxy.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpeningFuzzTest {

    private static final int ROUNDS = 20_000;

    private static final String[] SEEDS = {
        "GET / HTTP/1.1\r\nhost: a\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "CONNECT a:443 HTTP/1.0\r\n",
        "\u0016\u0003\u0001\u0002\u0000\u0001\u0000",
        "*1\r\n$4\r\nPING\r\n",
        "EHLO mail\r\n",
        "P",
    };

    @Test
    void aVerdictNeitherDependsOnTheSplitNorTakesAByte() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = mutated(random);
            Opening whole = Opening.of(Unpooled.wrappedBuffer(bytes));
            // Byte by byte is the finest split; a verdict, once there, must be that of the whole.
            for (int length = 0; length <= bytes.length; length++) {
                ByteBuf part = Unpooled.wrappedBuffer(bytes, 0, length);
                Opening now = Opening.of(part);
                assertThat(part.readerIndex()).isZero();
                assertThat(now)
                        .as("seed %d, first %d of %s", seed, length, new String(bytes, StandardCharsets.ISO_8859_1))
                        .isIn(Opening.UNDECIDED, whole);
                if (now != Opening.UNDECIDED) {
                    break;
                }
            }
        }
    }

    private static byte[] mutated(Random random) {
        byte[] bytes = SEEDS[random.nextInt(SEEDS.length)].getBytes(StandardCharsets.ISO_8859_1);
        for (int i = random.nextInt(3); i > 0; i--) {
            int at = random.nextInt(bytes.length);
            bytes[at] = random.nextBoolean() ? (byte) random.nextInt(256) : bytes[random.nextInt(bytes.length)];
        }
        return bytes;
    }

    @ParameterizedTest
    @CsvSource({
        "'GET / HTTP/1.1', HTTP_1",
        "'purge * HTTP/1.0', HTTP_1",
        "'GET / HTTP', UNDECIDED",
        "'GET /a b HTTP/1.1', OPAQUE",
        "'GET / HTTP/2.0', OPAQUE",
        "'get key\\r\\n', OPAQUE",
        "'a1 LOGIN me secret\\r\\n', OPAQUE",
        "'PING\\r\\n', OPAQUE",
        "'SSH-2.0-x\\r\\n', OPAQUE",
        "' ', OPAQUE",
        "'PRI * HTTP/2', UNDECIDED",
    })
    void tellsHttpFromItsNeighbours(String bytes, Opening opening) {
        assertThat(Opening.of(Unpooled.copiedBuffer(bytes.replace("\\r\\n", "\r\n"), StandardCharsets.US_ASCII)))
                .isEqualTo(opening);
    }

    @Test
    void isBoundedByTheLongestRequestLine() {
        byte[] line = ("GET /" + "a".repeat(Opening.LONGEST)).getBytes(StandardCharsets.US_ASCII);
        assertThat(Opening.of(Unpooled.wrappedBuffer(line))).isEqualTo(Opening.HTTP_1);
        byte[] method = "A".repeat(33).getBytes(StandardCharsets.US_ASCII);
        assertThat(Opening.of(Unpooled.wrappedBuffer(method))).isEqualTo(Opening.OPAQUE);
    }
}
