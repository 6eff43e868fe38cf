package io.tracery.tracing.metric;

import java.util.Arrays;

/**
 * Counts of values by size, in OpenTelemetry's exponential buckets of scale {@value #SCALE}: eight buckets for each
 * doubling, so that a quantile is at most 9 % from the truth. Bucket {@code i} holds values above
 * {@code 2^(i/8)} and up to {@code 2^((i+1)/8)}. Histograms of the same thing add up exactly, whoever counted.
 *
 * <p>Values of zero and below are counted apart. What lies outside of 2^-24 to 2^17 is counted in the first or last
 * bucket (for seconds: 60 nanoseconds and 36 hours), so that there are never more than {@value #MAX_BUCKETS} buckets.
 * Confined to one thread.
 */
public final class ExponentialHistogram {

    public static final int SCALE = 3;

    private static final int PER_DOUBLING = 1 << SCALE;

    /** Index of the first bucket that can be in use. */
    public static final int MIN_INDEX = -24 * PER_DOUBLING;

    /** Index of the last bucket that can be in use. */
    public static final int MAX_INDEX = 17 * PER_DOUBLING - 1;

    public static final int MAX_BUCKETS = MAX_INDEX - MIN_INDEX + 1;

    private static final int GROWTH = 16;
    private static final int MANTISSA_BITS = 52;
    private static final long MANTISSA_MASK = (1L << MANTISSA_BITS) - 1;
    private static final int EXPONENT_BIAS = 1023;

    /** Mantissa bits of the largest double that is not above 2^(k/8), for k from 0: what a logarithm would tell, exactly. */
    private static final long[] BOUNDARIES = {
        0x0L,
        0x172b83c7d517aL,
        0x306fe0a31b715L,
        0x4bfdad5362a27L,
        0x6a09e667f3bccL,
        0x8ace5422aa0dbL,
        0xae89f995ad3adL,
        0xd5818dcfba487L
    };

    private long[] counts = {};
    /** Index of the bucket that {@code counts[0]} counts. */
    private int offset;

    private long count;
    private long zeroCount;
    private double sum;

    /** A histogram as OTLP spells it: buckets in order from an offset on. */
    public static ExponentialHistogram of(long zeroCount, double sum, int offset, long... bucketCounts) {
        ExponentialHistogram histogram = new ExponentialHistogram();
        histogram.zeroCount = zeroCount;
        histogram.count = zeroCount;
        histogram.sum = sum;
        for (int i = 0; i < bucketCounts.length; i++) {
            if (bucketCounts[i] != 0) {
                histogram.addToBucket(offset + i, bucketCounts[i]);
            }
        }
        return histogram;
    }

    /** Counts one finite value. */
    public void record(double value) {
        if (value > 0) {
            addToBucket(indexOf(value), 1);
            sum += value;
        } else {
            count++;
            zeroCount++;
        }
    }

    /** Counts what another histogram counted, too. */
    public void add(ExponentialHistogram other) {
        zeroCount += other.zeroCount;
        count += other.zeroCount;
        sum += other.sum;
        for (int i = 0; i < other.counts.length; i++) {
            if (other.counts[i] != 0) {
                addToBucket(other.offset + i, other.counts[i]);
            }
        }
    }

    /**
     * What was counted since an earlier state of the same cumulative histogram.
     *
     * @throws IllegalArgumentException when the earlier state counted something that this one did not, which means that
     *     it is not an earlier state: counting began anew in between
     */
    public ExponentialHistogram since(ExponentialHistogram earlier) {
        ExponentialHistogram difference = copy();
        difference.zeroCount -= earlier.zeroCount;
        difference.count -= earlier.count;
        difference.sum -= earlier.sum;
        boolean anew = difference.zeroCount < 0;
        for (int i = 0; i < earlier.counts.length && !anew; i++) {
            if (earlier.counts[i] != 0) {
                int at = earlier.offset + i - offset;
                anew = at < 0 || at >= counts.length || counts[at] < earlier.counts[i];
                if (!anew) {
                    difference.counts[at] -= earlier.counts[i];
                }
            }
        }
        if (anew) {
            throw new IllegalArgumentException("not an earlier state of this histogram: it counted more");
        }
        return difference;
    }

