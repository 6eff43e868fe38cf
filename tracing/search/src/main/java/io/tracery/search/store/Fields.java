package io.tracery.search.store;

import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.LongField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.Term;
import org.apache.lucene.util.BytesRef;

/** The fields of a span's document, and how a span becomes one. */
final class Fields {

    /** Trace id, span id and kind: what makes two deliveries the same span. */
    static final String KEY = "key";

    static final String TRACE = "trace";
    static final String SERVICE = "service";
    static final String OPERATION = "operation";
    /** Service, kind and span name in one term, so that a service's operations are a range of terms. */
    static final String SERVICE_OPERATION = "service_operation";
    /** {@code key=value}. */
    static final String TAG = "tag";

    static final String START = "start";
    static final String DURATION = "duration";
    static final String RECEIVED = "received";
    static final String OTLP = "otlp";

    static final char SEPARATOR = '\0';

    /** More attributes than this on one span, and the rest are shown but not searched. */
    private static final int MAX_TAGS = 512;
    /** A longer term is searched by its beginning and a hash of the whole. */
    private static final int MAX_TERM_BYTES = 512;

    private static final int TERM_PREFIX = 128;

    private Fields() {}

    static Document document(SpanEntry entry, long receivedMillis) {
        Span span = entry.span();
        BytesRef traceId = new BytesRef(span.getTraceId().toByteArray());
        String service = entry.service();
        Document document = new Document();
        document.add(new StringField(KEY, key(span), Field.Store.NO));
        document.add(new StringField(TRACE, traceId, Field.Store.NO));
        document.add(new BinaryDocValuesField(TRACE, traceId));
        document.add(new StringField(SERVICE, term(service), Field.Store.NO));
        document.add(new StringField(OPERATION, term(span.getName()), Field.Store.NO));
        document.add(new StringField(SERVICE_OPERATION, serviceOperation(service, span), Field.Store.NO));
        for (String tag : tags(entry)) {
            document.add(new StringField(TAG, tag, Field.Store.NO));
        }
        document.add(new LongField(START, span.getStartTimeUnixNano(), Field.Store.NO));
        document.add(new LongField(DURATION, entry.durationNanos(), Field.Store.NO));
        document.add(new LongField(RECEIVED, receivedMillis, Field.Store.NO));
        document.add(new StoredField(OTLP, entry.otlp().toByteArray()));
        return document;
    }

    static Term keyTerm(Span span) {
        return new Term(KEY, key(span));
    }

    private static BytesRef key(Span span) {
        ByteBuffer key = ByteBuffer.allocate(16 + 8 + 1);
        key.put(span.getTraceId().toByteArray());
        key.put(span.getSpanId().toByteArray());
        key.put((byte) Kind.of(span).code());
        return new BytesRef(key.array());
    }

    static String serviceOperationPrefix(String service) {
        return term(service) + SEPARATOR;
    }

    private static String serviceOperation(String service, Span span) {
        return serviceOperationPrefix(service) + Kind.of(span).code() + SEPARATOR + term(span.getName());
    }

    static String tag(String key, String value) {
        return term(key + "=" + value);
    }

    private static Set<String> tags(SpanEntry entry) {
        Set<String> tags = new LinkedHashSet<>();
        Span span = entry.span();
        derivedTags(entry, tags);
        addAll(tags, span.getAttributesList());
        addAll(tags, entry.resource().getAttributesList());
        for (Span.Event event : span.getEventsList()) {
            add(tags, "event", event.getName());
            addAll(tags, event.getAttributesList());
        }
        return tags;
    }

    /** What Jaeger shows as tags although OTLP has fields for it. */
    private static void derivedTags(SpanEntry entry, Set<String> tags) {
        Span span = entry.span();
        add(tags, "otel.scope.name", entry.scope().getName());
        add(tags, "otel.scope.version", entry.scope().getVersion());
        add(tags, "span.kind", Kind.of(span).label());
        Status.StatusCode code = span.getStatus().getCode();
        if (code == Status.StatusCode.STATUS_CODE_ERROR) {
            add(tags, "otel.status_code", "ERROR");
            add(tags, "error", "true");
        } else if (code == Status.StatusCode.STATUS_CODE_OK) {
            add(tags, "otel.status_code", "OK");
        }
        add(tags, "otel.status_description", span.getStatus().getMessage());
        add(tags, "w3c.tracestate", span.getTraceState());
    }

    private static void addAll(Set<String> tags, List<KeyValue> attributes) {
        for (KeyValue attribute : attributes) {
            if (tags.size() >= MAX_TAGS) {
                return;
            }
            tags.add(tag(attribute.getKey(), AttributeText.of(attribute.getValue())));
        }
    }

    private static void add(Set<String> tags, String key, String value) {
        if (!value.isEmpty() && tags.size() < MAX_TAGS) {
            tags.add(tag(key, value));
        }
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
