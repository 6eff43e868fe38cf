package io.tracery.topology.graph;

import io.tracery.tracing.metric.ExponentialHistogram;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/** Counts and histograms as bytes, small where they are small: variable-length integers, seven bits a byte. */
public final class HistogramCodec {

    private HistogramCodec() {}

    public static void write(DataOutputStream out, ExponentialHistogram histogram) throws IOException {
        out.writeDouble(histogram.sum());
        writeVarint(out, histogram.zeroCount());
        int first = 0;
        int end = histogram.bucketCount();
        while (first < end && histogram.countAt(first) == 0) {
            first++;
        }
        while (end > first && histogram.countAt(end - 1) == 0) {
            end--;
        }
        out.writeShort(histogram.offset() + first);
        writeVarint(out, end - first);
        for (int i = first; i < end; i++) {
            writeVarint(out, histogram.countAt(i));
        }
    }

    /** @throws IllegalArgumentException when there are more buckets than a histogram has */
    public static ExponentialHistogram read(DataInputStream in) throws IOException {
        double sum = in.readDouble();
        long zero = readVarint(in);
        int offset = in.readShort();
        int size = (int) readVarint(in);
        if (size < 0 || size > ExponentialHistogram.MAX_BUCKETS) {
            throw new IllegalArgumentException("a histogram with " + size + " buckets");
        }
        long[] counts = new long[size];
        for (int i = 0; i < size; i++) {
            counts[i] = readVarint(in);
        }
        return ExponentialHistogram.of(zero, sum, offset, counts);
    }

    public static void writeVarint(DataOutputStream out, long value) throws IOException {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            out.writeByte((int) ((rest & 0x7F) | 0x80));
            rest >>>= 7;
        }
        out.writeByte((int) rest);
    }

    /** @throws IllegalArgumentException when there are more than 64 bits */
    public static long readVarint(DataInputStream in) throws IOException {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte next = in.readByte();
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number of more than 64 bits");
    }
}
