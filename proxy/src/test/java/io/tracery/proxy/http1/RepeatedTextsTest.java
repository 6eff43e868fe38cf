package io.tracery.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Whatever was asked before, the text is that of the bytes. */
class RepeatedTextsTest {

    private static final long SEED = 11;

    @Test
    void whatIsRepeatedIsTheSameObject() {
        assertThat(text("shop.example:8080")).isEqualTo("shop.example:8080").isSameAs(text("shop.example:8080"));
        assertThat(text("/")).isEqualTo("/").isSameAs(text("/"));
    }

    @Test
    void longTextsAreNotKept() {
        String token = "Bearer " + "x".repeat(48);
        assertThat(text(token)).isEqualTo(token).isNotSameAs(text(token));
    }

    @Test
    void textsThatMeetInOnePlaceAreToldApart() {
        for (int i = 0; i < 100; i++) {
            String one = "/beginni" + i % 10 + "in common";
            assertThat(text(one)).isEqualTo(one);
        }
    }

    @Test
    void isAlwaysTheTextOfTheBytes() {
        RandomGenerator random = new SplittableRandom(SEED);
        byte[] bytes = new byte[256];
        for (int round = 0; round < 200_000; round++) {
            // Few different bytes, so that many texts come again and many more meet in one place.
            int from = random.nextInt(64);
            int to = from + random.nextInt(64);
            for (int i = from; i < to; i++) {
                bytes[i] = (byte) (random.nextInt(16) == 0 ? random.nextInt(256) : 'a');
            }
            assertThat(RepeatedTexts.text(bytes, from, to))
                    .isEqualTo(new String(bytes, from, to - from, StandardCharsets.ISO_8859_1));
        }
    }

    private static String text(String of) {
        byte[] bytes = ("ab" + of + "cd").getBytes(StandardCharsets.ISO_8859_1);
        return RepeatedTexts.text(bytes, 2, bytes.length - 2);
    }
}
