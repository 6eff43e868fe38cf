package io.tracery.topology.graph;

import io.tracery.tracing.metric.ExponentialHistogram;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;

/**
 * What ended on an edge within one second: counts, and how many in which latency bucket. Sparse, because there is one of
 * these for each second, edge and version. Confined by whoever holds its {@link History}.
 */
final class Second {

    final long second;
    /** Version of the graph when this last changed by what this process counted; 0 when another process counted it. */
    long changed;

    private int requests;
    private int failed;
    private int mutual;
    private int zero;
    private int size;
    private short[] buckets = {};
    private int[] counts = {};

    Second(long second) {
        this.second = second;
    }

    /** Counts exchanges whose latency lies in a bucket; a null bucket is that of zero. */
    void add(int bucket, int count) {
        int at = Arrays.binarySearch(buckets, 0, size, (short) bucket);
        if (at < 0) {
            at = -at - 1;
            insert(at, (short) bucket);
        }
        counts[at] = saturating(counts[at], count);
    }

    void addZero(int count) {
        zero = saturating(zero, count);
    }

    void count(int exchanges, Exchanges kind) {
        requests = saturating(requests, exchanges);
        if (kind.failed()) {
            failed = saturating(failed, exchanges);
        }
        if (kind.mutual()) {
            mutual = saturating(mutual, exchanges);
        }
    }

    int requests() {
        return requests;
    }

    void addTo(WindowSum sum) {
        sum.requests += requests;
        sum.failed += failed;
        sum.mutual += mutual;
        sum.zero += zero;
        for (int i = 0; i < size; i++) {
            sum.addToBucket(buckets[i], counts[i]);
        }
    }

    Second copy() {
        Second copy = new Second(second);
        copy.requests = requests;
        copy.failed = failed;
        copy.mutual = mutual;
        copy.zero = zero;
        copy.size = size;
        copy.buckets = Arrays.copyOf(buckets, size);
        copy.counts = Arrays.copyOf(counts, size);
        return copy;
    }

    private void insert(int at, short bucket) {
        if (size == buckets.length) {
            buckets = Arrays.copyOf(buckets, size + Math.max(4, size / 2));
            counts = Arrays.copyOf(counts, buckets.length);
        }
        System.arraycopy(buckets, at, buckets, at + 1, size - at);
        System.arraycopy(counts, at, counts, at + 1, size - at);
        buckets[at] = bucket;
        counts[at] = 0;
        size++;
    }

    void write(DataOutputStream out) throws IOException {
        out.writeLong(second);
        HistogramCodec.writeVarint(out, requests);
        HistogramCodec.writeVarint(out, failed);
        HistogramCodec.writeVarint(out, mutual);
        HistogramCodec.writeVarint(out, zero);
        HistogramCodec.writeVarint(out, size);
        for (int i = 0; i < size; i++) {
            out.writeShort(buckets[i]);
            HistogramCodec.writeVarint(out, counts[i]);
        }
    }

    static Second read(DataInputStream in) throws IOException {
        Second cell = new Second(in.readLong());
        cell.requests = (int) HistogramCodec.readVarint(in);
        cell.failed = (int) HistogramCodec.readVarint(in);
        cell.mutual = (int) HistogramCodec.readVarint(in);
        cell.zero = (int) HistogramCodec.readVarint(in);
        long size = HistogramCodec.readVarint(in);
        for (long i = 0; i < size; i++) {
            int bucket = in.readShort();
            if (bucket < ExponentialHistogram.MIN_INDEX || bucket > ExponentialHistogram.MAX_INDEX) {
                throw new IllegalArgumentException("a second with a bucket " + bucket);
            }
            cell.add(bucket, (int) HistogramCodec.readVarint(in));
        }
        return cell;
    }

    private static int saturating(int count, int more) {
        return (int) Math.min(Integer.MAX_VALUE, (long) count + more);
    }
}
