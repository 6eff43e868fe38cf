package io.tracery.search.jaeger;

import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.tracery.search.store.SpanEntry;
import io.tracery.search.trace.TraceView;
import io.tracery.search.trace.TraceView.ViewedSpan;
import io.tracery.search.trace.Warnings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes OTLP in JSON by OTLP's own rules: ids in hex, enums as numbers, 64 bits as text, what is empty left out. Warnings are the
 * attribute that Jaeger keeps them in.
 */
final class OtlpJson {

    private final JsonGenerator json;

    OtlpJson(JsonGenerator json) {
        this.json = json;
    }

    /** Writes the {@code resourceSpans} of a trace: each resource and, below it, each scope once. */
    void write(TraceView trace) throws IOException {
        Map<Resource, Map<InstrumentationScope, List<Integer>>> resources = new LinkedHashMap<>();
        for (int i = 0; i < trace.spans().size(); i++) {
            SpanEntry entry = trace.spans().get(i).entry();
            resources
                    .computeIfAbsent(entry.resource(), resource -> new LinkedHashMap<>())
                    .computeIfAbsent(entry.scope(), scope -> new ArrayList<>())
                    .add(i);
        }
        for (Map.Entry<Resource, Map<InstrumentationScope, List<Integer>>> resource : resources.entrySet()) {
            json.writeStartObject();
            json.writeObjectFieldStart("resource");
            attributes(resource.getKey().getAttributesList());
            json.writeEndObject();
            json.writeArrayFieldStart("scopeSpans");
            for (Map.Entry<InstrumentationScope, List<Integer>> scope :
                    resource.getValue().entrySet()) {
                scope(trace, scope.getKey(), scope.getValue());
            }
            json.writeEndArray();
            json.writeEndObject();
        }
    }

