package io.tracery.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.tracery.tracing.context.TraceContext;
import io.tracery.tracing.sample.ProbabilitySampler;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SpanBudgetTest {

    private static final int SPAN = 900;
    private static final int PER_SECOND = 20_000;
    private static final long STEP = SpanBudget.WINDOW_NANOS / 10;

    private final SplittableRandom random = new SplittableRandom(3);
    private long now;
    private long written;
    private long seen;
    private double standsFor;

    @Test
    void underTheBudgetEverythingIsWrittenAsItCame() {
        SpanBudget budget = new SpanBudget(2L * SPAN * PER_SECOND, 0);
        run(budget, 3);
        assertThat(written).isEqualTo(seen * SPAN);
        assertThat(budget.marked(TraceContext.root(random)).tracestate()).isEmpty();
    }

    @Test
    void withoutABudgetNothingIsLeftOut() {
        SpanBudget budget = new SpanBudget(0, 0);
        run(budget, 3);
        assertThat(written).isEqualTo(seen * SPAN);
    }

    @Test
    void overItWholeTracesGoAndTheOthersStandForThem() {
        long bytesPerSecond = (long) SPAN * PER_SECOND / 8;
        SpanBudget budget = new SpanBudget(bytesPerSecond, 0);
        run(budget, 1);
        written = 0;
        seen = 0;
        standsFor = 0;
        run(budget, 10);

        assertThat((double) written).isCloseTo(bytesPerSecond * 10.0, withinPercentage(5));
        assertThat(standsFor).as("what a reader reckons").isCloseTo((double) seen, withinPercentage(5));
    }

    @Test
    void whenThereIsLessToWriteEverythingIsWrittenAgain() {
        SpanBudget budget = new SpanBudget((long) SPAN * PER_SECOND / 8, 0);
        run(budget, 2);
        assertThat(budget.share()).isCloseTo(1.0 / 8, within(0.02));
        for (int i = 0; i < 60; i++) {
            now += STEP;
            budget.tick(now);
        }
        assertThat(budget.share()).isOne();
    }

    /** Two proxies that are over their budgets by different amounts still leave whole traces. */
    @Test
    void whoeverHasLessRoomKeepsTracesThatTheOthersKeepToo() {
        SpanBudget little = new SpanBudget((long) SPAN * PER_SECOND / 20, 0);
        SpanBudget more = new SpanBudget((long) SPAN * PER_SECOND / 4, 0);
        run(little, 2);
        run(more, 2);
        Set<TraceContext> byMore = new HashSet<>();
        for (int i = 0; i < 5_000; i++) {
            TraceContext trace = TraceContext.root(random);
            if (more.admits(trace)) {
                byMore.add(trace);
            }
            if (little.admits(trace)) {
                assertThat(byMore).contains(trace);
            }
        }
        assertThat(byMore).hasSizeBetween(1_000, 1_500);
    }

    /** What is told of now was admitted or not in this interval or in the one before. */
    @Test
    void aTraceWasSurelyAdmittedIfThereWasRoomForItAllTheTime() {
        SpanBudget budget = new SpanBudget((long) SPAN * PER_SECOND / 8, 0);
        List<TraceContext> refused = new ArrayList<>();
        run(budget, 2);
        for (int i = 0; i < 100; i++) {
            TraceContext trace = TraceContext.root(random);
            if (!budget.admits(trace)) {
                refused.add(trace);
            }
        }
        for (int i = 0; i < 60; i++) {
            now += STEP;
            budget.tick(now);
        }
        assertThat(refused).hasSizeGreaterThan(50).noneMatch(budget::admitted).allMatch(budget::admits);
        budget.beginInterval();
        assertThat(refused).noneMatch(budget::admitted);
        budget.beginInterval();
        assertThat(refused).allMatch(budget::admitted);
    }

    private void run(SpanBudget budget, int seconds) {
        long steps = seconds * 1_000_000_000L / STEP;
        for (long step = 0; step < steps; step++) {
            for (int i = 0; i < PER_SECOND * STEP / 1_000_000_000L; i++) {
                TraceContext trace = TraceContext.root(random);
                seen++;
                if (budget.admits(trace)) {
                    budget.wrote(SPAN);
                    written += SPAN;
                    standsFor += ProbabilitySampler.adjustedCount(
                            budget.marked(trace).tracestate());
                }
            }
            now += STEP;
            budget.tick(now);
        }
    }
}
