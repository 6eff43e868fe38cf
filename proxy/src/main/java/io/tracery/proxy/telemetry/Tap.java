package io.tracery.proxy.telemetry;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.tracery.proxy.telemetry.RecentSpans.Remembered;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Looks at single exchanges, back as far as they are remembered and forward as they end: everything that their spans say, as
 * JSON. Any thread that may wait.
 */
public final class Tap {

    private static final long LOOK_AGAIN_MILLIS = 50;

    private final RecentSpans recent;
    private final JsonFactory json = new JsonFactory();

    Tap(RecentSpans recent) {
        this.recent = recent;
    }

    /**
     * The newest exchanges that match, the oldest of them first.
     *
     * @param from the number of the first exchange to look at: 0 for all that are remembered, else {@code next} of the last answer
     * @param most exchanges in one answer
     * @param patienceMillis how long to wait while none matches
     * @return {@code {"next": …, "missed": …, "exchanges": […]}}; {@code missed} counts those from {@code from} on that are
     *     forgotten, or were more than {@code most}
     */
    public String look(TapFilter filter, long from, int most, long patienceMillis) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(patienceMillis);
        while (true) {
            Found found = new Found(most);
            long next = Math.max(from, recent.next());
            for (Remembered one : recent.from(from)) {
                found.see(one, filter, from);
                next = Math.max(next, one.number() + 1);
            }
            if (!found.exchanges.isEmpty() || System.nanoTime() - end >= 0) {
                return write(found, next, from);
            }
            Thread.sleep(LOOK_AGAIN_MILLIS);
        }
    }

    private static final class Found {
        private final ArrayDeque<List<Span>> exchanges = new ArrayDeque<>();
        private final int most;
        private long missed = -1;

        Found(int most) {
            this.most = most;
        }

        void see(Remembered one, TapFilter filter, long from) {
            if (missed < 0) {
                missed = from == 0 ? 0 : one.number() - from;
            }
            List<Span> spans = spans(one);
            if (filter.matches(spans.getFirst())) {
                exchanges.add(spans);
                if (exchanges.size() > most) {
                    exchanges.removeFirst();
                    missed++;
                }
            }
        }
    }

    private static List<Span> spans(Remembered one) {
        try {
            return ScopeSpans.parseFrom(one.spans()).getSpansList();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("spans that this proxy encoded cannot be read", e);
        }
    }

    private String write(Found found, long next, long from) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = json.createGenerator(text)) {
            out.writeStartObject();
            out.writeNumberField("next", next);
            out.writeNumberField("missed", found.missed < 0 ? (from == 0 ? 0 : next - from) : found.missed);
            out.writeArrayFieldStart("exchanges");
            for (List<Span> spans : found.exchanges) {
                write(spans.getFirst(), spans.subList(1, spans.size()), out);
            }
            out.writeEndArray();
            out.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("a writer into memory does not fail", e);
        }
        return text.toString();
    }

    private static void write(Span span, List<Span> attempts, JsonGenerator out) throws IOException {
        out.writeStartObject();
        time(out, "timestamp", span.getStartTimeUnixNano());
        id(out, "trace_id", span.getTraceId());
        id(out, "span_id", span.getSpanId());
        id(out, "parent_span_id", span.getParentSpanId());
        out.writeStringField("name", span.getName());
        out.writeNumberField("duration_ms", (span.getEndTimeUnixNano() - span.getStartTimeUnixNano()) * 1e-6);
        attributes(out, span.getAttributesList());
        out.writeArrayFieldStart("events");
        for (Span.Event event : span.getEventsList()) {
            out.writeStartObject();
            time(out, "timestamp", event.getTimeUnixNano());
            out.writeStringField("name", event.getName());
            attributes(out, event.getAttributesList());
            out.writeEndObject();
        }
        out.writeEndArray();
        if (!attempts.isEmpty()) {
            out.writeArrayFieldStart("attempts");
            for (Span attempt : attempts) {
                write(attempt, List.of(), out);
            }
            out.writeEndArray();
        }
        out.writeEndObject();
    }

    private static void time(JsonGenerator out, String field, long epochNanos) throws IOException {
        out.writeStringField(
                field,
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
            AnyValue value = attribute.getValue();
            switch (value.getValueCase()) {
                case INT_VALUE -> out.writeNumberField(attribute.getKey(), value.getIntValue());
                case DOUBLE_VALUE -> out.writeNumberField(attribute.getKey(), value.getDoubleValue());
                case BOOL_VALUE -> out.writeBooleanField(attribute.getKey(), value.getBoolValue());
                default -> out.writeStringField(attribute.getKey(), value.getStringValue());
            }
        }
    }

    /** What a filter may ask for, by name; the rest of a query is somebody else's. */
    static Map<String, String> text(Span span) {
        Map<String, String> texts = new HashMap<>();
        for (KeyValue attribute : span.getAttributesList()) {
            AnyValue value = attribute.getValue();
            texts.put(
                    attribute.getKey(),
                    value.hasIntValue() ? Long.toString(value.getIntValue()) : value.getStringValue());
        }
        return texts;
    }
}
