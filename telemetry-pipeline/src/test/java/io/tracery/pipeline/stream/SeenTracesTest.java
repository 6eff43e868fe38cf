package io.tracery.pipeline.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.pipeline.otlp.TraceId;
import java.time.Duration;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SeenTracesTest {

    private static final Duration STAY = Duration.ofMinutes(10);
    private static final long START = 1_700_000_000_000L;

    private final SeenTraces seen = new SeenTraces(STAY, START);

    @Test
    void knowsWhatItSawForAsLongAsDecisionsStay() {
        seen.add(new TraceId(1, 2), START);
        // Half of it, then the rest: generations change only when something is added.
        seen.add(new TraceId(3, 4), START + STAY.toMillis() / 2);
        seen.add(new TraceId(5, 6), START + STAY.toMillis());
        assertThat(seen.maybe(new TraceId(1, 2))).isTrue();
        assertThat(seen.maybe(new TraceId(3, 4))).isTrue();

        seen.add(new TraceId(7, 8), START + 2 * STAY.toMillis());
        assertThat(seen.maybe(new TraceId(1, 2))).isFalse();
        assertThat(seen.maybe(new TraceId(5, 6))).isTrue();
    }

    @Test
    void isEmptyAgainAfterALongSilence() {
        seen.add(new TraceId(1, 2), START);
        seen.add(new TraceId(3, 4), START + 100 * STAY.toMillis());
        assertThat(seen.maybe(new TraceId(1, 2))).isFalse();
    }

    /** Ids that only count up are ids too. */
    @Test
    void errsRarely() {
        LongStream.range(0, 200_000).forEach(i -> seen.add(new TraceId(0, i), START));
        assertThat(LongStream.range(0, 200_000).allMatch(i -> seen.maybe(new TraceId(0, i))))
                .isTrue();
        long wrong = LongStream.range(1_000_000, 1_100_000)
                .filter(i -> seen.maybe(new TraceId(0, i)))
                .count();
        assertThat(wrong).isLessThan(1_000);
    }
}
