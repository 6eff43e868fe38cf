package io.tracery.topology.stream;

import io.tracery.topology.graph.HistogramCodec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Bytes of a {@link SeriesValue}: a format number, then fields in order, counts as variable-length integers. */
final class SeriesValueCodec {

    private static final int FORMAT = 1;
    private static final int ABSENT = 0;
    private static final int NUMBER = 1;
    private static final int HISTOGRAM = 2;

    private SeriesValueCodec() {}

    static byte[] write(SeriesValue value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(FORMAT);
            out.writeLong(value.timeNanos());
            out.writeLong(value.changedMillis());
            out.writeLong(value.heardMillis());
            write(out, value.last());
            write(out, value.skipped());
            HistogramCodec.writeVarint(out, value.folded().size());
            for (String epoch : value.folded()) {
                out.writeUTF(epoch);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot be written", e);
        }
        return bytes.toByteArray();
    }

    /** @throws IllegalArgumentException when the bytes were not written by {@link #write} */
    static SeriesValue read(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int format = in.readByte();
            if (format != FORMAT) {
                throw new IllegalArgumentException("series state of format " + format + ", not " + FORMAT);
            }
            long time = in.readLong();
            long changed = in.readLong();
            long heard = in.readLong();
            Count last = readCount(in);
            Count skipped = readCount(in);
            int folded = (int) HistogramCodec.readVarint(in);
            List<String> epochs = new ArrayList<>();
            for (int i = 0; i < folded; i++) {
                epochs.add(in.readUTF());
            }
            if (last == null) {
                throw new IllegalArgumentException("series state without a count");
            }
            return new SeriesValue(time, changed, heard, last, skipped, List.copyOf(epochs));
        } catch (IOException e) {
            throw new IllegalArgumentException("series state is cut short", e);
        }
    }

    private static void write(DataOutputStream out, @Nullable Count count) throws IOException {
        if (count == null) {
            out.writeByte(ABSENT);
        } else if (count.latencies() == null) {
            out.writeByte(NUMBER);
            HistogramCodec.writeVarint(out, count.amount());
        } else {
            out.writeByte(HISTOGRAM);
            HistogramCodec.write(out, count.latencies());
        }
    }

    private static @Nullable Count readCount(DataInputStream in) throws IOException {
        int kind = in.readByte();
        return switch (kind) {
            case ABSENT -> null;
            case NUMBER -> new Count(HistogramCodec.readVarint(in), null);
            case HISTOGRAM -> Count.of(HistogramCodec.read(in));
            default -> throw new IllegalArgumentException("series state with a count of kind " + kind);
        };
    }
}