    public ExponentialHistogram copy() {
        ExponentialHistogram copy = new ExponentialHistogram();
        copy.counts = counts.clone();
        copy.offset = offset;
        copy.count = count;
        copy.zeroCount = zeroCount;
        copy.sum = sum;
        return copy;
    }

    public long count() {
        return count;
    }

    public long zeroCount() {
        return zeroCount;
    }

    public double sum() {
        return sum;
    }

    /** Index of the first bucket that is kept. */
    public int offset() {
        return offset;
    }

    /** How many buckets are kept, empty ones between others included. */
    public int bucketCount() {
        return counts.length;
    }

    /** The count of the bucket with index {@code offset() + i}. */
    public long countAt(int i) {
        return counts[i];
    }

    /**
     * Estimates the value below which a share of all values lies, taking values to be spread evenly over the logarithm
     * inside a bucket.
     *
     * @param q 0 to 1
     * @return NaN when nothing was counted
     */
    public double quantile(double q) {
        if (count == 0) {
            return Double.NaN;
        }
        double rank = Math.clamp(q, 0.0, 1.0) * count;
        double below = zeroCount;
        if (rank <= below && zeroCount > 0) {
            return 0;
        }
        int last = offset;
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] != 0) {
                last = offset + i;
                if (below + counts[i] >= rank) {
                    double fraction = (rank - below) / counts[i];
                    return Math.pow(2, (last + fraction) / PER_DOUBLING);
                }
                below += counts[i];
            }
        }
        return upperBound(last);
    }

    /** The largest value that the bucket with this index holds. */
    public static double upperBound(int index) {
        return Math.pow(2, (index + 1.0) / PER_DOUBLING);
    }

    /** The index of the bucket that holds a positive value, by its bits: no logarithm, and exact at the boundaries. */
    static int indexOf(double value) {
        long bits = Double.doubleToRawLongBits(value);
        long mantissa = bits & MANTISSA_MASK;
        int exponent = (int) (bits >>> MANTISSA_BITS) - EXPONENT_BIAS;
        int above = 0;
        while (above < PER_DOUBLING && mantissa > BOUNDARIES[above]) {
            above++;
        }
        // A power of two lies above no boundary of its own doubling: it is the last value of the one before.
        return Math.clamp((long) exponent * PER_DOUBLING + above - 1, MIN_INDEX, MAX_INDEX);
    }

    private void addToBucket(int index, long more) {
        int clamped = Math.clamp(index, MIN_INDEX, MAX_INDEX);
        int at = clamped - offset;
        if (at < 0 || at >= counts.length) {
            cover(clamped);
            at = clamped - offset;
        }
        counts[at] += more;
        count += more;
    }

    /** Grows so that there is a bucket for an index, with some room for its neighbours. */
    private void cover(int index) {
        int first = Math.max(MIN_INDEX, Math.floorDiv(index, GROWTH) * GROWTH);
        int last = Math.min(MAX_INDEX, first + GROWTH - 1);
        if (counts.length == 0) {
            offset = first;
            counts = new long[last - first + 1];
            return;
        }
        int newFirst = Math.min(offset, first);
        int newLast = Math.max(offset + counts.length - 1, last);
        long[] grown = new long[newLast - newFirst + 1];
        System.arraycopy(counts, 0, grown, offset - newFirst, counts.length);
        counts = grown;
        offset = newFirst;
    }

    /** Equal when both counted the same in the same buckets, whatever room they keep. */
    @Override
    public boolean equals(Object other) {
        if (!(other instanceof ExponentialHistogram that)
                || count != that.count
                || zeroCount != that.zeroCount
                || Double.compare(sum, that.sum) != 0) {
            return false;
        }
        for (int index = Math.min(offset, that.offset);
                index < Math.max(offset + counts.length, that.offset + that.counts.length);
                index++) {
            if (at(index) != that.at(index)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(count * 31 + zeroCount);
    }

    private long at(int index) {
        int at = index - offset;
        return at < 0 || at >= counts.length ? 0 : counts[at];
    }

    @Override
    public String toString() {
        return "count %d, sum %s, zero %d, from %d: %s"
                .formatted(count, sum, zeroCount, offset, Arrays.toString(counts));
    }
}
