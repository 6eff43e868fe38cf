package io.tracery.search.store;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Spans of one trace that came together, as bytes that compress well; {@link FragmentReader} gives back exactly the same
 * spans. What OTLP has and shops do not (links, trace state, counts of what was dropped, nested values) is carried along as it is.
 */
final class FragmentWriter {

    /** Types of values; those of an index that is written never change. */
    static final int NO_VALUE = 0;

    static final int TEXT = 1;
    static final int BOOL = 2;
    static final int INT = 3;
    static final int DOUBLE = 4;
    /** A floating point number that is a whole number of thousandths. */
    static final int THOUSANDTHS = 5;

    static final int OTHER = 6;

    static final int FLAG_STATUS = 1;
    static final int FLAG_REST = 2;
    /** Attributes or events have something without a column, and stand in the rest. */
    static final int FLAG_PLAIN = 4;

    private static final double MOST_THOUSANDTHS = 1e15;

    private final SpanColumns columns = new SpanColumns();
    private final Map<ByteString, Integer> texts = new HashMap<>();
    private final Map<List<Long>, Integer> shapes = new HashMap<>();
    private final Map<Origin, Integer> origins = new HashMap<>();
    private final Map<ByteString, Integer> places = new HashMap<>();
    private long lastStart;

    private record Origin(Resource resource, InstrumentationScope scope, String schema, String scopeSchema) {}

    private FragmentWriter() {}

    static byte[] write(List<SpanEntry> spans) {
        FragmentWriter writer = new FragmentWriter();
        for (int i = 0; i < spans.size(); i++) {
            writer.places.putIfAbsent(spans.get(i).span().getSpanId(), i);
        }
        for (SpanEntry entry : spans) {
            writer.add(entry);
        }
        Column stored = new Column();
        stored.write(spans.size());
        stored.write(writer.texts.size());
        stored.write(writer.origins.size());
        stored.write(writer.shapes.size());
        writer.columns.writeTo(stored);
        return stored.toBytes();
    }

    private void add(SpanEntry entry) {
        Span span = entry.span();
        boolean plain = !hasColumns(span);
        byte[] rest = rest(span, plain);
        columns.spans.write(origin(entry));
        columns.ids.writeBytes(span.getSpanId().toByteArray());
        parent(span.getParentSpanId());
        columns.spans.write(text(span.getNameBytes()));
        columns.spans.write(span.getKindValue());
        columns.spans.write(Integer.toUnsignedLong(span.getFlags()));
        columns.spans.write(
                (span.hasStatus() ? FLAG_STATUS : 0) | (rest.length > 0 ? FLAG_REST : 0) | (plain ? FLAG_PLAIN : 0));
        if (span.hasStatus()) {
            columns.spans.write(span.getStatus().getCodeValue());
            columns.spans.write(text(span.getStatus().getMessageBytes()));
        }
        columns.times.writeSigned(span.getStartTimeUnixNano() - lastStart);
        columns.times.writeSigned(span.getEndTimeUnixNano() - span.getStartTimeUnixNano());
        lastStart = span.getStartTimeUnixNano();
        if (!plain) {
            attributes(span.getAttributesList());
            columns.spans.write(span.getEventsCount());
            for (Span.Event event : span.getEventsList()) {
                columns.spans.write(text(event.getNameBytes()));
                columns.times.writeSigned(event.getTimeUnixNano() - span.getStartTimeUnixNano());
                attributes(event.getAttributesList());
            }
        }
        if (rest.length > 0) {
            columns.rest.writeSized(rest);
        }
    }

    private int origin(SpanEntry entry) {
        ScopeSpans scope = entry.otlp().getScopeSpans(0);
        Origin origin = new Origin(entry.resource(), entry.scope(), entry.otlp().getSchemaUrl(), scope.getSchemaUrl());
        Integer known = origins.get(origin);
        if (known != null) {
            return known;
        }
        columns.origins.writeSized(entry.otlp().toBuilder()
                .clearScopeSpans()
                .addScopeSpans(scope.toBuilder().clearSpans())
                .build()
                .toByteArray());
        origins.put(origin, origins.size());
        return origins.size() - 1;
    }

