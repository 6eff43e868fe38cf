package io.tracery.search.store;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads what {@link FragmentWriter} wrote. */
final class FragmentReader {

    private final ByteString traceId;
    private final SpanColumns columns;
    private final ByteString[] texts;
    private final ResourceSpans[] origins;
    private final long[][] shapes;
    private final ByteString[] ids;
    private final int[] parents;
    private long lastStart;

    private FragmentReader(byte[] traceId, Column stored) throws IOException {
        this.traceId = UnsafeByteOperations.unsafeWrap(traceId);
        int spans = stored.readInt();
        this.texts = new ByteString[stored.readInt()];
        this.origins = new ResourceSpans[stored.readInt()];
        this.shapes = new long[stored.readInt()][];
        this.ids = new ByteString[spans];
        this.parents = new int[spans];
        this.columns = new SpanColumns(stored);
        for (int i = 0; i < texts.length; i++) {
            texts[i] = UnsafeByteOperations.unsafeWrap(columns.texts.readSized());
        }
        for (int i = 0; i < origins.length; i++) {
            origins[i] = ResourceSpans.parseFrom(columns.origins.readSized());
        }
        for (int i = 0; i < shapes.length; i++) {
            shapes[i] = shape(columns.shapes.readColumn());
        }
    }

    private static long[] shape(Column stored) throws IOException {
        long[] shape = new long[stored.left()];
        int length = 0;
        while (stored.left() > 0) {
            shape[length++] = stored.read();
        }
        return Arrays.copyOf(shape, length);
    }

    static List<SpanEntry> read(byte[] traceId, byte[] stored) throws IOException {
        FragmentReader reader = new FragmentReader(traceId, Column.reading(stored));
        List<Span.Builder> spans = new ArrayList<>(reader.ids.length);
        List<ResourceSpans> origins = new ArrayList<>(reader.ids.length);
        for (int i = 0; i < reader.ids.length; i++) {
            origins.add(reader.origins[reader.columns.spans.readInt()]);
            spans.add(reader.span(i));
        }
        List<SpanEntry> entries = new ArrayList<>(spans.size());
        for (int i = 0; i < spans.size(); i++) {
            Span.Builder span = spans.get(i);
            if (reader.parents[i] >= 0) {
                span.setParentSpanId(reader.ids[reader.parents[i]]);
            }
            ResourceSpans.Builder entry = origins.get(i).toBuilder();
            entry.getScopeSpansBuilder(0).addSpans(span);
            entries.add(new SpanEntry(entry.build()));
        }
        return entries;
    }

    private Span.Builder span(int place) throws IOException {
        Span.Builder span = Span.newBuilder();
        ids[place] = UnsafeByteOperations.unsafeWrap(columns.ids.readBytes(Long.BYTES));
        int parent = columns.spans.readInt();
        parents[place] = parent - 2;
        if (parent == 1) {
            span.setParentSpanId(UnsafeByteOperations.unsafeWrap(columns.ids.readSized()));
        }
        span.setTraceId(traceId).setSpanId(ids[place]);
        span.setNameBytes(texts[columns.spans.readInt()]);
        span.setKindValue(columns.spans.readInt());
        span.setFlags(columns.spans.readInt());
        int flags = columns.spans.readInt();
        if ((flags & FragmentWriter.FLAG_STATUS) != 0) {
            span.setStatus(Status.newBuilder()
                    .setCodeValue(columns.spans.readInt())
                    .setMessageBytes(texts[columns.spans.readInt()]));
        }
        long start = lastStart + columns.times.readSigned();
        lastStart = start;
        span.setStartTimeUnixNano(start).setEndTimeUnixNano(start + columns.times.readSigned());
        if ((flags & FragmentWriter.FLAG_PLAIN) == 0) {
            for (long key : shapes[columns.spans.readInt()]) {
                span.addAttributes(attribute(key));
            }
            events(span, start);
        }
        if ((flags & FragmentWriter.FLAG_REST) != 0) {
            span.mergeFrom(columns.rest.readSized());
        }
        return span;
    }

    private void events(Span.Builder span, long start) throws IOException {
        int count = columns.spans.readInt();
        for (int i = 0; i < count; i++) {
            Span.Event.Builder event = span.addEventsBuilder();
            event.setNameBytes(texts[columns.spans.readInt()]);
            event.setTimeUnixNano(start + columns.times.readSigned());
            for (long key : shapes[columns.spans.readInt()]) {
                event.addAttributes(attribute(key));
            }
        }
    }

    private KeyValue attribute(long key) throws IOException {
        KeyValue.Builder attribute = KeyValue.newBuilder().setKeyBytes(texts[(int) (key >>> 3)]);
        int type = (int) (key & 7);
        if (type != AttributeWriter.NO_VALUE) {
            attribute.setValue(value(type));
        }
        return attribute.build();
    }

    private AnyValue value(int type) throws IOException {
        AnyValue.Builder value = AnyValue.newBuilder();
        return switch (type) {
            case AttributeWriter.TEXT ->
                value.setStringValueBytes(texts[columns.values.readInt()]).build();
            case AttributeWriter.BOOL ->
                value.setBoolValue(columns.values.read() != 0).build();
            case AttributeWriter.INT ->
                value.setIntValue(columns.values.readSigned()).build();
            case AttributeWriter.THOUSANDTHS ->
                value.setDoubleValue(columns.values.readSigned() / 1000.0).build();
            case AttributeWriter.DOUBLE ->
                value.setDoubleValue(Double.longBitsToDouble(Long.reverse(columns.doubles.read())))
                        .build();
            default -> AnyValue.parseFrom(columns.rest.readSized());
        };
    }
}
