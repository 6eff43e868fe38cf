package io.tracery.proxy.telemetry;

import com.google.protobuf.ByteString;
import io.tracery.tracing.otlp.TracesEncoder;
import java.util.ArrayList;
import java.util.List;

/**
 * The last exchanges, as the bytes of their spans: nothing but one array, so that remembering costs a copy and no garbage, and
 * whoever asks decodes. One thread writes, any may read.
 */
final class RecentSpans {

    private final byte[] bytes;
    private final int[] offsets;
    private final int[] lengths;

    /** Exchanges are numbered from 0; those from here on are remembered. */
    private long first;

    private long next;
    private int tail;

    /**
     * One exchange.
     *
     * @param number counts from 0
     * @param spans an OTLP {@code ScopeSpans} without a scope: its own span, then those of its attempts
     */
    record Remembered(long number, ByteString spans) {}

    /**
     * @param capacityBytes of all that is remembered
     * @param most exchanges, a power of two
     */
    RecentSpans(int capacityBytes, int most) {
        if (Integer.bitCount(most) != 1) {
            throw new IllegalArgumentException("how many are remembered must be a power of two, not " + most);
        }
        this.bytes = new byte[capacityBytes];
        this.offsets = new int[most];
        this.lengths = new int[most];
    }

    /** Remembers what was encoded since a mark; what is larger than all there is room for is not. */
    synchronized void add(TracesEncoder encoder, int mark) {
        int length = encoder.size() - mark;
        if (length <= 0 || length > bytes.length) {
            return;
        }
        if (tail + length > bytes.length) {
            // What stands behind is older than all that stands before.
            while (first < next && offset(first) >= tail) {
                first++;
            }
            tail = 0;
        }
        while (first < next && (next - first == offsets.length || overlaps(first, length))) {
            first++;
        }
        encoder.copySince(mark, bytes, tail);
        offsets[index(next)] = tail;
        lengths[index(next)] = length;
        tail += length;
        next++;
    }

    private boolean overlaps(long number, int length) {
        int offset = offset(number);
        return offset < tail + length && tail < offset + lengths[index(number)];
    }

    private int offset(long number) {
        return offsets[index(number)];
    }

    private int index(long number) {
        return (int) number & (offsets.length - 1);
    }

    /** Those that are remembered from a number on, the oldest first, and no more of them than are wanted. */
    synchronized List<Remembered> from(long number, int most) {
        List<Remembered> found = new ArrayList<>();
        long begin = Math.max(number, first);
        for (long i = begin; i < next && i - begin < most; i++) {
            found.add(new Remembered(i, ByteString.copyFrom(bytes, offset(i), lengths[index(i)])));
        }
        return found;
    }

    /** The number that the next exchange will have. */
    synchronized long next() {
        return next;
    }
}
