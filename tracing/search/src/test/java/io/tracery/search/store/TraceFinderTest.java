package io.tracery.search.store;

import static io.tracery.search.store.Spans.TRACE_A;
import static io.tracery.search.store.Spans.TRACE_B;
import static io.tracery.search.store.Spans.TRACE_C;
import static io.tracery.search.store.Spans.entry;
import static io.tracery.search.store.Spans.span;
import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.search.store.TraceQuery.Range;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TraceFinderTest {

    /** Of a page of thousands that the index names quickly, reading each may take minutes. */
    @Test
    void looksIntoNoFragmentOnceItsTimeIsUp(@TempDir Path folder) throws IOException {
        byte[] otlp = Spans.batch(
                        entry("cart", span(TRACE_A, 1, "op", 1)),
                        entry("cart", span(TRACE_B, 2, "op", 2)),
                        entry("cart", span(TRACE_C, 3, "op", 3)))
                .toByteArray();
        try (LuceneIndex index = LuceneIndex.open(folder, Long.MAX_VALUE);
                Dictionaries dictionaries = Dictionaries.open(folder.resolve("dictionaries"))) {
            FragmentWriter writer = new FragmentWriter();
            FragmentDocument document = new FragmentDocument(dictionaries);
            for (TraceSlices trace : new SpanBatch().read(otlp)) {
                index.writer().addDocument(document.of(writer.write(otlp, trace), 0));
            }
            index.refresh();
            TraceQuery all = new TraceQuery("cart", null, Map.of(), Range.ANY, Range.ANY, 10);
            AtomicInteger left = new AtomicInteger(2);
            List<String> found = index.read(searcher ->
                    TraceFinder.find(searcher, new Fragments(dictionaries), all, () -> left.getAndDecrement() == 0));
            assertThat(found).containsExactly(TRACE_C, TRACE_B);
        }
    }
}
