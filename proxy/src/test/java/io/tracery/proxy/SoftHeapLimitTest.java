package io.tracery.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SoftHeapLimitTest {

    private static final long MEBIBYTE = 1 << 20;

    @Test
    void looksForGarbageOnceEnoughHasComeTogether() {
        assertThat(SoftHeapLimit.exceeded(20 * MEBIBYTE, 0)).as("a small heap").isFalse();
        assertThat(SoftHeapLimit.exceeded(24 * MEBIBYTE, 13 * MEBIBYTE)).isTrue();
        assertThat(SoftHeapLimit.exceeded(24 * MEBIBYTE, 15 * MEBIBYTE)).isFalse();
        assertThat(SoftHeapLimit.exceeded(50 * MEBIBYTE, 45 * MEBIBYTE))
                .as("much that lives")
                .isFalse();
        assertThat(SoftHeapLimit.exceeded(60 * MEBIBYTE, 45 * MEBIBYTE)).isTrue();
    }
}
