package io.tracery.search.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.document.LongField;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortedNumericSelector;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.util.BytesRef;

/**
 * From a query to trace ids. Spans are read newest first, page by page, until enough traces are known: memory is bounded
 * by a page and the traces asked for, however many spans match. Pages grow, so that a trace with very many matching
 * spans costs few of them.
 */
final class TraceFinder {

    private static final int FIRST_PAGE = 512;
    private static final int LARGEST_PAGE = 32_768;
    private static final Sort NEWEST_FIRST =
            new Sort(LongField.newSortField(Fields.START, true, SortedNumericSelector.Type.MAX));

    private TraceFinder() {}

    static List<String> find(IndexSearcher searcher, TraceQuery traces) throws IOException {
        Query query = query(traces);
        Set<String> found = new LinkedHashSet<>();
        ScoreDoc last = null;
        for (int size = FIRST_PAGE; ; size = Math.min(size * 4, LARGEST_PAGE)) {
            TopDocs page = searcher.searchAfter(last, query, size, NEWEST_FIRST);
            for (ScoreDoc hit : page.scoreDocs) {
                found.add(traceId(searcher, hit.doc));
                if (found.size() == traces.limit()) {
                    return List.copyOf(found);
                }
            }
            if (page.scoreDocs.length < size || searcher.timedOut()) {
                return List.copyOf(found);
            }
            last = page.scoreDocs[page.scoreDocs.length - 1];
        }
    }

    private static Query query(TraceQuery traces) {
        List<Query> all = new ArrayList<>();
        if (traces.operation() != null) {
            all.add(new TermQuery(new Term(Fields.OPERATION, Fields.term(traces.operation()))));
        }
        if (traces.service() != null) {
            all.add(new TermQuery(new Term(Fields.SERVICE, Fields.term(traces.service()))));
        }
        for (Map.Entry<String, String> tag : traces.tags().entrySet()) {
            all.add(new TermQuery(new Term(Fields.TAG, Fields.tag(tag.getKey(), tag.getValue()))));
        }
        addRange(all, Fields.START, traces.started());
        addRange(all, Fields.DURATION, traces.duration());
        if (all.isEmpty()) {
            return MatchAllDocsQuery.INSTANCE;
        }
        BooleanQuery.Builder conjunction = new BooleanQuery.Builder();
        all.forEach(clause -> conjunction.add(clause, BooleanClause.Occur.FILTER));
        return conjunction.build();
    }

    private static void addRange(List<Query> all, String field, TraceQuery.Range range) {
        if (!range.equals(TraceQuery.Range.ANY)) {
            all.add(LongField.newRangeQuery(field, range.least(), range.most()));
        }
    }

    private static String traceId(IndexSearcher searcher, int doc) throws IOException {
        List<LeafReaderContext> leaves = searcher.getIndexReader().leaves();
        LeafReaderContext leaf = leaves.get(ReaderUtil.subIndex(doc, leaves));
        BinaryDocValues traceIds = leaf.reader().getBinaryDocValues(Fields.TRACE);
        if (traceIds == null || !traceIds.advanceExact(doc - leaf.docBase)) {
            throw new IOException("a span's document has no trace id; move the index away, it fills again from Kafka");
        }
        BytesRef id = traceIds.binaryValue();
        return HexFormat.of().formatHex(id.bytes, id.offset, id.offset + id.length);
    }
}
