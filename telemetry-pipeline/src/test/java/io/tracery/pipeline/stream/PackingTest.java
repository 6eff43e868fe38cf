package io.tracery.pipeline.stream;

import static io.tracery.pipeline.otlp.Batches.TRACE_A;
import static io.tracery.pipeline.otlp.Batches.span;
import static io.tracery.pipeline.otlp.Batches.spans;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import io.opentelemetry.proto.trace.v1.TracesData;
import org.junit.jupiter.api.Test;

class PackingTest {

    private static final byte[] BATCH = TracesData.newBuilder()
            .addResourceSpans(spans("cart", span(TRACE_A, "00f067aa0ba902b1").setName("x".repeat(500))))
            .build()
            .toByteArray();

    @Test
    void whatIsPackedIsSmallerAndComesOutAsItWas() {
        try (Packing packing = new Packing()) {
            byte[] packed = packing.packed(BATCH);
            assertThat(packed).hasSizeLessThan(BATCH.length / 2);
            assertThat(packing.unpacked(packed)).isEqualTo(BATCH);
            assertThat(packing.unpacked(packing.packed(new byte[0]))).isEmpty();
        }
    }

    /** Of an instance that did not pack. */
    @Test
    void whatWasNotPackedStaysAsItIs() {
        try (Packing packing = new Packing()) {
            assertThat(packing.unpacked(BATCH)).isEqualTo(BATCH);
            assertThat(packing.unpacked(new byte[0])).isEmpty();
        }
    }

    @Test
    void nothingMakesItTakeAllOfTheMemory() {
        byte[] bomb = Zstd.compress(new byte[64 * 1024 * 1024]);
        try (Packing packing = new Packing()) {
            assertThatThrownBy(() -> packing.unpacked(bomb))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("67108864 bytes");
        }
    }
}
