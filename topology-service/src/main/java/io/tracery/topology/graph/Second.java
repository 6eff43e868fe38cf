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

    private static final int[] NONE = {};

    final long second;
    /** Version of the graph when this last changed by what this process counted; 0 when another process counted it. */
    long changed;

    private int requests;
    private int failed;
    private int mutual;
    private int zero;
    /** Buckets with something in them. */
    private int size;

    /** A bucket and its count, another bucket and its count, in the order of buckets: one array, because memory is what most of a large graph's time goes to. */
    private int[] pairs = NONE;

    Second(long second) {
        this.second = second;
    }

    /** Counts exchanges whose latency lies in a bucket. */
    void add(int bucket, int count) {
        int at = 2 * placeOf(bucket);
        if (at == 2 * size || pairs[at] != bucket) {
            insert(at, bucket);
        }
        pairs[at + 1] = saturating(pairs[at + 1], count);
    }

    /** How many buckets come before this one. */
    private int placeOf(int bucket) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (pairs[2 * middle] < bucket) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
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
        for (int i = 0; i < 2 * size; i += 2) {
            sum.addToBucket(pairs[i], pairs[i + 1]);
        }
    }

    Second copy() {
        Second copy = new Second(second);
        copy.requests = requests;
        copy.failed = failed;
        copy.mutual = mutual;
        copy.zero = zero;
        copy.size = size;
        copy.pairs = Arrays.copyOf(pairs, 2 * size);
        return copy;
    }

    private void insert(int at, int bucket) {
        if (2 * size == pairs.length) {
            pairs = Arrays.copyOf(pairs, 2 * (size + Math.max(2, size / 2)));
        }
        System.arraycopy(pairs, at, pairs, at + 2, 2 * size - at);
        pairs[at] = bucket;
        pairs[at + 1] = 0;
        size++;
    }

    void write(DataOutputStream out) throws IOException {
        out.writeLong(second);
        HistogramCodec.writeVarint(out, requests);
        HistogramCodec.writeVarint(out, failed);
        HistogramCodec.writeVarint(out, mutual);
        HistogramCodec.writeVarint(out, zero);
        HistogramCodec.writeVarint(out, size);
        for (int i = 0; i < 2 * size; i += 2) {
            out.writeShort(pairs[i]);
            HistogramCodec.writeVarint(out, pairs[i + 1]);
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
