package io.tracery.search.store;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

/** The fields of a fragment's document: spans of one trace that came together, stored as one, with what a search asks for. */
final class Fields {

    static final String TRACE = "trace";
    static final String SERVICE = "service";
    /** {@link CallTerm}, as often as there are such spans. */
    static final String CALL = "call";
    /** Caller's service and called service, as often as one called the other. */
    static final String EDGE = "edge";
    /** {@link SpanTerms}. */
    static final String TAG = "tag";
    /** When the first and the last of the spans began. */
    static final String FIRST = "first";

    static final String LAST = "last";
    static final String RECEIVED = "received";
    /** How many spans. */
    static final String SPANS = "spans";
    /** The spans themselves, see {@link Dictionaries#compress}. */
    static final String OTLP = "otlp";

    static final char SEPARATOR = '\0';

    /** A longer term is searched by its beginning and a hash of the whole. */
    private static final int MAX_TERM_BYTES = 512;

    private static final int TERM_PREFIX = 128;

    private static final FieldType ONCE = type(IndexOptions.DOCS);
    private static final FieldType COUNTED = type(IndexOptions.DOCS_AND_FREQS);

    private Fields() {}

    private static FieldType type(IndexOptions options) {
        FieldType type = new FieldType();
        type.setIndexOptions(options);
        type.setTokenized(true);
        type.setOmitNorms(true);
        type.freeze();
        return type;
    }

    /** @param spans all of one trace */
    static Document document(List<SpanEntry> spans, long receivedMillis, Dictionaries dictionaries) throws IOException {
        byte[] traceId = spans.getFirst().span().getTraceId().toByteArray();
        Set<String> services = new LinkedHashSet<>();
        List<BytesRef> calls = new ArrayList<>(spans.size());
        SpanTerms tags = new SpanTerms();
        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;
        for (SpanEntry entry : spans) {
            String service = entry.service();
            services.add(service);
            calls.add(CallTerm.of(entry, service).term());
            tags.add(entry, service);
            first = Math.min(first, entry.span().getStartTimeUnixNano());
            last = Math.max(last, entry.span().getStartTimeUnixNano());
        }
        Document document = new Document();
        document.add(new StringField(TRACE, new BytesRef(traceId), Field.Store.NO));
        for (String service : services) {
            document.add(new StringField(SERVICE, term(service), Field.Store.NO));
        }
        document.add(new Field(CALL, new TermStream(calls), COUNTED));
        document.add(new Field(TAG, new TermStream(tags.terms()), ONCE));
        List<BytesRef> edges = edges(spans);
        if (!edges.isEmpty()) {
            document.add(new Field(EDGE, new TermStream(edges), COUNTED));
        }
        document.add(new NumericDocValuesField(FIRST, first));
        document.add(new LongField(LAST, last, Field.Store.NO));
        document.add(new LongPoint(RECEIVED, receivedMillis));
        document.add(new NumericDocValuesField(SPANS, spans.size()));
        document.add(new BinaryDocValuesField(OTLP, dictionaries.compress(traceId, FragmentWriter.write(spans))));
        return document;
    }

    /** Every span that was called by one of another service, as far as both came together. */
    private static List<BytesRef> edges(List<SpanEntry> spans) {
        Map<ByteString, SpanEntry> byId = new HashMap<>();
        for (SpanEntry entry : spans) {
            byId.put(entry.span().getSpanId(), entry);
        }
        List<BytesRef> edges = new ArrayList<>();
        for (SpanEntry entry : spans) {
            SpanEntry parent = byId.get(entry.span().getParentSpanId());
            if (parent != null) {
                String caller = parent.service();
                String called = entry.service();
                if (!caller.equals(called)) {
                    edges.add(new BytesRef(term(caller) + SEPARATOR + term(called)));
                }
            }
        }
        return edges;
    }

    /** Text as a term; Lucene refuses terms of more than 32 kB, and long ones are rarely the same twice. */
    static String term(String text) {
        if (text.length() * 3 <= MAX_TERM_BYTES) {
            return text;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= MAX_TERM_BYTES) {
            return text;
        }
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
            return text.substring(0, text.offsetByCodePoints(0, TERM_PREFIX)) + "…"
                    + HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
