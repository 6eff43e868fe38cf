package io.tracery.topology.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracery.topology.graph.EdgeKey;
import io.tracery.topology.graph.Measure;
import io.tracery.topology.graph.SeriesLabels;
import io.tracery.topology.graph.View;
import io.tracery.tracing.metric.ExponentialHistogram;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SeriesValueCodecTest {

    @Test
    void readsWhatItWrote() {
        Random random = new Random(5);
        for (int run = 0; run < 200; run++) {
            ExponentialHistogram histogram = new ExponentialHistogram();
            for (int i = random.nextInt(100); i > 0; i--) {
                histogram.record(random.nextInt(5) == 0 ? 0 : Math.exp(random.nextGaussian() * 10));
            }
            Count last = random.nextBoolean() ? Count.of(histogram) : new Count(random.nextLong() >>> 1, null);
            SeriesValue value = new SeriesValue(
                    random.nextLong(),
                    random.nextLong(),
                    random.nextLong(),
                    last,
                    random.nextBoolean() ? last : null,
                    List.of("sidecar~shop/cart-" + run + "@" + random.nextLong()));

            assertThat(SeriesValueCodec.read(SeriesValueCodec.write(value))).isEqualTo(value);
        }
    }

    @Test
    void refusesWhatItDidNotWrite() {
        byte[] bytes = SeriesValueCodec.write(
                new SeriesValue(1, 2, 3, Count.of(ExponentialHistogram.of(1, 2.0, -5, 1, 2, 3)), null, List.of()));
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> SeriesValueCodec.read(cut)).isInstanceOf(IllegalArgumentException.class);
        }
        bytes[0] = 9;
        assertThatThrownBy(() -> SeriesValueCodec.read(bytes))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("series state of format 9, not 1");
    }

    @Test
    void keysKeepEdgesTogetherAndSumsBeforeTheirParts() {
        SeriesLabels labels = new SeriesLabels(
                EdgeKey.parse("shop/front>shop/cart:http"),
                View.SENDER,
                "v1",
                "mtls",
                "shop/cart/0",
                "served",
                "a",
                "b");
        SeriesKey key =
                new SeriesKey(labels, Measure.DURATION, "200", "sidecar~shop/front-1", 1_767_225_600_000_000_000L);

        assertThat(SeriesKey.parse(key.text())).isEqualTo(key);
        assertThat(SeriesKey.parse(key.retired().text())).isEqualTo(key.retired());
        assertThat(key.retired().text()).isLessThan(key.text());
        assertThatThrownBy(() -> SeriesKey.parse("anything")).isInstanceOf(IllegalArgumentException.class);
    }
}
