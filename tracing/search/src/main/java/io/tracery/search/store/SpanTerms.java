package io.tracery.search.store;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.lucene.util.BytesRef;

/**
 * What is searched for by attribute: for each attribute of a span a hash of its service, key and value. The service is part of it because a
 * fragment holds spans of many, and nearly every search names one. Whoever finds a fragment looks at its spans, so two
 * attributes with one hash cost time, nothing else. Measures (numbers of more than three digits, and fractions) are hashed into a
 * million values: they are hardly ever the same twice, and as terms of their own would be most of the index.
 */
final class SpanTerms {

    /** More attributes than this on one span, and the rest are shown but not searched. */
    private static final int MAX_TAGS = 512;

    private static final int TEXT_BYTES = 5;
    private static final int MEASURE_BYTES = 3;
    private static final long MEASURES = 0xFFFFF;
    private static final int LARGEST_DIGITS = 3;
    private static final long SEED = 0xCBF29CE484222325L;
    private static final long PRIME = 0x100000001B3L;

    private final Set<BytesRef> terms = new LinkedHashSet<>();
    private int left;

    /** Each once, of all the spans that were added. */
    Set<BytesRef> terms() {
        return terms;
    }

    static BytesRef term(String service, String key, String value) {
        long start = start(service);
        return term(start, ByteString.copyFromUtf8(key), ByteString.copyFromUtf8(value));
    }

    void add(SpanEntry entry, String service) {
        long start = start(service);
        left = MAX_TAGS;
        Span span = entry.span();
        derived(start, entry);
        addAll(start, span.getAttributesList());
        addAll(start, entry.resource().getAttributesList());
        for (Span.Event event : span.getEventsList()) {
            add(start, "event", event.getName());
            addAll(start, event.getAttributesList());
        }
    }

    /** What Jaeger shows as tags although OTLP has fields for it. */
    private void derived(long start, SpanEntry entry) {
        Span span = entry.span();
        add(start, "otel.scope.name", entry.scope().getName());
        add(start, "otel.scope.version", entry.scope().getVersion());
        add(start, "span.kind", Kind.of(span).label());
        Status.StatusCode code = span.getStatus().getCode();
        if (code == Status.StatusCode.STATUS_CODE_ERROR) {
            add(start, "otel.status_code", "ERROR");
            add(start, "error", "true");
        } else if (code == Status.StatusCode.STATUS_CODE_OK) {
            add(start, "otel.status_code", "OK");
        }
        add(start, "otel.status_description", span.getStatus().getMessage());
        add(start, "w3c.tracestate", span.getTraceState());
    }

    private void addAll(long start, List<KeyValue> attributes) {
        for (KeyValue attribute : attributes) {
            if (left-- <= 0) {
                return;
            }
            terms.add(term(start, attribute.getKeyBytes(), bytes(attribute.getValue())));
        }
    }

    private void add(long start, String key, String value) {
        if (!value.isEmpty() && left-- > 0) {
            terms.add(term(start, ByteString.copyFromUtf8(key), ByteString.copyFromUtf8(value)));
        }
    }

    private static ByteString bytes(AnyValue value) {
        return value.hasStringValue()
                ? value.getStringValueBytes()
                : ByteString.copyFrom(AttributeText.of(value), StandardCharsets.UTF_8);
    }

    private static BytesRef term(long start, ByteString key, ByteString value) {
        long hash = mixed(hashed(hashed(start, key) * PRIME, value));
        return isMeasure(value) ? ref(hash & MEASURES, MEASURE_BYTES) : ref(hash, TEXT_BYTES);
    }

    private static long start(String service) {
        return hashed(SEED, ByteString.copyFromUtf8(service)) * PRIME;
    }

    private static boolean isMeasure(ByteString value) {
        int digits = 0;
        for (int i = 0; i < value.size(); i++) {
            byte at = value.byteAt(i);
            if (at >= '0' && at <= '9') {
                digits++;
            } else if (at != '.' && at != '-' && at != 'E') {
                return false;
            }
        }
        return digits > LARGEST_DIGITS;
    }

    /** FNV-1a. */
    private static long hashed(long start, ByteString bytes) {
        long hash = start;
        for (int i = 0; i < bytes.size(); i++) {
            hash = (hash ^ (bytes.byteAt(i) & 0xFF)) * PRIME;
        }
        return hash;
    }

    /** Spreads every bit over the others, which FNV alone does not do for the highest. */
    private static long mixed(long hash) {
        long mixed = (hash ^ (hash >>> 33)) * 0xFF51AFD7ED558CCDL;
        return mixed ^ (mixed >>> 33);
    }

    private static BytesRef ref(long number, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (number >>> (8 * (length - 1 - i)));
        }
        return new BytesRef(bytes);
    }
}
