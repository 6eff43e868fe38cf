package io.tracery.pipeline.otlp;

import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.tracery.tracing.Vocabulary;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** Puts the pieces of a trace together, as few records as may be, whose resources say why it was kept. */
public final class KeptTrace {

    /** Tag and length of the messages around a piece. */
    private static final int FRAME_BYTES = 32;

    /** What is added to a piece, which alone may be as large as a record. */
    private static final int ADDED_BYTES = 512;

    // First fields of TracesData, ResourceSpans; the second of ResourceSpans: length-delimited.
    private static final int FIRST = 1 << 3 | 2;
    private static final int SECOND = 2 << 3 | 2;

    private final byte[] reason;
    private final int maxRecordBytes;
    private final List<byte[]> records = new ArrayList<>(1);
    private final ByteArrayOutputStream open = new ByteArrayOutputStream();

    /** @param maxRecordBytes bound on one record, but for half a kilobyte that is added to a piece */
    public KeptTrace(String reason, int maxRecordBytes) {
        this.reason = Resource.newBuilder()
                .addAttributes(KeyValue.newBuilder()
                        .setKey(Vocabulary.KEEP_REASON)
                        .setValue(AnyValue.newBuilder().setStringValue(reason)))
                .build()
                .toByteArray();
        this.maxRecordBytes = maxRecordBytes;
    }

    /** Whether there is room for it in a record. Where the bound was larger when it came, there may be none. */
    public boolean add(Piece piece) {
        Frame frame = piece.frame();
        int resource = frame.resource().length + reason.length;
        int scope = frame.ofScope().length + piece.spanBytes();
        int whole = Wire.size(resource) + Wire.size(scope) + frame.ofResource().length;
        if (whole + FRAME_BYTES > maxRecordBytes + ADDED_BYTES) {
            return false;
        }
        if (open.size() > 0 && open.size() + whole + FRAME_BYTES > maxRecordBytes) {
            finish();
        }
        Wire.length(open, FIRST, whole);
        Wire.length(open, FIRST, resource);
        open.writeBytes(frame.resource());
        open.writeBytes(reason);
        Wire.length(open, SECOND, scope);
        open.writeBytes(frame.ofScope());
        piece.writeSpans(open);
        open.writeBytes(frame.ofResource());
        return true;
    }

    private void finish() {
        if (open.size() > 0) {
            records.add(open.toByteArray());
            open.reset();
        }
    }

    /** {@code TracesData} each. */
    public List<byte[]> records() {
        finish();
        return List.copyOf(records);
    }
}
