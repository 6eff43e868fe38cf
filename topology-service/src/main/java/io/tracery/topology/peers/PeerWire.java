package io.tracery.topology.peers;

import io.tracery.topology.graph.EdgeKey;
import io.tracery.topology.graph.HistogramCodec;
import io.tracery.topology.history.EdgeFilter;
import io.tracery.topology.history.EdgeWindow;
import io.tracery.topology.history.EdgeWindowCodec;
import io.tracery.topology.history.HistoryStats;
import io.tracery.topology.history.Step;
import io.tracery.topology.history.WindowSource;
import io.tracery.topology.history.WindowSource.Reading;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Questions to another process and its answers, as bytes: a format number, then fields in order. */
final class PeerWire {

    private static final int FORMAT = 1;

    /** Ends windows; no window begins there. */
    private static final long END = Long.MIN_VALUE;

    /** Which windows of which partitions. */
    record Question(Reading reading, Set<Integer> partitions) {}

    /** Writes, in memory. */
    private interface Writing {
        void to(DataOutputStream out) throws IOException;
    }

    /** Reads, from memory. */
    private interface ReadingOf<T> {
        T from(DataInputStream in) throws IOException;
    }

    private PeerWire() {}

    private static byte[] write(Writing writing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(FORMAT);
            writing.to(out);
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot be written", e);
        }
        return bytes.toByteArray();
    }

    /** @throws IllegalArgumentException when the bytes are not as they should be */
    private static <T> T read(byte[] bytes, ReadingOf<T> reading) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int format = in.readByte();
            if (format != FORMAT) {
                throw new IllegalArgumentException("a message of format " + format + ", not " + FORMAT);
            }
            return reading.from(in);
        } catch (IOException e) {
            throw new IllegalArgumentException("a message is cut short", e);
        }
    }

    static byte[] question(Question question) {
        return write(out -> {
            Reading reading = question.reading();
            out.writeLong(reading.from());
            out.writeLong(reading.to());
            out.writeLong(reading.stretch());
            out.writeUTF(reading.filter().kind().name());
            HistogramCodec.writeVarint(out, reading.filter().values().size());
            for (String value : reading.filter().values()) {
                out.writeUTF(value);
            }
            HistogramCodec.writeVarint(out, question.partitions().size());
            for (Integer partition : question.partitions()) {
                HistogramCodec.writeVarint(out, partition);
            }
        });
    }

    static Question readQuestion(byte[] bytes) {
        return read(bytes, in -> {
            long from = in.readLong();
            long to = in.readLong();
            long stretch = in.readLong();
            EdgeFilter.Kind kind = EdgeFilter.Kind.valueOf(in.readUTF());
            List<String> values = new ArrayList<>();
            long size = HistogramCodec.readVarint(in);
            for (long i = 0; i < size; i++) {
                values.add(in.readUTF());
            }
            Set<Integer> partitions = new HashSet<>();
            long count = HistogramCodec.readVarint(in);
            for (long i = 0; i < count; i++) {
                partitions.add((int) HistogramCodec.readVarint(in));
            }
            return new Question(new Reading(from, to, stretch, new EdgeFilter(kind, values)), partitions);
        });
    }

    /** What a source tells, as it tells it. */
    static byte[] windows(WindowReads source) {
        return write(out -> {
            try {
                source.read((begin, window) -> {
                    try {
                        write(out, begin, window);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
            out.writeLong(END);
        });
    }

    /** Somewhere that windows come from. */
    interface WindowReads {
        void read(WindowSource.Sink sink);
    }

    private static void write(DataOutputStream out, long begin, EdgeWindow window) throws IOException {
        byte[] value = EdgeWindowCodec.write(window);
        out.writeLong(begin);
        out.writeUTF(window.edge().id());
        HistogramCodec.writeVarint(out, value.length);
        out.write(value);
    }

    static void readWindows(byte[] bytes, WindowSource.Sink sink) {
        read(bytes, in -> {
            long windows = 0;
            for (long begin = in.readLong(); begin != END; begin = in.readLong()) {
                EdgeKey edge = EdgeKey.parse(in.readUTF());
                sink.window(begin, EdgeWindowCodec.read(edge, bytes(in)));
                windows++;
            }
            return windows;
        });
    }

    static <T> byte[] list(List<T> items, Function<T, byte[]> codec) {
        return write(out -> {
            HistogramCodec.writeVarint(out, items.size());
            for (T item : items) {
                byte[] value = codec.apply(item);
                HistogramCodec.writeVarint(out, value.length);
                out.write(value);
            }
        });
    }

    static <T> List<T> readList(byte[] bytes, Function<byte[], T> codec) {
        return read(bytes, in -> {
            List<T> items = new ArrayList<>();
            long size = HistogramCodec.readVarint(in);
            for (long i = 0; i < size; i++) {
                items.add(codec.apply(bytes(in)));
            }
            return items;
        });
    }

    private static byte[] bytes(DataInputStream in) throws IOException {
        int length = (int) HistogramCodec.readVarint(in);
        byte[] value = length < 0 ? new byte[0] : in.readNBytes(length);
        if (value.length != length) {
            throw new IllegalArgumentException("a message is cut short");
        }
        return value;
    }

    static byte[] stats(HistoryStats stats) {
        return write(out -> {
            for (Step step : Step.values()) {
                HistoryStats.OfStep of = stats.of(step);
                out.writeLong(of.from());
                out.writeLong(of.entries());
                out.writeLong(of.bytes());
            }
        });
    }

    static HistoryStats readStats(byte[] bytes) {
        return read(bytes, in -> {
            Map<Step, HistoryStats.OfStep> steps = new EnumMap<>(Step.class);
            for (Step step : Step.values()) {
                steps.put(step, new HistoryStats.OfStep(in.readLong(), in.readLong(), in.readLong()));
            }
            return new HistoryStats(steps);
        });
    }
}
