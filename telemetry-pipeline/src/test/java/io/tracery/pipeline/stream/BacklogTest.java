package io.tracery.pipeline.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BacklogTest {

    private static final long NOW = 1_700_000_000_000L;

    private final Backlog backlog = new Backlog();

    @Test
    void whatIsReadEarlyWaitsForWhatIsReadLate() {
        assertThat(backlog.came(0, NOW - 500, NOW)).isEqualTo(500);
        assertThat(backlog.came(1, NOW - 20_500, NOW)).isEqualTo(20_500);
        assertThat(Backlog.patience(backlog.most(NOW), 500)).isEqualTo(20_000);
        assertThat(Backlog.patience(backlog.most(NOW), 20_500)).isZero();
    }

    @Test
    void nobodyWaitsForAPartitionOfWhichNothingComes() {
        backlog.came(0, NOW - 20_000, NOW);
        assertThat(backlog.most(NOW + 3_000)).isEqualTo(20_000);
        assertThat(backlog.most(NOW + 3_001)).isZero();
    }

    @Test
    void aClockThatIsWrongHoldsUpNobodyForLong() {
        backlog.came(0, 0, NOW);
        assertThat(Backlog.patience(backlog.most(NOW), 0)).isEqualTo(30_000);
        assertThat(backlog.came(1, NOW + 60_000, NOW)).isZero();
    }

    @Test
    void usualDifferencesAreNoBacklog() {
        backlog.came(0, NOW - 1_900, NOW);
        assertThat(Backlog.patience(backlog.most(NOW), 0)).isZero();
    }
}
