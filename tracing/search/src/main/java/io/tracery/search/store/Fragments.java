package io.tracery.search.store;

import java.io.IOException;
import java.util.List;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.util.BytesRef;

/** Reads the spans of fragments out of an index. */
final class Fragments {

    private final Dictionaries dictionaries;

    Fragments(Dictionaries dictionaries) {
        this.dictionaries = dictionaries;
    }

    byte[] traceId(IndexSearcher searcher, int doc) throws IOException {
        return Dictionaries.traceId(stored(searcher, doc));
    }

    /** The spans in the order in which they came. */
    List<SpanEntry> spans(IndexSearcher searcher, int doc) throws IOException {
        BytesRef stored = stored(searcher, doc);
        return FragmentReader.read(Dictionaries.traceId(stored), dictionaries.decompress(stored));
    }

    private static BytesRef stored(IndexSearcher searcher, int doc) throws IOException {
        List<LeafReaderContext> leaves = searcher.getIndexReader().leaves();
        LeafReaderContext leaf = leaves.get(ReaderUtil.subIndex(doc, leaves));
        BinaryDocValues otlp = leaf.reader().getBinaryDocValues(Fields.OTLP);
        if (otlp == null || !otlp.advanceExact(doc - leaf.docBase)) {
            throw new IOException(
                    "a document of the trace index has no spans; move its folder away, it fills again" + " from Kafka");
        }
        return otlp.binaryValue();
    }
}
