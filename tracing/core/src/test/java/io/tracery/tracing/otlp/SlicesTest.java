package io.tracery.tracing.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SlicesTest {

    private final Slices slices = new Slices();

    @Test
    void rememberAllThatWasAddedAndAddUpTheirBytes() {
        for (int i = 0; i < 100; i++) {
            slices.add(1_000 * i, i);
        }
        assertThat(slices.count()).isEqualTo(100);
        assertThat(slices.bytes()).isEqualTo(99 * 100 / 2);
        for (int i = 0; i < 100; i++) {
            assertThat(slices.from(i)).isEqualTo(1_000 * i);
            assertThat(slices.length(i)).isEqualTo(i);
        }
    }

    @Test
    void beginAnewWhenCleared() {
        slices.add(1, 2);
        slices.clear();
        assertThat(slices.count()).isZero();
        assertThat(slices.bytes()).isZero();
        slices.add(3, 4);
        assertThat(slices.from(0)).isEqualTo(3);
        assertThat(slices.bytes()).isEqualTo(4);
    }
}
