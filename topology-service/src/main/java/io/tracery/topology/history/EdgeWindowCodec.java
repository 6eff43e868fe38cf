package io.tracery.topology.history;

import io.tracery.topology.graph.EdgeKey;
import io.tracery.topology.graph.Exemplar;
import io.tracery.topology.graph.HistogramCodec;
import io.tracery.topology.graph.View;
import io.tracery.topology.history.Tally.Sample;
import io.tracery.tracing.metric.ExponentialHistogram;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Bytes of an {@link EdgeWindow}: a format number, then fields in order, counts as variable-length integers. */
public final class EdgeWindowCodec {

    private static final int FORMAT = 1;
    private static final int SLOWEST = 1;
    private static final int SLOWEST_FAILED = 2;
    private static final int TRACE_ID_BYTES = 16;
    private static final int SPAN_ID_BYTES = 8;
    private static final int SENDER = 0;
    private static final int RECEIVER = 1;

    private EdgeWindowCodec() {}

    public static byte[] write(EdgeWindow window) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(FORMAT);
            out.writeUTF(window.sourceIdentity());
            out.writeUTF(window.targetIdentity());
            out.writeLong(window.lastSeen());
            HistogramCodec.writeVarint(out, window.inFlight());
            HistogramCodec.writeVarint(out, window.rows().size());
            for (Map.Entry<RowKey, Tally> row : window.rows().entrySet()) {
                out.writeByte(row.getKey().view() == View.SENDER ? SENDER : RECEIVER);
                out.writeUTF(row.getKey().version());
                out.writeUTF(row.getKey().route());
                write(out, row.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot be written", e);
        }
        return bytes.toByteArray();
    }

    private static void write(DataOutputStream out, Tally tally) throws IOException {
        HistogramCodec.writeVarint(out, tally.fates().size());
        for (Map.Entry<String, Long> fate : tally.fates().entrySet()) {
            out.writeUTF(fate.getKey());
            HistogramCodec.writeVarint(out, fate.getValue());
        }
        HistogramCodec.write(out, tally.latencies());
        HistogramCodec.writeVarint(out, tally.mutual());
        HistogramCodec.writeVarint(out, tally.retries());
        HistogramCodec.writeVarint(out, tally.requestBytes());
        HistogramCodec.writeVarint(out, tally.responseBytes());
        out.writeByte((tally.slowest() == null ? 0 : SLOWEST) | (tally.slowestFailed() == null ? 0 : SLOWEST_FAILED));
        write(out, tally.slowest());
        write(out, tally.slowestFailed());
    }

    private static void write(DataOutputStream out, @Nullable Sample sample) throws IOException {
        if (sample != null) {
            Exemplar exemplar = sample.exemplar();
            out.writeLong(exemplar.millis());
            out.writeDouble(exemplar.latencyMillis());
            out.write(HexFormat.of().parseHex(exemplar.traceId()));
            out.write(HexFormat.of().parseHex(exemplar.spanId()));
            out.writeUTF(sample.fate());
        }
    }

    /** @throws IllegalArgumentException when the bytes were not written by {@link #write} */
    public static EdgeWindow read(EdgeKey edge, byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int format = in.readByte();
            if (format != FORMAT) {
                throw new IllegalArgumentException("a window of format " + format + ", not " + FORMAT);
            }
            EdgeWindow window = new EdgeWindow(edge);
            String source = in.readUTF();
            String target = in.readUTF();
            long seen = in.readLong();
            window.describe(source, target, seen, HistogramCodec.readVarint(in));
            long rows = HistogramCodec.readVarint(in);
            for (long i = 0; i < rows; i++) {
                View view = in.readByte() == SENDER ? View.SENDER : View.RECEIVER;
                RowKey key = new RowKey(view, in.readUTF(), in.readUTF());
                read(in, window.row(key));
            }
            return window;
        } catch (IOException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("a window is cut short", e);
        }
    }

    private static void read(DataInputStream in, Tally tally) throws IOException {
        TreeMap<String, Long> fates = new TreeMap<>();
        long kinds = HistogramCodec.readVarint(in);
        for (long i = 0; i < kinds; i++) {
            fates.put(in.readUTF(), HistogramCodec.readVarint(in));
        }
        ExponentialHistogram latencies = HistogramCodec.read(in);
        tally.restore(fates, latencies, HistogramCodec.readVarint(in));
        tally.moved(HistogramCodec.readVarint(in), HistogramCodec.readVarint(in), HistogramCodec.readVarint(in));
        int samples = in.readByte();
        if ((samples & SLOWEST) != 0) {
            tally.sample(readSample(in));
        }
        if ((samples & SLOWEST_FAILED) != 0) {
            tally.sample(readSample(in));
        }
    }

    private static Sample readSample(DataInputStream in) throws IOException {
        long millis = in.readLong();
        double latency = in.readDouble();
        byte[] trace = in.readNBytes(TRACE_ID_BYTES);
        byte[] span = in.readNBytes(SPAN_ID_BYTES);
        return new Sample(
                new Exemplar(
                        millis,
                        latency,
                        HexFormat.of().formatHex(trace),
                        HexFormat.of().formatHex(span)),
                in.readUTF());
    }
}
