package io.tracery.pipeline.otlp;

import com.google.protobuf.ByteString;
import io.tracery.tracing.context.TraceContext;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A trace's id.
 *
 * @param high first 8 bytes, big endian
 * @param low last 8 bytes
 */
public record TraceId(long high, long low) {

    public static final int BYTES = 16;

    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    private static final int KEPT_BITS = 33;

    /** Reads an id of {@value #BYTES} bytes. */
    public static TraceId of(ByteString id) {
        ByteBuffer bytes = id.asReadOnlyByteBuffer();
        return new TraceId(bytes.getLong(), bytes.getLong());
    }

    /** Reads the {@value #BYTES} bytes that stand there. */
    public static TraceId at(byte[] bytes, int from) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, from, BYTES);
        return new TraceId(buffer.getLong(), buffer.getLong());
    }

    public byte[] bytes() {
        return ByteBuffer.allocate(BYTES).putLong(high).putLong(low).array();
    }

    /** As it is a record's key on {@code otlp_spans}: 32 lower-case hex digits. */
    public byte[] key() {
        return TraceContext.traceIdHex(high, low).getBytes(StandardCharsets.US_ASCII);
    }

    /** Which of so many partitions decides upon the trace; the same for everything that is of it. */
    public int partition(int partitions) {
        return (int) ((mixed() >>> KEPT_BITS) % partitions);
    }

    /** Its bits spread, for those who cannot rely on ids being random. */
    public long mixed() {
        return (high ^ Long.rotateLeft(low, 32) ^ low) * GOLDEN;
    }
}
