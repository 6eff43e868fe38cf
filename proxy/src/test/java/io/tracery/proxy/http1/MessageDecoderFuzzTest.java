package io.tracery.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Netty's decoder as an oracle: whatever ours takes, that one takes too and understands alike, so that no two readers of
 * our traffic disagree; and how the bytes are cut into pieces makes no difference. Seeded; a failure prints its input.
 */
@Timeout(120)
class MessageDecoderFuzzTest {

    private static final long SEED = 20_261_123;
    private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 2_500);
    private static final Http1Limits LIMITS = new Http1Limits(256, 512, 16);

    @Test
    void understandsRequestsAsNettyDoesOrRefusesThem() {
        RandomMessages messages = new RandomMessages(new SplittableRandom(SEED));
        int taken = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = messages.requests();
            Transcript ours = Transcript.of(new Http1ServerCodec(LIMITS), List.of(bytes));
            Transcript theirs = Transcript.of(new HttpRequestDecoder(), List.of(bytes));
            agree(ours, theirs, bytes);
            taken += ours.messages().size();
            assertThat(Transcript.of(new Http1ServerCodec(LIMITS), messages.split(bytes)))
                    .as(() -> "in pieces: " + shown(bytes))
                    .isEqualTo(ours);
        }
        assertThat(taken).as("messages taken, so that the test is not empty").isGreaterThan(ROUNDS / 2);
    }

    @Test
    void understandsResponsesAsNettyDoesOrRefusesThem() {
        RandomMessages messages = new RandomMessages(new SplittableRandom(SEED + 1));
        int taken = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = messages.response();
            Transcript ours = Transcript.of(new Http1ClientCodec(LIMITS), List.of(bytes));
            Transcript theirs = Transcript.of(new HttpResponseDecoder(), List.of(bytes));
            agree(ours, theirs, bytes);
            taken += ours.messages().size();
            assertThat(Transcript.of(new Http1ClientCodec(LIMITS), messages.split(bytes)))
                    .as(() -> "in pieces: " + shown(bytes))
                    .isEqualTo(ours);
        }
        assertThat(taken).as("messages taken, so that the test is not empty").isGreaterThan(ROUNDS / 4);
    }

    /** Ours may take fewer messages, never others. */
    private static void agree(Transcript ours, Transcript theirs, byte[] bytes) {
        assertThat(theirs.messages().size())
                .as(() ->
                        "Netty refuses what ours takes: " + theirs.refusal() + " in " + shown(bytes) + " ours " + ours)
                .isGreaterThanOrEqualTo(ours.messages().size());
        assertThat(ours.messages())
                .as(() -> "understood differently: " + shown(bytes))
                .isEqualTo(theirs.messages().subList(0, ours.messages().size()));
    }

    private static String shown(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1)
                .replace("\r", "\\r")
                .replace("\n", "\\n\n");
    }
}
