package io.tracery.search.jaeger;

import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.tracery.search.store.AttributeText;
import io.tracery.search.store.Kind;
import io.tracery.search.store.SpanEntry;
import io.tracery.search.trace.TraceView;
import io.tracery.search.trace.TraceView.Mode;
import io.tracery.search.trace.TraceView.ViewedSpan;
import io.tracery.search.trace.Warnings;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Writes a trace in Jaeger's JSON: OTLP's fields become references, tags and logs; times become microseconds. */
final class TraceJson {

    /** Beyond this, JavaScript's numbers lose digits, and Jaeger writes text. */
    private static final long LARGEST_EXACT = (1L << 53) - 1;

    private static final long NANOS_PER_MICRO = 1_000;

    private final JsonGenerator json;
    private final Mode mode;

    TraceJson(JsonGenerator json, Mode mode) {
        this.json = json;
        this.mode = mode;
    }

    void write(TraceView trace) throws IOException {
        json.writeStartObject();
        json.writeStringField("traceID", trace.traceId());
        json.writeArrayFieldStart("spans");
        for (int i = 0; i < trace.spans().size(); i++) {
            writeSpan(trace, trace.spans().get(i), trace.warnings().ofSpan(i));
        }
        json.writeEndArray();
        json.writeObjectFieldStart("processes");
        for (Map.Entry<String, SpanEntry> process : trace.processes().entrySet()) {
            json.writeObjectFieldStart(process.getKey());
            json.writeStringField("serviceName", process.getValue().service());
            json.writeArrayFieldStart("tags");
            writeAttributes(TraceView.processTags(process.getValue().resource()));
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndObject();
        writeWarnings(trace.warnings().ofTrace());
        json.writeEndObject();
    }

    private void writeSpan(TraceView trace, ViewedSpan viewed, List<String> warnings) throws IOException {
        Span span = viewed.entry().span();
        json.writeStartObject();
        json.writeStringField("traceID", trace.traceId());
        json.writeStringField("spanID", SpanEntry.hex(viewed.spanId()));
        json.writeStringField("operationName", span.getName());
        json.writeArrayFieldStart("references");
        writeReferences(trace.traceId(), viewed);
        json.writeEndArray();
        json.writeNumberField("startTime", span.getStartTimeUnixNano() / NANOS_PER_MICRO);
        json.writeNumberField("duration", viewed.entry().durationNanos() / NANOS_PER_MICRO);
        json.writeArrayFieldStart("tags");
        writeTags(viewed.entry());
        json.writeEndArray();
        json.writeArrayFieldStart("logs");
        writeLogs(span.getEventsList());
        json.writeEndArray();
        json.writeStringField("processID", trace.processOf(viewed));
        writeWarnings(warnings);
        json.writeEndObject();
    }

    private void writeWarnings(List<String> warnings) throws IOException {
        if (warnings.isEmpty()) {
            json.writeNullField("warnings");
        } else {
            Json.writeTexts(json, "warnings", warnings);
        }
    }

    private void writeReferences(String traceId, ViewedSpan viewed) throws IOException {
        if (!isAbsent(viewed.parentId())) {
            writeReference("CHILD_OF", traceId, viewed.parentId());
        }
        for (Span.Link link : viewed.entry().span().getLinksList()) {
            boolean empty = isAbsent(link.getTraceId()) && isAbsent(link.getSpanId());
            if (mode == Mode.RAW || !empty) {
                writeReference(referenceType(link), padded(link.getTraceId(), 16), link.getSpanId());
            }
        }
    }

    private static String referenceType(Span.Link link) {
        for (KeyValue attribute : link.getAttributesList()) {
            if (attribute.getKey().equals("opentracing.ref_type")
                    && attribute.getValue().getStringValue().equals("child_of")) {
                return "CHILD_OF";
            }
        }
        return "FOLLOWS_FROM";
    }

    private void writeReference(String type, String traceId, ByteString spanId) throws IOException {
        json.writeStartObject();
        json.writeStringField("refType", type);
        json.writeStringField("traceID", traceId);
        json.writeStringField("spanID", padded(spanId, 8));
        json.writeEndObject();
    }

    private static String padded(ByteString id, int bytes) {
        String hex = SpanEntry.hex(id);
        return "0".repeat(Math.max(0, 2 * bytes - hex.length())) + hex;
    }

    private static boolean isAbsent(ByteString id) {
        for (int i = 0; i < id.size(); i++) {
            if (id.byteAt(i) != 0) {
                return false;
            }
        }
        return true;
    }

    private void writeTags(SpanEntry entry) throws IOException {
        Span span = entry.span();
        writeTextUnlessEmpty("otel.scope.name", entry.scope().getName());
        writeTextUnlessEmpty("otel.scope.version", entry.scope().getVersion());
        writeAttributes(mode == Mode.RAW ? span.getAttributesList() : withoutWarnings(span));
        writeTextUnlessEmpty("span.kind", Kind.of(span).label());
        Status status = span.getStatus();
        if (status.getCode() == Status.StatusCode.STATUS_CODE_OK) {
            writeText("otel.status_code", "OK");
        } else if (status.getCode() == Status.StatusCode.STATUS_CODE_ERROR) {
            writeText("otel.status_code", "ERROR");
            startTag("error", "bool");
            json.writeBooleanField("value", true);
            json.writeEndObject();
        }
        writeTextUnlessEmpty("otel.status_description", status.getMessage());
        writeTextUnlessEmpty("w3c.tracestate", span.getTraceState());
    }

    /** They stand among the span's warnings. */
    private static List<KeyValue> withoutWarnings(Span span) {
        return span.getAttributesList().stream()
                .filter(attribute -> !attribute.getKey().equals(Warnings.ATTRIBUTE))
                .toList();
    }

    private void writeLogs(List<Span.Event> events) throws IOException {
        List<Span.Event> ordered = mode == Mode.RAW
                ? events
                : events.stream()
                        .sorted(Comparator.comparingLong(Span.Event::getTimeUnixNano))
                        .toList();
        for (Span.Event event : ordered) {
            json.writeStartObject();
            json.writeNumberField("timestamp", event.getTimeUnixNano() / NANOS_PER_MICRO);
            json.writeArrayFieldStart("fields");
            boolean named = event.getAttributesList().stream()
                    .anyMatch(attribute -> attribute.getKey().equals("event"));
            if (!named) {
                writeTextUnlessEmpty("event", event.getName());
            }
            writeAttributes(event.getAttributesList());
            json.writeEndArray();
            json.writeEndObject();
        }
    }

    private void writeAttributes(List<KeyValue> attributes) throws IOException {
        List<KeyValue> ordered = mode == Mode.RAW
                ? attributes
                : attributes.stream()
                        .sorted(Comparator.comparing(KeyValue::getKey))
                        .toList();
        for (KeyValue attribute : ordered) {
            writeTag(attribute.getKey(), attribute.getValue());
        }
    }

    private void writeTag(String key, AnyValue value) throws IOException {
        switch (value.getValueCase()) {
            case BOOL_VALUE -> {
                startTag(key, "bool");
                json.writeBooleanField("value", value.getBoolValue());
            }
            case INT_VALUE -> {
                startTag(key, "int64");
                if (Math.abs(value.getIntValue()) <= LARGEST_EXACT && value.getIntValue() != Long.MIN_VALUE) {
                    json.writeNumberField("value", value.getIntValue());
                } else {
                    json.writeStringField("value", String.valueOf(value.getIntValue()));
                }
            }
            case DOUBLE_VALUE -> {
                startTag(key, "float64");
                // Jackson quotes what JSON has no number for.
                json.writeNumberField("value", value.getDoubleValue());
            }
            case BYTES_VALUE -> {
                startTag(key, "binary");
                json.writeStringField("value", AttributeText.of(value));
            }
            default -> {
                startTag(key, "string");
                json.writeStringField("value", AttributeText.of(value));
            }
        }
        json.writeEndObject();
    }

    private void writeTextUnlessEmpty(String key, String value) throws IOException {
        if (!value.isEmpty()) {
            writeText(key, value);
        }
    }

    private void writeText(String key, String value) throws IOException {
        startTag(key, "string");
        json.writeStringField("value", value);
        json.writeEndObject();
    }

    private void startTag(String key, String type) throws IOException {
        json.writeStartObject();
        json.writeStringField("key", key);
        json.writeStringField("type", type);
    }
}
