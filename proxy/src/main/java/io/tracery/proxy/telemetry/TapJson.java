package io.tracery.proxy.telemetry;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;

/** Exchanges as JSON: what their spans say, attributes by their own names. */
final class TapJson {

    private static final JsonFactory JSON = new JsonFactory();

    private TapJson() {}

    private interface Content {
        void write(JsonGenerator out) throws IOException;
    }

    /** One exchange: its own span, then those of its attempts. */
    static String of(List<Span> spans) {
        return text(out -> exchange(spans, out));
    }

    static String page(long next, long missed, Collection<List<Span>> exchanges) {
        return text(out -> {
            out.writeStartObject();
            out.writeNumberField("next", next);
            out.writeNumberField("missed", missed);
            out.writeArrayFieldStart("exchanges");
            for (List<Span> spans : exchanges) {
                exchange(spans, out);
            }
            out.writeEndArray();
            out.writeEndObject();
        });
    }

    private static String text(Content content) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = JSON.createGenerator(text)) {
            content.write(out);
        } catch (IOException e) {
            throw new IllegalStateException("a writer into memory does not fail", e);
        }
        return text.toString();
    }

    private static void exchange(List<Span> spans, JsonGenerator out) throws IOException {
        Span span = spans.getFirst();
        out.writeStartObject();
        out.writeStringField("direction", direction(span));
        fields(span, out);
        if (spans.size() > 1) {
            out.writeArrayFieldStart("attempts");
            for (Span attempt : spans.subList(1, spans.size())) {
                out.writeStartObject();
                fields(attempt, out);
                out.writeEndObject();
            }
            out.writeEndArray();
        }
        out.writeEndObject();
    }

    /** On which side of the application. */
    static String direction(Span span) {
        return span.getKind() == Span.SpanKind.SPAN_KIND_CLIENT ? "outbound" : "inbound";
    }

    private static void fields(Span span, JsonGenerator out) throws IOException {
        time(out, span.getStartTimeUnixNano());
        id(out, "trace_id", span.getTraceId());
        id(out, "span_id", span.getSpanId());
        id(out, "parent_span_id", span.getParentSpanId());
        out.writeStringField("name", span.getName());
        out.writeNumberField("duration_ms", (span.getEndTimeUnixNano() - span.getStartTimeUnixNano()) * 1e-6);
        attributes(out, span.getAttributesList());
        out.writeArrayFieldStart("events");
        for (Span.Event event : span.getEventsList()) {
            out.writeStartObject();
            time(out, event.getTimeUnixNano());
            out.writeStringField("name", event.getName());
            attributes(out, event.getAttributesList());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private static void time(JsonGenerator out, long epochNanos) throws IOException {
        out.writeStringField(
                "timestamp",
                Instant.ofEpochSecond(epochNanos / 1_000_000_000, epochNanos % 1_000_000_000)
                        .toString());
    }

    private static void id(JsonGenerator out, String field, ByteString id) throws IOException {
        if (!id.isEmpty()) {
            out.writeStringField(field, HexFormat.of().formatHex(id.toByteArray()));
        }
    }

    private static void attributes(JsonGenerator out, List<KeyValue> attributes) throws IOException {
        for (KeyValue attribute : attributes) {
            out.writeFieldName(attribute.getKey());
            value(out, attribute.getValue());
        }
    }

    private static void value(JsonGenerator out, AnyValue value) throws IOException {
        switch (value.getValueCase()) {
            case INT_VALUE -> out.writeNumber(value.getIntValue());
            case DOUBLE_VALUE -> out.writeNumber(value.getDoubleValue());
            case BOOL_VALUE -> out.writeBoolean(value.getBoolValue());
            case ARRAY_VALUE -> {
                out.writeStartArray();
                for (AnyValue one : value.getArrayValue().getValuesList()) {
                    value(out, one);
                }
                out.writeEndArray();
            }
            default -> out.writeString(value.getStringValue());
        }
    }
}
