package io.tracery.pipeline.otlp;

import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracery.tracing.Vocabulary;
import java.util.ArrayList;
import java.util.List;

/** Puts the pieces of a trace together, as few records as may be, whose resources say why it was kept. */
public final class KeptTrace {

    /** What a reason adds to a resource, tags and lengths included. */
    private static final int REASON_BYTES = 64;

    private final KeyValue reason;
    private final int maxRecordBytes;
    private final List<byte[]> records = new ArrayList<>();
    private TracesData.Builder open = TracesData.newBuilder();
    private int openBytes;

    /** @param maxRecordBytes bound on one record; a piece alone is within it */
    public KeptTrace(String reason, int maxRecordBytes) {
        this.reason = KeyValue.newBuilder()
                .setKey(Vocabulary.KEEP_REASON)
                .setValue(AnyValue.newBuilder().setStringValue(reason))
                .build();
        this.maxRecordBytes = maxRecordBytes;
    }

    /**
     * @param pieceBytes encoded size of the piece
     * @return how many spans it holds
     */
    public int add(TracesData piece, int pieceBytes) {
        int bytes = pieceBytes + REASON_BYTES * piece.getResourceSpansCount();
        if (openBytes > 0 && openBytes + bytes > maxRecordBytes) {
            finish();
        }
        openBytes += bytes;
        int spans = 0;
        for (ResourceSpans resourceSpans : piece.getResourceSpansList()) {
            open.addResourceSpans(resourceSpans.toBuilder().setResource(kept(resourceSpans.getResource())));
            for (ScopeSpans scope : resourceSpans.getScopeSpansList()) {
                spans += scope.getSpansCount();
            }
        }
        return spans;
    }

    private Resource kept(Resource resource) {
        Resource.Builder builder = resource.toBuilder().clearAttributes();
        for (KeyValue attribute : resource.getAttributesList()) {
            if (!attribute.getKey().equals(Vocabulary.KEEP_REASON)) {
                builder.addAttributes(attribute);
            }
        }
        return builder.addAttributes(reason).build();
    }

    private void finish() {
        if (openBytes > 0) {
            records.add(open.build().toByteArray());
            open = TracesData.newBuilder();
            openBytes = 0;
        }
    }

    /** {@code TracesData} each. */
    public List<byte[]> records() {
        finish();
        return List.copyOf(records);
    }
}
