package io.tracery.pipeline.otlp;

import io.tracery.tracing.otlp.Slices;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Takes a batch of spans, an encoded {@code TracesData}, apart by trace. Looks at ids only, and leaves spans where they stand. */
public final class Pieces {

    private static final int RESOURCE_SPANS = 1;
    private static final int RESOURCE = 1;
    private static final int SCOPE_SPANS = 2;
    private static final int SPANS = 2;
    private static final int TRACE_ID = 1;

    private final byte[] batch;
    private final Piece.Source source;
    private final Map<TraceId, List<Piece>> traces = new LinkedHashMap<>();

    private Pieces(byte[] batch) {
        this.batch = batch;
        this.source = new Piece.Source(batch);
    }

    /** What is of each trace, in the order in which it stands there. */
    public static Map<TraceId, List<Piece>> of(byte[] batch) {
        Pieces pieces = new Pieces(batch);
        Wire wire = new Wire(batch, 0, batch.length);
        while (wire.more()) {
            int tag = wire.tag();
            if (Wire.field(tag) == RESOURCE_SPANS && Wire.delimited(tag)) {
                int to = wire.limit();
                pieces.resource(wire.at(), to);
                wire.move(to, batch.length);
            } else {
                wire.skip(tag);
            }
        }
        return pieces.traces;
    }

    private void resource(int from, int to) {
        byte[] resource = {};
        List<int[]> scopes = new ArrayList<>();
        ByteArrayOutputStream others = new ByteArrayOutputStream(0);
        Wire wire = new Wire(batch, from, to);
        while (wire.more()) {
            int start = wire.at();
            int tag = wire.tag();
            if (Wire.field(tag) == RESOURCE && Wire.delimited(tag)) {
                int end = wire.limit();
                resource = wire.copy(wire.at(), end);
                wire.move(end, to);
            } else if (Wire.field(tag) == SCOPE_SPANS && Wire.delimited(tag)) {
                int end = wire.limit();
                scopes.add(new int[] {wire.at(), end});
                wire.move(end, to);
            } else {
                wire.skip(tag);
                others.write(batch, start, wire.at() - start);
            }
        }
        for (int[] scope : scopes) {
            scope(resource, others.toByteArray(), new Wire(batch, scope[0], scope[1]));
        }
    }

    private void scope(byte[] resource, byte[] ofResource, Wire wire) {
        Map<TraceId, Slices> spans = new LinkedHashMap<>();
        ByteArrayOutputStream others = new ByteArrayOutputStream(64);
        while (wire.more()) {
            int start = wire.at();
            int tag = wire.tag();
            if (Wire.field(tag) == SPANS && Wire.delimited(tag)) {
                int end = wire.limit();
                spans.computeIfAbsent(traceId(new Wire(batch, wire.at(), end)), id -> new Slices())
                        .add(start, end - start);
                wire.move(end, wire.end());
            } else {
                wire.skip(tag);
                others.write(batch, start, wire.at() - start);
            }
        }
        Frame frame = Frame.of(resource, ofResource, others.toByteArray());
        spans.forEach((id, places) ->
                traces.computeIfAbsent(id, none -> new ArrayList<>(1)).add(new Piece(frame, source, places)));
    }

    private TraceId traceId(Wire span) {
        while (span.more()) {
            int tag = span.tag();
            if (Wire.field(tag) == TRACE_ID && Wire.delimited(tag) && span.limit() - span.at() == TraceId.BYTES) {
                return TraceId.at(batch, span.at());
            }
            span.skip(tag);
        }
        throw new IllegalStateException("a span without a trace id, which nobody lets pass");
    }
}
