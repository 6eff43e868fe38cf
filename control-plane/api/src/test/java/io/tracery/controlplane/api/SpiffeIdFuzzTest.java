package io.tracery.controlplane.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever text comes: it is refused, or it is read as what Java's own URI parser reads. */
class SpiffeIdFuzzTest {

    private static final String[] PIECES = {
        "spiffe://",
        "spiffe:",
        "//",
        "/",
        "td",
        "a.b",
        "ns",
        "..",
        ".",
        "%2e",
        "?",
        "#",
        ":",
        "@",
        "\u00e9",
        "A",
        "_",
        "-",
        "\n"
    };
    private static final int ROUNDS = 200_000;

    @Test
    void refusesOrReadsAsTheUriParserDoes() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        int read = 0;
        for (int round = 0; round < ROUNDS; round++) {
            String text = text(random);
            SpiffeId id;
            try {
                id = SpiffeId.parse(text);
            } catch (IllegalArgumentException refused) {
                continue;
            }
            read++;
            URI uri = URI.create(text);
            assertThat(id.toString()).as("-Dseed=%d", seed).isEqualTo(text);
            assertThat(uri.getRawAuthority()).as("-Dseed=%d %s", seed, text).isEqualTo(id.trustDomain());
            assertThat(uri.getRawPath()).as("-Dseed=%d %s", seed, text).isEqualTo(id.path());
            assertThat(uri.normalize()).as("-Dseed=%d %s", seed, text).isEqualTo(uri);
        }
        assertThat(read)
                .as("well-formed texts among the random ones, -Dseed=%d", seed)
                .isPositive();
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder(random.nextInt(4) == 0 ? "" : "spiffe://");
        int pieces = random.nextInt(7);
        for (int i = 0; i < pieces; i++) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }
}
