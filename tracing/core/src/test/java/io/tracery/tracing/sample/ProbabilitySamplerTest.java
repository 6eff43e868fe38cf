package io.tracery.tracing.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tracery.tracing.context.TraceContext;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProbabilitySamplerTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | ot=th:8",
                "a=1,b=2 | ot=th:8,a=1,b=2",
                "a=1,ot=rv:ffffffffffffff,b=2 | ot=th:8;rv:ffffffffffffff,a=1,b=2",
                "ot=th:4;rv:ffffffffffffff | ot=th:8;rv:ffffffffffffff",
                "ot=th:c | ot=th:c",
                "ot=th:80 | ot=th:80",
                "ot=th:nonsense | ot=th:8",
            })
    void aKeptTraceSaysForHowManyItStands(String before, String after) {
        TraceContext marked = ProbabilitySampler.roughly(0.5).marked(new TraceContext(1, -1, 3, (byte) 3, before));
        assertThat(marked.tracestate()).isEqualTo(after);
        assertThat(ProbabilitySampler.adjustedCount(marked.tracestate())).isEqualTo(after.contains("th:c") ? 4 : 2);
    }

    @Test
    void aRoughThresholdHasFewDigits() {
        assertThat(ProbabilitySampler.roughly(1).th()).isEqualTo("0");
        assertThat(ProbabilitySampler.roughly(0.1).th()).isEqualTo("e666");
        assertThat(ProbabilitySampler.roughly(1e-12).th()).isEqualTo("ffff");
        assertThat(ProbabilitySampler.adjustedCount("")).isEqualTo(1);
        assertThat(ProbabilitySampler.adjustedCount("a=b,ot=th:e666")).isCloseTo(10, within(0.001));
    }

    private static final long SEED = 19;

    @ParameterizedTest
    @CsvSource({"1.0, 0, 1", "0.5, 8, 2", "0.25, c, 4", "0.125, e, 8", "0.0625, f, 16", "0.75, 4, 1.3333333333333333"})
    void thresholdsAreWrittenAsOpenTelemetryDoes(double share, String th, double adjustedCount) {
        ProbabilitySampler sampler = ProbabilitySampler.of(share);

        assertThat(sampler.th()).isEqualTo(th);
        assertThat(sampler.adjustedCount()).isEqualTo(adjustedCount);
    }

    @Test
    void nothingAndEverything() {
        assertThat(ProbabilitySampler.of(0).keeps(-1L)).isFalse();
        assertThat(ProbabilitySampler.of(0).th()).isEmpty();
        assertThat(ProbabilitySampler.of(0).adjustedCount()).isInfinite();
        assertThat(ProbabilitySampler.of(1).keeps(0L)).isTrue();
    }

    @Test
    void onlyTheRandomBitsOfTheTraceIdCount() {
        ProbabilitySampler half = ProbabilitySampler.of(0.5);

        assertThat(half.keeps(0x0080_0000_0000_0000L)).isTrue();
        assertThat(half.keeps(0xff7f_ffff_ffff_ffffL)).isFalse();
    }

    @Test
    void keepsItsShareAndAlwaysWhatARarerSamplerKeeps() {
        SplittableRandom random = new SplittableRandom(SEED);
        ProbabilitySampler rare = ProbabilitySampler.of(0.1);
        ProbabilitySampler often = ProbabilitySampler.of(0.3);
        int kept = 0;
        for (int i = 0; i < 100_000; i++) {
            TraceContext context = TraceContext.root(random);
            if (rare.keeps(context)) {
                kept++;
                assertThat(often.keeps(context)).isTrue();
            }
        }
        assertThat(kept).isCloseTo(10_000, within(400));
    }

    @Test
    void randomnessInTheTraceStateGoesBeforeTheTraceId() {
        ProbabilitySampler half = ProbabilitySampler.of(0.5);

        assertThat(half.keeps(context("ot=rv:80000000000000"))).isTrue();
        assertThat(half.keeps(context("other=1,ot=th:8;rv:7fffffffffffff,x=ot")))
                .isFalse();
        assertThat(half.keeps(context("ot=rv:7FFFFFFFFFFFFF"))).as("malformed").isTrue();
        assertThat(half.keeps(context("ot=rv:7ff"))).as("malformed").isTrue();
        assertThat(half.keeps(context("not=rv:7fffffffffffff"))).as("another's").isTrue();
    }

    @Test
    void sharesOutsideOfZeroToOneAreRefused() {
        for (double share : new double[] {-0.1, 1.1, Double.NaN}) {
            assertThatThrownBy(() -> ProbabilitySampler.of(share)).hasMessageContaining("between 0 and 1");
        }
    }

    private static TraceContext context(String tracestate) {
        return new TraceContext(1, 0x0080_0000_0000_0000L, 1, (byte) 3, tracestate);
    }
}