    private void scope(TraceView trace, InstrumentationScope scope, List<Integer> places) throws IOException {
        json.writeStartObject();
        json.writeObjectFieldStart("scope");
        textUnlessEmpty(json, "name", scope.getName());
        textUnlessEmpty(json, "version", scope.getVersion());
        attributes(scope.getAttributesList());
        json.writeEndObject();
        json.writeArrayFieldStart("spans");
        for (int place : places) {
            span(trace, place);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private void span(TraceView trace, int place) throws IOException {
        ViewedSpan viewed = trace.spans().get(place);
        Span span = viewed.entry().span();
        json.writeStartObject();
        json.writeStringField("traceId", trace.traceId());
        json.writeStringField("spanId", SpanEntry.hex(viewed.spanId()));
        textUnlessEmpty(json, "traceState", span.getTraceState());
        textUnlessEmpty(json, "parentSpanId", SpanEntry.hex(viewed.parentId()));
        intUnlessZero(json, "flags", span.getFlags());
        textUnlessEmpty(json, "name", span.getName());
        intUnlessZero(json, "kind", span.getKindValue());
        longUnlessZero(json, "startTimeUnixNano", span.getStartTimeUnixNano());
        longUnlessZero(json, "endTimeUnixNano", span.getEndTimeUnixNano());
        attributes(withWarnings(span, trace, place));
        intUnlessZero(json, "droppedAttributesCount", span.getDroppedAttributesCount());
        events(span);
        links(span);
        status(span.getStatus());
        json.writeEndObject();
    }

    /** The trace's own warnings stand on its first span, since OTLP has no place for them; those that the span came with stay. */
    private static List<KeyValue> withWarnings(Span span, TraceView trace, int place) {
        Set<String> warnings = new LinkedHashSet<>(place == 0 ? trace.warnings().ofTrace() : List.of());
        warnings.addAll(Warnings.told(span));
        warnings.addAll(trace.warnings().ofSpan(place));
        if (warnings.isEmpty()) {
            return span.getAttributesList();
        }
        AnyValue.Builder texts = AnyValue.newBuilder();
        for (String warning : warnings) {
            texts.getArrayValueBuilder().addValuesBuilder().setStringValue(warning);
        }
        List<KeyValue> all = new ArrayList<>(span.getAttributesList());
        // OTLP allows no key twice.
        all.removeIf(attribute -> attribute.getKey().equals(Warnings.ATTRIBUTE));
        all.add(KeyValue.newBuilder().setKey(Warnings.ATTRIBUTE).setValue(texts).build());
        return all;
    }

    private void events(Span span) throws IOException {
        if (span.getEventsCount() > 0) {
            json.writeArrayFieldStart("events");
            for (Span.Event event : span.getEventsList()) {
                json.writeStartObject();
                longUnlessZero(json, "timeUnixNano", event.getTimeUnixNano());
                textUnlessEmpty(json, "name", event.getName());
                attributes(event.getAttributesList());
                intUnlessZero(json, "droppedAttributesCount", event.getDroppedAttributesCount());
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        intUnlessZero(json, "droppedEventsCount", span.getDroppedEventsCount());
    }

    private void links(Span span) throws IOException {
        if (span.getLinksCount() > 0) {
            json.writeArrayFieldStart("links");
            for (Span.Link link : span.getLinksList()) {
                json.writeStartObject();
                textUnlessEmpty(json, "traceId", SpanEntry.hex(link.getTraceId()));
                textUnlessEmpty(json, "spanId", SpanEntry.hex(link.getSpanId()));
                textUnlessEmpty(json, "traceState", link.getTraceState());
                attributes(link.getAttributesList());
                intUnlessZero(json, "droppedAttributesCount", link.getDroppedAttributesCount());
                intUnlessZero(json, "flags", link.getFlags());
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        intUnlessZero(json, "droppedLinksCount", span.getDroppedLinksCount());
    }

    private void status(Status status) throws IOException {
        json.writeObjectFieldStart("status");
        textUnlessEmpty(json, "message", status.getMessage());
        intUnlessZero(json, "code", status.getCodeValue());
        json.writeEndObject();
    }

    private void attributes(List<KeyValue> attributes) throws IOException {
        if (attributes.isEmpty()) {
            return;
        }
        json.writeFieldName("attributes");
        keyValues(attributes);
    }

    private void keyValues(List<KeyValue> attributes) throws IOException {
        json.writeStartArray();
        for (KeyValue attribute : attributes) {
            json.writeStartObject();
            json.writeStringField("key", attribute.getKey());
            json.writeFieldName("value");
            value(attribute.getValue());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void value(AnyValue value) throws IOException {
        json.writeStartObject();
        switch (value.getValueCase()) {
            case STRING_VALUE -> json.writeStringField("stringValue", value.getStringValue());
            case BOOL_VALUE -> json.writeBooleanField("boolValue", value.getBoolValue());
            case INT_VALUE -> json.writeStringField("intValue", String.valueOf(value.getIntValue()));
            case DOUBLE_VALUE -> json.writeNumberField("doubleValue", value.getDoubleValue());
            case BYTES_VALUE -> json.writeStringField("bytesValue", base64(value.getBytesValue()));
            case ARRAY_VALUE -> {
                json.writeObjectFieldStart("arrayValue");
                json.writeArrayFieldStart("values");
                for (AnyValue element : value.getArrayValue().getValuesList()) {
                    value(element);
                }
                json.writeEndArray();
                json.writeEndObject();
            }
            case KVLIST_VALUE -> {
                json.writeObjectFieldStart("kvlistValue");
                json.writeFieldName("values");
                keyValues(value.getKvlistValue().getValuesList());
                json.writeEndObject();
            }
            default -> {
                // An attribute without a value is an empty object.
            }
        }
        json.writeEndObject();
    }

    private static String base64(ByteString bytes) {
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    static void textUnlessEmpty(JsonGenerator json, String field, String text) throws IOException {
        if (!text.isEmpty()) {
            json.writeStringField(field, text);
        }
    }

    static void intUnlessZero(JsonGenerator json, String field, int number) throws IOException {
        if (number != 0) {
            json.writeNumberField(field, Integer.toUnsignedLong(number));
        }
    }

    static void longUnlessZero(JsonGenerator json, String field, long number) throws IOException {
        if (number != 0) {
            json.writeStringField(field, Long.toUnsignedString(number));
        }
    }
}
