package io.tracery.search.store;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracery.tracing.otlp.Slices;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Takes records of OTLP apart: which spans they hold, of which traces, and who tells of them. Confined to one thread. */
final class SpanBatch {

    private static final int TRACE_ID_BYTES = 16;
    private static final int RESOURCE_SPANS = sized(TracesData.RESOURCE_SPANS_FIELD_NUMBER);
    private static final int SCOPE_SPANS = sized(ResourceSpans.SCOPE_SPANS_FIELD_NUMBER);
    private static final int SPANS = sized(ScopeSpans.SPANS_FIELD_NUMBER);
    private static final int TRACE_ID = sized(Span.TRACE_ID_FIELD_NUMBER);
    private static final int SPAN_ID = sized(Span.SPAN_ID_FIELD_NUMBER);
    /** A mesh has as many processes; when it has had more, all are learned anew. */
    private static final int MOST_ORIGINS = 10_000;

    private final ProtoReader records = new ProtoReader();
    private final ProtoReader resources = new ProtoReader();
    private final ProtoReader scopes = new ProtoReader();
    private final ProtoReader spans = new ProtoReader();
    private final Slices scopeSlices = new Slices();
    private final Slices spanSlices = new Slices();
    private final Column resource = new Column();
    private final Column scope = new Column();
    private final Map<ByteString, Origin> origins = new HashMap<>();

    // The record that is being read.
    private final Map<ByteString, TraceSlices> traces = new LinkedHashMap<>();
    private TraceSlices latest = new TraceSlices(new byte[0]);
    private int invalid;

    private static int sized(int number) {
        return number << 3 | ProtoReader.SIZED;
    }

    /** The traces of a record of {@code TracesData}, in the order in which they come. */
    List<TraceSlices> read(byte[] otlp) throws InvalidProtocolBufferException {
        traces.clear();
        latest = new TraceSlices(new byte[0]);
        invalid = 0;
        records.over(otlp, 0, otlp.length);
        while (records.more()) {
            int tag = records.tag();
            if (tag == RESOURCE_SPANS) {
                int length = records.sized();
                resource(otlp, records.from(), length);
            } else {
                records.skip(tag);
            }
        }
        return new ArrayList<>(traces.values());
    }

    /** Spans of the last record whose ids are none, and that are left out. */
    int invalid() {
        return invalid;
    }

    private void resource(byte[] otlp, int from, int length) throws InvalidProtocolBufferException {
        split(resources, otlp, from, length, SCOPE_SPANS, scopeSlices, resource);
        for (int i = 0; i < scopeSlices.count(); i++) {
            split(scopes, otlp, scopeSlices.from(i), scopeSlices.length(i), SPANS, spanSlices, scope);
            if (spanSlices.count() > 0) {
                Origin origin = origin();
                for (int k = 0; k < spanSlices.count(); k++) {
                    span(otlp, spanSlices.from(k), spanSlices.length(k), origin);
                }
            }
        }
    }

    /** Where one field stands, however often, and all other fields as they are. */
    private static void split(
            ProtoReader reader, byte[] otlp, int from, int length, int field, Slices slices, Column others)
            throws InvalidProtocolBufferException {
        slices.clear();
        others.clear();
        reader.over(otlp, from, length);
        while (reader.more()) {
            int begin = reader.at();
            int tag = reader.tag();
            if (tag == field) {
                int size = reader.sized();
                slices.add(reader.from(), size);
            } else {
                reader.skip(tag);
                others.writeBytes(otlp, begin, reader.at() - begin);
            }
        }
    }

    private Origin origin() throws InvalidProtocolBufferException {
        resource.write(SCOPE_SPANS);
        int end = resource.size();
        resource.writeColumn(scope);
        ByteString key = ByteString.copyFrom(resource.bytes(), 0, resource.size());
        // The next scope begins where this one did.
        resource.cut(end - 1);
        Origin known = origins.get(key);
        if (known == null) {
            known = Origin.parse(key);
            if (origins.size() == MOST_ORIGINS) {
                origins.clear();
            }
            origins.put(key, known);
        }
        return known;
    }

    private void span(byte[] otlp, int from, int length, Origin origin) throws InvalidProtocolBufferException {
        int traceFrom = from;
        int traceLength = 0;
        int idFrom = from;
        int idLength = 0;
        spans.over(otlp, from, length);
        while (spans.more() && (traceLength == 0 || idLength == 0)) {
            int tag = spans.tag();
            if (tag == TRACE_ID) {
                traceLength = spans.sized();
                traceFrom = spans.from();
            } else if (tag == SPAN_ID) {
                idLength = spans.sized();
                idFrom = spans.from();
            } else {
                spans.skip(tag);
            }
        }
        if (traceLength != TRACE_ID_BYTES || idLength != Long.BYTES) {
            invalid++;
            return;
        }
        if (!latest.is(otlp, traceFrom, traceLength)) {
            byte[] id = Arrays.copyOfRange(otlp, traceFrom, traceFrom + traceLength);
            latest = traces.computeIfAbsent(ByteString.copyFrom(id), unseen -> new TraceSlices(id));
        }
        latest.add(spanId(otlp, idFrom), from, length, origin);
    }

    static long spanId(byte[] bytes, int from) {
        return ByteBuffer.wrap(bytes).getLong(from);
    }
}
