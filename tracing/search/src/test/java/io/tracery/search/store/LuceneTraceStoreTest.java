package io.tracery.search.store;

import static io.tracery.search.store.Spans.TRACE_A;
import static io.tracery.search.store.Spans.TRACE_B;
import static io.tracery.search.store.Spans.entry;
import static io.tracery.search.store.Spans.span;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracery.search.trace.TraceView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.FSDirectory;
import org.junit.jupiter.api.Test;

class LuceneTraceStoreTest extends TraceStoreContract {

    private static final Duration RETENTION = Duration.ofHours(1);

    private final AtomicLong clock = new AtomicLong(NOW);

    @Override
    protected TraceStore open(Path folder) {
        return open(folder, Long.MAX_VALUE);
    }

    private LuceneTraceStore open(Path folder, long maxBytes) {
        StoreLimits limits =
                new StoreLimits(RETENTION, maxBytes, 1_000, 1L << 20, Duration.ofMillis(10), Duration.ofSeconds(10));
        return LuceneTraceStore.open(folder, limits, clock::get);
    }

    @Test
    void deletesSpansOnceTheirTimeIsUpCountedFromWhenTheyWereReceived() {
        try (LuceneTraceStore store = open(folder.resolve("aged"), Long.MAX_VALUE)) {
            Spans.add(store, List.of(entry("old", span(TRACE_A, 1, "op", 0))), NOW);
            Spans.add(store, List.of(entry("new", span(TRACE_B, 2, "op", -999_999_999))), NOW + 60_000);
            store.commit(Map.of(0, 2L));

            clock.set(NOW + RETENTION.toMillis() + 1);
            store.enforceRetention();
            store.enforceRetention();

            assertThat(store.spanCount()).isEqualTo(1);
            assertThat(store.services()).containsExactly("new");
            assertThat(store.operations("old")).isEmpty();
            assertThat(store.positions()).isEqualTo(Map.of(0, 2L));
        }
    }

    /** Names are an application's to choose, steps the asking one's: both together must not fill the memory. */
    @Test
    void countsTheCallsOfVeryManyOperationsTogetherAsFarAsTheyHaveNoRoom() {
        int operations = 150;
        List<SpanEntry> spans = IntStream.range(0, operations)
                .mapToObj(i -> entry("wide", span(TRACE_A, i + 1, "op " + i, i)))
                .toList();
        try (LuceneTraceStore store = open(folder.resolve("wide"), Long.MAX_VALUE)) {
            Spans.add(store, spans, NOW);
            await().until(() -> store.spanCount() == operations);
            Window window = new Window(span(TRACE_A, 1, "op", -1_000).getStartTimeUnixNano(), 1_000_000, 10_000);
            Map<String, Long> calls = new HashMap<>();
            store.calls("wide", EnumSet.allOf(Kind.class), window, true)
                    .forEach((name, series) -> calls.put(name, series.calls(0, 10_000)));
            assertThat(calls).hasSize(100).containsEntry(TraceSource.OTHER_OPERATIONS, operations - 99L);
            assertThat(calls.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(operations);
        }
    }

    /** What was added since the last commit is read from Kafka once more, and would be counted twice if it were there already. */
    @Test
    void deletingMakesNothingDurableThatIsNotCommitted() {
        try (LuceneTraceStore store = open(folder.resolve("deleting"), Long.MAX_VALUE)) {
            Spans.add(store, List.of(entry("old", span(TRACE_A, 1, "op", 0))), NOW);
            store.commit(Map.of(0, 1L));
            Spans.add(store, List.of(entry("new", span(TRACE_B, 2, "op", 0))), NOW + 60_000);

            clock.set(NOW + RETENTION.toMillis() + 1);
            store.enforceRetention();
            assertThat(store.services()).containsExactly("new");
            store.recover();

            assertThat(store.positions()).isEqualTo(Map.of(0, 1L));
            assertThat(store.trace(TRACE_B)).isEmpty();
        }
    }

    @Test
    void whatWasDeletedIsGoneFromTheDiskWithTheNextCommit() {
        try (LuceneTraceStore store = open(folder.resolve("silent"), Long.MAX_VALUE)) {
            Spans.add(store, List.of(entry("old", span(TRACE_A, 1, "op", 0))), NOW);
            store.commit(Map.of(0, 1L));
            clock.set(NOW + RETENTION.toMillis() + 1);
            store.enforceRetention();
            store.commit(Map.of(0, 1L));
            store.recover();

            assertThat(store.spanCount()).isZero();
        }
    }

    @Test
    void deletesTheOldestWhenItOutgrowsItsSize() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        long limit = 2L << 20;
        try (LuceneTraceStore store = open(folder.resolve("full"), limit)) {
            for (int batch = 0; batch < 10; batch++) {
                SpanEntry[] entries = new SpanEntry[400];
                for (int i = 0; i < entries.length; i++) {
                    // Random, so that it takes on disk what it has here.
                    byte[] noise = new byte[750];
                    random.nextBytes(noise);
                    entries[i] = entry(
                            "service-" + batch,
                            span(TRACE_A, batch * 400 + i, "op", batch)
                                    .setTraceState(java.util.Base64.getEncoder().encodeToString(noise)));
                }
                Spans.add(store, List.of(entries), NOW + batch);
                store.commit(Map.of(0, (long) batch));
            }
            store.enforceRetention();

            assertThat(store.sizeBytes()).as("seed %d", seed).isLessThanOrEqualTo(limit);
            assertThat(store.spanCount()).isBetween(200L, 3_000L);
            assertThat(store.services()).contains("service-9").doesNotContain("service-0");
        }
    }

