package io.tracery.search.store;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.HexFormat;
import java.util.List;

/** Spans for tests. */
public final class Spans {

    public static final String TRACE_A = "0af7651916cd43dd8448eb211c80319c";
    public static final String TRACE_B = "0bf7651916cd43dd8448eb211c80319c";
    public static final String TRACE_C = "0cf7651916cd43dd8448eb211c80319c";

    /** 2024-01-01T00:00:00Z in nanoseconds: tests count milliseconds from here. */
    public static final long EPOCH = 1_704_067_200_000_000_000L;

    private Spans() {}

    /** A span of a server that begins so many milliseconds after {@link #EPOCH} and takes one. */
    public static Span.Builder span(String traceId, int number, String name, long startMillis) {
        return Span.newBuilder()
                .setTraceId(hex(traceId))
                .setSpanId(hex("%016x".formatted(number)))
                .setName(name)
                .setKind(Span.SpanKind.SPAN_KIND_SERVER)
                .setStartTimeUnixNano(EPOCH + startMillis * 1_000_000)
                .setEndTimeUnixNano(EPOCH + startMillis * 1_000_000 + 1_000_000);
    }

    public static Span.Builder lasting(Span.Builder span, long millis) {
        return span.setEndTimeUnixNano(span.getStartTimeUnixNano() + millis * 1_000_000);
    }

    public static SpanEntry entry(String service, Span.Builder span, KeyValue... resource) {
        ResourceSpans.Builder batch = ResourceSpans.newBuilder();
        batch.getResourceBuilder().addAttributes(text("service.name", service)).addAllAttributes(List.of(resource));
        batch.addScopeSpansBuilder().addSpans(span);
        return new SpanEntry(batch.build());
    }

    public static TracesData batch(SpanEntry... entries) {
        TracesData.Builder data = TracesData.newBuilder();
        for (SpanEntry entry : entries) {
            data.addResourceSpans(entry.otlp());
        }
        return data.build();
    }

    /** Adds spans as they come from Kafka. */
    public static void add(TraceStore store, List<SpanEntry> spans, long receivedMillis) {
        try {
            store.add(batch(spans.toArray(SpanEntry[]::new)).toByteArray(), receivedMillis);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(e);
        }
    }

    public static KeyValue text(String key, String value) {
        return attribute(key, AnyValue.newBuilder().setStringValue(value));
    }

    public static KeyValue number(String key, long value) {
        return attribute(key, AnyValue.newBuilder().setIntValue(value));
    }

    public static KeyValue attribute(String key, AnyValue.Builder value) {
        return KeyValue.newBuilder().setKey(key).setValue(value).build();
    }

    public static ByteString hex(String digits) {
        return ByteString.copyFrom(HexFormat.of().parseHex(digits));
    }
}
