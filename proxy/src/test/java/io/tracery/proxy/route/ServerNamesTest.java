package io.tracery.proxy.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerNamesTest {

    private static final long SEED = Long.getLong("seed", 20_261_128);
    private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 20_000);

    private static final ServerNames NAMES = new ServerNames(
            Map.of(
                    "db.example.com", ClusterSplit.to("exact"),
                    "*.example.com", ClusterSplit.to("short"),
                    "*.eu.example.com", ClusterSplit.to("long")),
            ClusterSplit.to("otherwise"));

    @ParameterizedTest
    @CsvSource({
        "db.example.com, exact",
        "web.example.com, short",
        "a.b.example.com, short",
        "db.eu.example.com, long",
        "a.b.eu.example.com, long",
        "eu.example.com, short",
        "example.com, otherwise",
        "db.example.org, otherwise",
        "notexample.com, otherwise",
        "'', otherwise",
        "., otherwise",
    })
    void theMostSpecificNameWins(String asked, String cluster) {
        assertThat(NAMES.find(asked)).isEqualTo(ClusterSplit.to(cluster));
    }

    /** Any names, those of a hello that was made up among them. */
    @Test
    void findsWhatALookAtEveryNameInTurnFinds() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int round = 0; round < ROUNDS; round++) {
            Map<String, ClusterSplit> names = new HashMap<>();
            for (int i = random.nextInt(8); i > 0; i--) {
                String name = (random.nextBoolean() ? "*." : "") + text(random);
                names.put(name, ClusterSplit.to(name));
            }
            String asked = text(random);
            String best = "";
            for (String name : names.keySet()) {
                boolean wild = name.startsWith("*.");
                String suffix = wild ? name.substring(1) : name;
                boolean fits = wild ? asked.length() > suffix.length() && asked.endsWith(suffix) : asked.equals(name);
                if (fits && (!wild || (!asked.equals(best) && name.length() > best.length()))) {
                    best = name;
                }
            }
            assertThat(new ServerNames(names, ClusterSplit.to("")).find(asked))
                    .as("seed %d, round %d: %s of %s", SEED, round, asked, names.keySet())
                    .isEqualTo(ClusterSplit.to(best));
        }
    }

    private static String text(SplittableRandom random) {
        String of = random.nextInt(8) == 0 ? "ab.*\u00e4" : "ab.";
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(10); i > 0; i--) {
            text.append(of.charAt(random.nextInt(of.length())));
        }
        return text.toString();
    }

    @Test
    void whatNobodyNamesGoesNowhereWhereThereIsNoOther() {
        ServerNames strict = new ServerNames(Map.of("*.example.com", ClusterSplit.to("c")), null);
        assertThat(strict.find("example.org")).isNull();
        assertThat(strict.find("")).isNull();
        assertThat(strict.splits()).containsExactly(ClusterSplit.to("c"));
    }
}
