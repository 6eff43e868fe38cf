package io.tracery.tracing.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ExponentialHistogramTest {

    private static final long SEED = 17;
    private static final int RUNS = 100_000;

    @Test
    void everyValueLiesInItsBucketByExactArithmetic() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < RUNS / 10; i++) {
            assertInBucket(Math.exp(random.nextDouble(Math.log(1e-7), Math.log(1e5))));
        }
    }

    @Test
    void valuesBesideABoundaryLieOnTheirSideOfIt() {
        for (int index = ExponentialHistogram.MIN_INDEX; index < ExponentialHistogram.MAX_INDEX; index++) {
            double boundary = ExponentialHistogram.upperBound(index);
            for (double value :
                    new double[] {Math.nextDown(Math.nextDown(boundary)), boundary, Math.nextUp(Math.nextUp(boundary))
                    }) {
                assertInBucket(value);
            }
        }
    }

    @Test
    void aPowerOfTwoIsTheLastValueOfItsBucket() {
        assertThat(ExponentialHistogram.indexOf(1.0)).isEqualTo(-1);
        assertThat(ExponentialHistogram.indexOf(Math.nextUp(1.0))).isZero();
        assertThat(ExponentialHistogram.indexOf(2.0)).isEqualTo(7);
        assertThat(ExponentialHistogram.indexOf(0.5)).isEqualTo(-9);
    }

    @Test
    void whatIsTooSmallOrTooLargeIsCountedAtTheEnds() {
        ExponentialHistogram histogram = new ExponentialHistogram();
        histogram.record(Double.MIN_VALUE);
        histogram.record(Double.MAX_VALUE);
        histogram.record(0);
        histogram.record(-1);

        assertThat(histogram.count()).isEqualTo(4);
        assertThat(histogram.zeroCount()).isEqualTo(2);
        assertThat(histogram.offset()).isEqualTo(ExponentialHistogram.MIN_INDEX);
        assertThat(histogram.bucketCount()).isEqualTo(ExponentialHistogram.MAX_BUCKETS);
        assertThat(histogram.countAt(0)).isEqualTo(1);
        assertThat(histogram.countAt(histogram.bucketCount() - 1)).isEqualTo(1);
    }

    @Test
    void addingUpIsTheSameAsCountingTogether() {
        SplittableRandom random = new SplittableRandom(SEED);
        ExponentialHistogram together = new ExponentialHistogram();
        ExponentialHistogram[] parts = {new ExponentialHistogram(), new ExponentialHistogram()};
        for (int i = 0; i < RUNS; i++) {
            double value = random.nextInt(1_000) / 1024.0;
            together.record(value);
            parts[random.nextInt(2)].record(value);
        }
        ExponentialHistogram sum = new ExponentialHistogram();
        sum.add(parts[0]);
        sum.add(parts[1]);

        assertThat(sum).isEqualTo(together).hasSameHashCodeAs(together);
        assertThat(sum.since(parts[0])).isEqualTo(parts[1]);
        assertThat(sum.copy()).isEqualTo(sum).isNotSameAs(sum);
    }

    @Test
    void whatBeganAnewHasNoDifferenceToBefore() {
        ExponentialHistogram before = new ExponentialHistogram();
        before.record(0.1);
        ExponentialHistogram after = new ExponentialHistogram();
        after.record(5);

        assertThatThrownBy(() -> after.since(before)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void readsBackWhatOtlpSays() {
        ExponentialHistogram histogram = new ExponentialHistogram();
        for (double value : new double[] {0, 0.001, 0.01, 0.01, 1, 30}) {
            histogram.record(value);
        }
        long[] counts = new long[histogram.bucketCount()];
        Arrays.setAll(counts, histogram::countAt);

        assertThat(ExponentialHistogram.of(histogram.zeroCount(), histogram.sum(), histogram.offset(), counts))
                .isEqualTo(histogram);
    }

    @Test
    void quantilesAreWithinOneBucketOfTheTruth() {
        SplittableRandom random = new SplittableRandom(SEED);
        double[] values = new double[RUNS];
        ExponentialHistogram histogram = new ExponentialHistogram();
        for (int i = 0; i < RUNS; i++) {
            values[i] = Math.exp(random.nextDouble(-8, 2));
            histogram.record(values[i]);
        }
        Arrays.sort(values);
        for (double q : new double[] {0.01, 0.5, 0.9, 0.99, 0.999}) {
            double truth = values[(int) (q * RUNS)];
            assertThat(histogram.quantile(q)).as("q %s", q).isCloseTo(truth, within(truth * 0.0906));
        }
        assertThat(histogram.quantile(0)).isLessThanOrEqualTo(values[0]);
        assertThat(histogram.quantile(1)).isGreaterThanOrEqualTo(values[RUNS - 1]);
    }

    @Test
    void quantilesOfNothingAndOfZeros() {
        ExponentialHistogram histogram = new ExponentialHistogram();
        assertThat(histogram.quantile(0.5)).isNaN();
        histogram.record(0);
        histogram.record(4);
        assertThat(histogram.quantile(0.5)).isZero();
        assertThat(histogram.quantile(1)).isEqualTo(4);
    }

    /** {@code 2^(i/8) < value <= 2^((i+1)/8)}, decided on eighth powers, which are rational. */
    private static void assertInBucket(double value) {
        int index = ExponentialHistogram.indexOf(value);
        BigDecimal eighthPower = new BigDecimal(value).pow(8);
        assertThat(eighthPower)
                .as("%s above bucket %d's lower bound", value, index)
                .isGreaterThan(powerOfTwo(index));
        assertThat(eighthPower)
                .as("%s not above bucket %d's upper bound", value, index)
                .isLessThanOrEqualTo(powerOfTwo(index + 1));
    }

    private static BigDecimal powerOfTwo(int exponent) {
        BigDecimal power = BigDecimal.TWO.pow(Math.abs(exponent));
        return exponent >= 0 ? power : new BigDecimal("0.5").pow(-exponent);
    }
}