    @Test
    void cutsATraceThatTakesMoreMemoryThanOneMay() {
        try (LuceneTraceStore store = open(folder.resolve("large"), Long.MAX_VALUE)) {
            for (int number = 1; number <= 20; number++) {
                Spans.add(store, List.of(entry("cart", span(TRACE_A, number, "x".repeat(100_000), number))), NOW);
            }
            store.enforceRetention();

            TraceSource.Trace trace = store.trace(TRACE_A).orElseThrow();
            assertThat(trace.truncated()).isTrue();
            assertThat(trace.spans()).hasSize(10);
        }
    }

    /** It is stored like any other, and does not keep others from being found; of it the first spans are shown, and that they are not all. */
    @Test
    void ofATraceOfAMillionSpansTheFirstAreShownWithAWarning() throws IOException {
        int records = 1_000;
        int each = 1_000;
        try (LuceneTraceStore store = open(folder.resolve("million"), Long.MAX_VALUE)) {
            Spans.add(store, List.of(entry("cart", span(TRACE_B, 1, "op", 0))), NOW);
            for (int record = 0; record < records; record++) {
                ResourceSpans.Builder spans =
                        entry("cart", span(TRACE_A, record * each + 1, "loop", record)).otlp().toBuilder();
                for (int i = 1; i < each; i++) {
                    spans.getScopeSpansBuilder(0).addSpans(span(TRACE_A, record * each + i + 1, "loop", record));
                }
                store.add(
                        TracesData.newBuilder().addResourceSpans(spans).build().toByteArray(), NOW);
            }
            store.enforceRetention();

            assertThat(store.spanCount()).isEqualTo(1_000_001);
            TraceSource.Trace trace = store.trace(TRACE_A).orElseThrow();
            assertThat(trace.spans()).hasSize(1_000);
            assertThat(TraceView.of(trace, TraceView.Mode.ADJUSTED).warnings().ofTrace())
                    .contains("the trace has more spans than one answer holds; these are its first 1000");
            TraceQuery newest = new TraceQuery("cart", null, Map.of(), TraceQuery.Range.ANY, TraceQuery.Range.ANY, 10);
            assertThat(store.find(newest)).containsExactly(TRACE_A, TRACE_B);
        }
    }

    @Test
    void saysWhatToDoWhenAnotherProcessHasTheFolder() {
        try (LuceneTraceStore first = open(folder.resolve("shared"), Long.MAX_VALUE)) {
            assertThat(first.services()).isEmpty();
            assertThatThrownBy(() -> open(folder.resolve("shared"), Long.MAX_VALUE))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("end the other process");
        }
    }

    @Test
    void saysWhatToDoWithAnIndexOfAnotherVersion() throws IOException {
        Path old = folder.resolve("old");
        try (FSDirectory directory = FSDirectory.open(old);
                IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig())) {
            writer.setLiveCommitData(Map.of("position.0", "7").entrySet());
            writer.commit();
        }
        assertThatThrownBy(() -> open(old, Long.MAX_VALUE))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("format 1")
                .hasMessageContaining("move the folder away");
    }
}