    /** 0: none; 1: its id follows; else the parent's place in this fragment, plus two. */
    private void parent(ByteString parent) {
        Integer place = places.get(parent);
        if (parent.isEmpty()) {
            columns.spans.write(0);
        } else if (place != null) {
            columns.spans.write(place + 2L);
        } else {
            columns.spans.write(1);
            columns.ids.writeSized(parent.toByteArray());
        }
    }

    private static boolean hasColumns(Span span) {
        for (Span.Event event : span.getEventsList()) {
            if (event.getDroppedAttributesCount() != 0
                    || !event.getUnknownFields().isEmpty()
                    || !simple(event.getAttributesList())) {
                return false;
            }
        }
        return simple(span.getAttributesList())
                && span.getStatus().getUnknownFields().isEmpty();
    }

    private static boolean simple(List<KeyValue> attributes) {
        for (KeyValue attribute : attributes) {
            if (!attribute.getUnknownFields().isEmpty()
                    || !attribute.getValue().getUnknownFields().isEmpty()) {
                return false;
            }
        }
        return true;
    }

    private static byte[] rest(Span span, boolean plain) {
        if (!plain
                && span.getLinksCount() == 0
                && span.getTraceState().isEmpty()
                && span.getDroppedAttributesCount() == 0
                && span.getDroppedEventsCount() == 0
                && span.getDroppedLinksCount() == 0
                && span.getUnknownFields().isEmpty()) {
            return new byte[0];
        }
        Span.Builder rest = span.toBuilder()
                .clearTraceId()
                .clearSpanId()
                .clearParentSpanId()
                .clearName()
                .clearKind()
                .clearFlags()
                .clearStatus()
                .clearStartTimeUnixNano()
                .clearEndTimeUnixNano();
        if (!plain) {
            rest.clearAttributes().clearEvents();
        } else if (!span.getStatus().getUnknownFields().isEmpty()) {
            rest.setStatus(Status.newBuilder().setUnknownFields(span.getStatus().getUnknownFields()));
        }
        return rest.build().toByteArray();
    }

    private int text(ByteString text) {
        Integer known = texts.get(text);
        if (known != null) {
            return known;
        }
        columns.texts.writeSized(text.toByteArray());
        texts.put(text, texts.size());
        return texts.size() - 1;
    }

    private void attributes(List<KeyValue> attributes) {
        List<Long> shape = new ArrayList<>(attributes.size());
        for (KeyValue attribute : attributes) {
            shape.add((long) text(attribute.getKeyBytes()) << 3 | type(attribute));
        }
        Integer known = shapes.get(shape);
        if (known == null) {
            known = shapes.size();
            shapes.put(shape, known);
            columns.shapes.write(shape.size());
            shape.forEach(columns.shapes::write);
        }
        columns.spans.write(known);
        for (int i = 0; i < attributes.size(); i++) {
            value(attributes.get(i).getValue(), (int) (shape.get(i) & 7));
        }
    }

    private static int type(KeyValue attribute) {
        if (!attribute.hasValue()) {
            return NO_VALUE;
        }
        return switch (attribute.getValue().getValueCase()) {
            case STRING_VALUE -> TEXT;
            case BOOL_VALUE -> BOOL;
            case INT_VALUE -> INT;
            case DOUBLE_VALUE -> isThousandths(attribute.getValue().getDoubleValue()) ? THOUSANDTHS : DOUBLE;
            default -> OTHER;
        };
    }

    private static boolean isThousandths(double value) {
        return Math.abs(value) < MOST_THOUSANDTHS
                && Double.doubleToRawLongBits((long) Math.rint(value * 1000) / 1000.0)
                        == Double.doubleToRawLongBits(value);
    }

    private void value(AnyValue value, int type) {
        switch (type) {
            case TEXT -> columns.values.write(text(value.getStringValueBytes()));
            case BOOL -> columns.values.write(value.getBoolValue() ? 1 : 0);
            case INT -> columns.values.writeSigned(value.getIntValue());
            case THOUSANDTHS -> columns.values.writeSigned((long) Math.rint(value.getDoubleValue() * 1000));
            case DOUBLE -> columns.doubles.writeFixed(Double.doubleToRawLongBits(value.getDoubleValue()));
            case OTHER -> columns.rest.writeSized(value.toByteArray());
            default -> {
                // No value, nothing to write.
            }
        }
    }
}
