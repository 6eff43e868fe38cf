package io.tracery.search.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.lucene.document.LongField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.QueryTimeout;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.FieldDoc;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortedNumericSelector;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.util.BytesRef;

/**
 * From a query to trace ids. The index names fragments that may hold a matching span, newest first; each is looked into, until
 * enough traces are known and no other fragment can hold a newer span. Fragments are read page by page, and pages grow, so
 * memory is bounded by a page and the traces asked for, and a trace in very many fragments costs few pages.
 */
final class TraceFinder {

    private static final int FIRST_PAGE = 64;
    private static final int LARGEST_PAGE = 8_192;
    private static final Sort NEWEST_FIRST =
            new Sort(LongField.newSortField(Fields.LAST, true, SortedNumericSelector.Type.MAX));

    private final IndexSearcher searcher;
    private final Fragments fragments;
    private final TraceQuery traces;
    private final QueryTimeout timeout;
    private final SpanMatcher matcher;
    private final Map<String, Found> found = new HashMap<>();
    private final TreeSet<Found> newest = new TreeSet<>();

    /** A trace and when its newest matching span began. */
    private record Found(String traceId, long start) implements Comparable<Found> {

        @Override
        public int compareTo(Found other) {
            int byStart = Long.compare(other.start, start);
            return byStart != 0 ? byStart : traceId.compareTo(other.traceId);
        }
    }

    private TraceFinder(IndexSearcher searcher, Fragments fragments, TraceQuery traces, QueryTimeout timeout) {
        this.searcher = searcher;
        this.fragments = fragments;
        this.traces = traces;
        this.timeout = timeout;
        this.matcher = new SpanMatcher(traces);
    }

    /** @param timeout ends the looking too, of which Lucene knows nothing; what was found until then is returned */
    static List<String> find(IndexSearcher searcher, Fragments fragments, TraceQuery traces, QueryTimeout timeout)
            throws IOException {
        TraceFinder finder = new TraceFinder(searcher, fragments, traces, timeout);
        finder.find();
        return finder.newest.stream().map(Found::traceId).toList();
    }

    private void find() throws IOException {
        Query query = query(searcher.getIndexReader());
        ScoreDoc last = null;
        for (int size = Math.max(FIRST_PAGE, traces.limit()); ; size = Math.min(size * 4, LARGEST_PAGE)) {
            TopDocs page = searcher.searchAfter(last, query, size, NEWEST_FIRST);
            for (ScoreDoc hit : page.scoreDocs) {
                if (timeout.shouldExit()) {
                    return;
                }
                if (newest.size() == traces.limit() && newest.last().start >= lastStart(hit)) {
                    return;
                }
                look(hit.doc);
            }
            if (page.scoreDocs.length < size || searcher.timedOut()) {
                return;
            }
            last = page.scoreDocs[page.scoreDocs.length - 1];
        }
    }

    private static long lastStart(ScoreDoc hit) {
        return (Long) ((FieldDoc) hit).fields[0];
    }

    private void look(int doc) throws IOException {
        long start = Long.MIN_VALUE;
        boolean any = false;
        for (SpanEntry entry : fragments.spans(searcher, doc)) {
            if (matcher.matches(entry)) {
                any = true;
                start = Math.max(start, entry.span().getStartTimeUnixNano());
            }
        }
        if (any) {
            keep(new Found(HexFormat.of().formatHex(fragments.traceId(searcher, doc)), start));
        }
    }

    private void keep(Found match) {
        Found before = found.get(match.traceId);
        if (before != null && before.start >= match.start) {
            return;
        }
        if (before != null) {
            newest.remove(before);
        }
        found.put(match.traceId, match);
        newest.add(match);
        if (newest.size() > traces.limit()) {
            found.remove(newest.removeLast().traceId);
        }
    }

    private Query query(IndexReader reader) throws IOException {
        List<Query> all = new ArrayList<>();
        if (traces.service() != null) {
            all.add(new TermQuery(new Term(Fields.SERVICE, Fields.term(traces.service()))));
        }
        if (traces.operation() != null || !traces.duration().equals(TraceQuery.Range.ANY)) {
            all.add(new TermInSetQuery(Fields.CALL, TermLists.calls(reader, traces)));
        }
        if (!traces.tags().isEmpty()) {
            List<String> services = traces.service() == null ? TermLists.services(reader) : List.of(traces.service());
            for (Map.Entry<String, String> tag : traces.tags().entrySet()) {
                List<BytesRef> terms = services.stream()
                        .map(service -> SpanTags.term(service, tag.getKey(), tag.getValue()))
                        .toList();
                all.add(
                        terms.size() == 1
                                ? new TermQuery(new Term(Fields.TAG, terms.getFirst()))
                                : new TermInSetQuery(Fields.TAG, terms));
            }
        }
        TraceQuery.Range started = traces.started();
        if (started.least() != Long.MIN_VALUE) {
            all.add(LongField.newRangeQuery(Fields.LAST, started.least(), Long.MAX_VALUE));
        }
        if (started.most() != Long.MAX_VALUE) {
            all.add(NumericDocValuesField.newSlowRangeQuery(Fields.FIRST, Long.MIN_VALUE, started.most()));
        }
        if (all.isEmpty()) {
            return MatchAllDocsQuery.INSTANCE;
        }
        BooleanQuery.Builder conjunction = new BooleanQuery.Builder();
        all.forEach(clause -> conjunction.add(clause, BooleanClause.Occur.FILTER));
        return conjunction.build();
    }
}
