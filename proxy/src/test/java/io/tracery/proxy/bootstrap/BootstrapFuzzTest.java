package io.tracery.proxy.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.process.ConfigException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A bootstrap that somebody mistyped is read, or refused with words; nothing else comes of it. Seeded. */
class BootstrapFuzzTest {

    private static final long SEED = Long.getLong("seed", 20_261_128);
    private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 1_000);
    private static final String[] SLIPS = {
        ":",
        "-",
        "{",
        "}",
        "[",
        "]",
        "\"",
        "\n",
        "  ",
        "#",
        "&a ",
        "*a",
        "!!int ",
        "null",
        "0",
        "-1",
        "99999999999999999999",
        "true",
        "1e9",
        "\u00e9",
        "\t",
        "<<: ",
        "~",
        "|"
    };

    @Test
    void isReadOrRefusedWithWords() {
        SplittableRandom random = new SplittableRandom(SEED);
        int read = 0;
        for (int round = 0; round < ROUNDS; round++) {
            StringBuilder yaml =
                    new StringBuilder(random.nextBoolean() ? BootstrapReaderTest.WHOLE : BootstrapReaderTest.STATIC);
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                slip(yaml, random);
            }
            String text = yaml.toString();
            try {
                BootstrapReader.read("b.yaml", text);
                read++;
            } catch (ConfigException refused) {
                assertThat(refused.getMessage()).as(text).contains("b.yaml");
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + SEED + ", round " + round + ":\n" + text, e);
            }
        }
        assertThat(read).as("read all the same, so that not all was nonsense").isPositive();
    }

    private static void slip(StringBuilder yaml, SplittableRandom random) {
        int at = random.nextInt(yaml.length());
        switch (random.nextInt(4)) {
            case 0 -> yaml.deleteCharAt(at);
            case 1 -> yaml.insert(at, SLIPS[random.nextInt(SLIPS.length)]);
            case 2 -> yaml.setCharAt(at, (char) (' ' + random.nextInt(0x5f)));
            default -> {
                // A whole line twice, or not at all.
                int start = yaml.lastIndexOf("\n", at) + 1;
                int end = yaml.indexOf("\n", at) + 1;
                if (end > start && random.nextBoolean()) {
                    yaml.insert(end, yaml.substring(start, end));
                } else if (end > start) {
                    yaml.delete(start, end);
                }
            }
        }
    }
}
