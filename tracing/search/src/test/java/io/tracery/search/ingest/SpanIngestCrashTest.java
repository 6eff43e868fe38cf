package io.tracery.search.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.search.store.LuceneTraceStore;
import io.tracery.search.store.TraceSource;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Killed without a warning, again and again: the store holds exactly what it says it has read, and Kafka was told of no more. */
@Timeout(120)
class SpanIngestCrashTest {

    private static final int KILLS = 3;

    @TempDir
    Path folder = Path.of("unset");

    @Test
    void losesNothingThatKafkaWasToldOfWheneverItIsKilled() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        long before = 0;
        for (int kill = 1; kill <= KILLS; kill++) {
            // The first may come before there is an index.
            long told = runAndKill(random.nextInt(2, 30 * kill));
            try (LuceneTraceStore store = KilledIngest.open(folder)) {
                long position = store.positions().getOrDefault(0, 0L);
                assertThat(position).as("kill %d, seed %d", kill, seed).isGreaterThanOrEqualTo(Math.max(told, before));
                assertHoldsExactly(store, position, "kill %d, seed %d".formatted(kill, seed));
                before = position;
            }
        }
        assertThat(before).as("something was read, seed %d", seed).isPositive();
    }

    /** Answers the last position that Kafka was told of. */
    private long runAndKill(int afterLines) throws IOException, InterruptedException {
        Process ingest = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledIngest.class.getName(),
                        folder.toString())
                .redirectErrorStream(true)
                .start();
        long told = 0;
        int lines = 0;
        StringBuilder said = new StringBuilder();
        try (BufferedReader output = ingest.inputReader()) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.startsWith("told ")) {
                    told = Long.parseLong(line.substring("told ".length()));
                }
                lines += line.startsWith("told ") || line.startsWith("polled ") ? 1 : 0;
                said.append(line).append('\n');
                if (lines == afterLines) {
                    // Not by the process, which would close its output too: what it still said counts.
                    ingest.toHandle().destroyForcibly();
                }
            }
        }
        assertThat(ingest.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(lines).as("it ran until it was killed: %s", said).isGreaterThanOrEqualTo(afterLines);
        return told;
    }

    private static void assertHoldsExactly(LuceneTraceStore store, long position, String when) {
        assertThat(store.spanCount()).as(when).isEqualTo(position * KilledIngest.SPANS_PER_TRACE);
        for (long offset = 0; offset < position; offset++) {
            TraceSource.Trace trace = store.trace(KilledIngest.traceId(offset)).orElseThrow();
            assertThat(trace.spans()).as(when).isEqualTo(List.copyOf(KilledIngest.trace(offset)));
        }
    }
}
