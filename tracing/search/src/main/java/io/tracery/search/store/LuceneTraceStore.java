package io.tracery.search.store;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.QueryTimeout;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.BytesRef;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Spans in a Lucene index: a document for those of a trace that came together, stored as one, with what a search asks for
 * indexed. Two threads of its own make additions visible and enforce the limits of age and size.
 */
public final class LuceneTraceStore implements TraceStore {

    private static final Logger log = LoggerFactory.getLogger(LuceneTraceStore.class);
    /**
     * So many times as long as making additions visible took, it is not done again: many small segments would cost more than what is in
     * them, and while so much comes in, what is read is behind anyway.
     */
    private static final int REFRESH_REST = 10;

    private static final long LONGEST_REFRESH_REST = TimeUnit.SECONDS.toNanos(1);

    private static final Duration RETENTION_EVERY = Duration.ofMinutes(1);
    private static final Sort OLDEST_FIRST = new Sort(new SortField(Fields.FIRST, SortField.Type.LONG));

    private final Path folder;
    private final StoreLimits limits;
    private final Dictionaries dictionaries;
    private final Fragments fragments;
    private final Retention retention;
    // Confined to the thread that adds.
    private final SpanBatch batch = new SpanBatch();
    private final FragmentWriter writer = new FragmentWriter();
    private final FragmentDocument document;
    private final ScheduledExecutorService refresher = executor("trace-store-refresh");
    private final ScheduledExecutorService cleaner = executor("trace-store-retention");

    // Confined to the refresher.
    private long nextRefresh = System.nanoTime();

    // Replaced by recover, on the thread that adds; the old one is closed then, and readers meet
    // AlreadyClosedException.
    private volatile LuceneIndex index;

    private LuceneTraceStore(
            Path folder, StoreLimits limits, LongSupplier clockMillis, Dictionaries dictionaries, LuceneIndex index) {
        this.folder = folder;
        this.limits = limits;
        this.dictionaries = dictionaries;
        this.fragments = new Fragments(dictionaries);
        this.document = new FragmentDocument(dictionaries);
        this.retention = new Retention(limits, clockMillis);
        this.index = index;
    }

