package io.tracery.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

/** What a cluster's exchanges of late say of the next one; from 8 KiB on it is taken for large. */
class BodySizesTest {

    private static final long SEED = 11;
    private static final long GIBIBYTE = 1L << 30;
    private static final int LARGE = 8 * 1024;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final BodySizes sizes = new BodySizes();

    private int takenForLarge(int exchanges, LongSupplier bytes) {
        int large = 0;
        for (int i = 0; i < exchanges; i++) {
            if (sizes.mean() > LARGE) {
                large++;
            }
            sizes.ended(bytes.getAsLong());
        }
        return large;
    }

    private long small() {
        return random.nextLong(200, 2_000);
    }

    @Test
    void oneHugeBodyChangesNothingForTheSmallOnesAfterIt() {
        takenForLarge(100, this::small);
        sizes.ended(GIBIBYTE);
        assertThat(takenForLarge(300, this::small)).as("seed %s", SEED).isZero();
    }

    @Test
    void aHugeBodyAmongAHundredLeavesTheSmallOnesAsTheyAre() {
        int large = takenForLarge(100_000, () -> random.nextInt(100) == 0 ? GIBIBYTE : small());
        assertThat(large).as("of 100000, seed %s", SEED).isLessThan(3_000);
    }

    @Test
    void whereAllAreLargeThreeAreEnoughToShowIt() {
        assertThat(takenForLarge(1_000, () -> random.nextLong(GIBIBYTE / 2, GIBIBYTE)))
                .as("seed %s", SEED)
                .isGreaterThanOrEqualTo(997);
    }

    @Test
    void whatChangesIsNoticedWithinFiftyExchanges() {
        takenForLarge(1_000, () -> GIBIBYTE);
        assertThat(takenForLarge(1_000, this::small)).as("seed %s", SEED).isLessThan(50);
        assertThat(takenForLarge(1_000, () -> GIBIBYTE)).as("seed %s", SEED).isGreaterThan(996);
    }
}
