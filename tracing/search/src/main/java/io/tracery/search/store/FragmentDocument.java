package io.tracery.search.store;

import java.io.IOException;
import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.LongField;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.util.BytesRef;

/** The Lucene document of a fragment; the same one for each, since making one anew costs more than filling it. */
final class FragmentDocument {

    private static final FieldType ONCE = type(IndexOptions.DOCS);
    private static final FieldType COUNTED = type(IndexOptions.DOCS_AND_FREQS);

    private final Dictionaries dictionaries;
    private final Document document = new Document();
    private final TermStream services = new TermStream();
    private final TermStream calls = new TermStream();
    private final TermStream tags = new TermStream();
    private final TermStream edges = new TermStream();
    private final StringField trace = new StringField(Fields.TRACE, new BytesRef(), Field.Store.NO);
    private final NumericDocValuesField first = new NumericDocValuesField(Fields.FIRST, 0);
    private final LongField last = new LongField(Fields.LAST, 0, Field.Store.NO);
    private final LongPoint received = new LongPoint(Fields.RECEIVED, 0);
    private final NumericDocValuesField spans = new NumericDocValuesField(Fields.SPANS, 0);
    private final BinaryDocValuesField otlp = new BinaryDocValuesField(Fields.OTLP, new BytesRef());

    FragmentDocument(Dictionaries dictionaries) {
        this.dictionaries = dictionaries;
        document.add(trace);
        document.add(new Field(Fields.SERVICE, services, ONCE));
        document.add(new Field(Fields.CALL, calls, COUNTED));
        document.add(new Field(Fields.TAG, tags, ONCE));
        document.add(new Field(Fields.EDGE, edges, COUNTED));
        document.add(first);
        document.add(last);
        document.add(received);
        document.add(spans);
        document.add(otlp);
    }

    private static FieldType type(IndexOptions options) {
        FieldType type = new FieldType();
        type.setIndexOptions(options);
        type.setTokenized(true);
        type.setOmitNorms(true);
        type.freeze();
        return type;
    }

    /** Good until the next one. */
    Document of(Fragment fragment, long receivedMillis) throws IOException {
        trace.setBytesValue(fragment.traceId());
        services.over(fragment.services());
        calls.over(fragment.calls());
        tags.over(fragment.tags());
        edges.over(fragment.edges());
        first.setLongValue(fragment.first());
        last.setLongValue(fragment.last());
        received.setLongValue(receivedMillis);
        spans.setLongValue(fragment.spans());
        otlp.setBytesValue(dictionaries.compress(fragment.traceId(), fragment.columns()));
        return document;
    }
}