    /**
     * Opens the index in a folder, or begins one.
     *
     * @param clockMillis Unix milliseconds, for the limit of age
     * @throws UncheckedIOException when the folder cannot be used; says what to do
     */
    public static LuceneTraceStore open(Path folder, StoreLimits limits, LongSupplier clockMillis) {
        try {
            LuceneIndex index = LuceneIndex.open(folder, limits.maxBytes());
            LuceneTraceStore store = new LuceneTraceStore(
                    folder, limits, clockMillis, Dictionaries.open(folder.resolve("dictionaries")), index);
            store.schedule();
            return store;
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    private void schedule() {
        long refresh = limits.refresh().toMillis();
        refresher.scheduleWithFixedDelay(this::refresh, refresh, refresh, TimeUnit.MILLISECONDS);
        long clean = RETENTION_EVERY.toMillis();
        cleaner.scheduleWithFixedDelay(this::enforceRetention, clean / 4, clean, TimeUnit.MILLISECONDS);
    }

    private static ScheduledExecutorService executor(String name) {
        return Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name(name).daemon().factory());
    }

    private void refresh() {
        long begun = System.nanoTime();
        if (begun - nextRefresh < 0) {
            return;
        }
        try {
            index.refresh();
            long ended = System.nanoTime();
            nextRefresh = ended + Math.min(REFRESH_REST * (ended - begun), LONGEST_REFRESH_REST);
        } catch (IOException | RuntimeException e) {
            log.debug("the trace index was not refreshed; the next turn tries again", e);
        }
    }

    /** Deletes what the limits of age and size do not allow; also called every minute by the store itself. */
    void enforceRetention() {
        LuceneIndex current = index;
        try {
            current.refresh();
            current.read(searcher -> {
                retention.enforce(current.writer(), searcher);
                return Boolean.TRUE;
            });
            // Lets go of the files of what was deleted.
            current.refresh();
        } catch (IOException | RuntimeException e) {
            log.warn("old spans were not deleted; the next turn, in a minute, tries again", e);
        }
    }

    @Override
    public Added add(byte[] otlp, long receivedMillis) throws InvalidProtocolBufferException {
        List<Fragment> added = new ArrayList<>(1);
        for (TraceSlices trace : batch.read(otlp)) {
            added.add(writer.write(otlp, trace));
        }
        int spans = 0;
        try {
            for (Fragment fragment : added) {
                index.writer().addDocument(document.of(fragment, receivedMillis));
                spans += fragment.spans();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (AlreadyClosedException e) {
            throw new UncheckedIOException(new IOException("the trace index gave up after a failure", e));
        }
        return new Added(spans, batch.invalid());
    }

    @Override
    public void commit(Map<Integer, Long> positions) {
        try {
            index.commit(positions);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (AlreadyClosedException e) {
            throw new UncheckedIOException(new IOException("the trace index gave up after a failure", e));
        }
    }

    @Override
    public Map<Integer, Long> positions() {
        return index.positions();
    }

    @Override
    public void recover() {
        try {
            index.close();
        } catch (IOException | RuntimeException e) {
            log.warn("the trace index did not close cleanly; it is opened again from its last commit", e);
        }
        try {
            index = LuceneIndex.open(folder, limits.maxBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    @Override
    public Optional<Trace> trace(String traceId) {
        BytesRef id = new BytesRef(HexFormat.of().parseHex(traceId));
        return read(searcher -> trace(searcher, traceId, new TermQuery(new Term(Fields.TRACE, id))));
    }

    private Optional<Trace> trace(IndexSearcher searcher, String traceId, TermQuery query) throws IOException {
        int most = limits.maxTraceSpans();
        int all = searcher.count(query);
        if (all == 0) {
            return Optional.empty();
        }
        // Known from the index's terms; room for as many hits as a trace may have would be made for each of thousands
        // of small ones.
        ScoreDoc[] hits = searcher.search(query, Math.min(all, most + 1), OLDEST_FIRST).scoreDocs;
        TraceSpans spans = new TraceSpans();
        long bytes = 0;
        boolean full = false;
        for (int i = 0; i < hits.length && !full && spans.count() <= most; i++) {
            for (SpanEntry entry : fragments.spans(searcher, hits[i].doc)) {
                if (!full && spans.isNew(entry)) {
                    bytes += entry.otlp().getSerializedSize();
                    full = bytes > limits.maxTraceBytes() && spans.count() > 0;
                    if (!full) {
                        spans.add(entry);
                    }
                }
            }
        }
        Trace trace = spans.oldest(traceId, most);
        return Optional.of(full || all > hits.length ? new Trace(traceId, trace.spans(), true) : trace);
    }

    @Override
    public List<String> find(TraceQuery query) {
        return read(shared -> {
            // A searcher of its own: the deadline belongs to this query.
            IndexSearcher searcher = new IndexSearcher(shared.getIndexReader());
            long end = System.nanoTime() + limits.queryDeadline().toNanos();
            QueryTimeout timeout = () -> System.nanoTime() - end > 0;
            searcher.setTimeout(timeout);
            List<String> found = TraceFinder.find(searcher, fragments, query, timeout);
            if (searcher.timedOut() || timeout.shouldExit()) {
                throw new QueryTimeoutException(limits.queryDeadline());
            }
            return found;
        });
    }

    @Override
    public List<String> services() {
        return read(searcher -> TermLists.services(searcher.getIndexReader()));
    }

    @Override
    public List<Operation> operations(String service) {
        return read(searcher -> TermLists.operations(searcher.getIndexReader(), service));
    }

    @Override
    public List<Dependency> dependencies(TraceQuery.Range started) {
        return read(searcher -> CallCounter.dependencies(searcher.getIndexReader(), started));
    }

    @Override
    public Map<String, CallSeries> calls(String service, Set<Kind> kinds, Window window, boolean byOperation) {
        return read(searcher -> CallCounter.series(searcher.getIndexReader(), service, kinds, window, byOperation));
    }

    /** Spans in the index. */
    public long spanCount() {
        return read(searcher -> {
            long spans = 0;
            for (LeafReaderContext leaf : searcher.getIndexReader().leaves()) {
                NumericDocValues counts = DocValues.getNumeric(leaf.reader(), Fields.SPANS);
                Bits live = leaf.reader().getLiveDocs();
                for (int doc = counts.nextDoc(); doc != DocIdSetIterator.NO_MORE_DOCS; doc = counts.nextDoc()) {
                    spans += live == null || live.get(doc) ? counts.longValue() : 0;
                }
            }
            return spans;
        });
    }

    /** Bytes on disk. */
    public long sizeBytes() {
        return read(searcher -> Retention.sizeOf(searcher.getIndexReader()));
    }

    private <T> T read(LuceneIndex.Read<T> read) {
        try {
            return index.read(read);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (AlreadyClosedException e) {
            throw new UncheckedIOException(new IOException("the trace index is being opened again; try again", e));
        }
    }

    @Override
    public void close() {
        // Not interrupted: an interrupt in the middle of a write would make Lucene give up on the index.
        refresher.shutdown();
        cleaner.shutdown();
        try {
            if (!cleaner.awaitTermination(5, TimeUnit.SECONDS) || !refresher.awaitTermination(1, TimeUnit.SECONDS)) {
                log.warn(
                        "old spans were still being deleted when the trace store closed; that begins again at its start");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            index.close();
            dictionaries.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
