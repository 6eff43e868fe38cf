package io.tracery.pipeline.decide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JudgeTest {

    private static final long MILLI = 1_000_000;
    private static final long NOW = 1_700_000_000_000L;
    private static final long ROOM = 1L << 40;

    /** Nothing is kept that nothing speaks for. */
    private static final Policies STRICT = new Policies(Set.of(), 0.01, /* floorPerSecond= */ 0, /* share= */ 0, ROOM);

    private final SplittableRandom random = new SplittableRandom(3);
    private Policies policies = STRICT;
    private final Judge judge = new Judge(() -> policies);

    @Test
    void theFirstReasonThatIsTrueNamesTheTrace() {
        assertThat(reason(facts -> {
                    facts.exemplar();
                    facts.marked();
                    facts.intervened();
                    facts.error();
                }))
                .isEqualTo(Reason.ERROR);
        assertThat(reason(facts -> {
                    facts.exemplar();
                    facts.marked();
                    facts.intervened();
                }))
                .isEqualTo(Reason.INTERVENED);
        assertThat(reason(facts -> {
                    facts.exemplar();
                    facts.marked();
                }))
                .isEqualTo(Reason.EXEMPLAR);
        assertThat(reason(Facts::marked)).isEqualTo(Reason.MARKED);
        assertThat(reason(facts -> {})).isNull();
    }

    @Test
    void aReasonThatIsOffIsNotLookedFor() {
        policies = new Policies(Set.of(Reason.ERROR), 0.01, 0, 0, ROOM);
        assertThat(reason(Facts::error)).isNull();
        policies = STRICT;
        assertThat(reason(Facts::error)).isEqualTo(Reason.ERROR);
    }

    @Test
    void anEndpointAndACallAreFirstSeenOnce() {
        assertThat(reason(facts -> facts.endpoint("cart", "GET /items", MILLI))).isEqualTo(Reason.FIRST_SEEN);
        assertThat(reason(facts -> facts.endpoint("cart", "GET /items", MILLI))).isNull();
        assertThat(reason(facts -> facts.edge("front", "cart"))).isEqualTo(Reason.FIRST_SEEN);
        assertThat(reason(facts -> facts.edge("front", "cart"))).isNull();
    }

    /** Of ten thousand that take 5 to 15 ms, those of 50 ms are found, and hardly any of the others. */
    @Test
    void whatIsSlowIsMeasuredByItsOwnEndpoint() {
        for (int i = 0; i < 1_000; i++) {
            judge(facts -> facts.endpoint("cart", "GET /", usual()), NOW + i);
            judge(facts -> facts.endpoint("report", "GET /", 100 * usual()), NOW + i);
        }
        int kept = 0;
        for (int i = 0; i < 10_000; i++) {
            kept += judge(facts -> facts.endpoint("cart", "GET /", usual()), NOW + 1_000 + i)
                            .kept()
                    ? 1
                    : 0;
        }
        assertThat(kept).isLessThan(200);
        assertThat(reason(facts -> facts.endpoint("cart", "GET /", 50 * MILLI))).isEqualTo(Reason.SLOW);
        assertThat(reason(facts -> facts.endpoint("report", "GET /", 50 * MILLI)))
                .isNull();
    }

    @Test
    void whatWasSlowIsUsualAfterAWhile() {
        for (int i = 0; i < 1_000; i++) {
            judge(facts -> facts.endpoint("cart", "GET /", usual()), NOW);
        }
        long later = NOW + 600_000;
        for (int i = 0; i < 300; i++) {
            judge(facts -> facts.endpoint("cart", "GET /", 50 * MILLI), later + i * 100L);
        }
        assertThat(judge(facts -> facts.endpoint("cart", "GET /", 50 * MILLI), later + 30_000)
                        .kept())
                .isFalse();
    }

    @Test
    void oneTraceASecondOfEachEndpointIsKeptInAnyCase() {
        policies = new Policies(Set.of(Reason.FIRST_SEEN, Reason.SLOW), 0.01, /* floorPerSecond= */ 1, 0, ROOM);
        int kept = 0;
        for (int milli = 0; milli < 10_000; milli += 10) {
            Verdict verdict = judge(facts -> facts.endpoint("cart", "GET /", MILLI), NOW + milli);
            assertThat(verdict.reason()).isIn(Reason.FLOOR, null);
            kept += verdict.kept() ? 1 : 0;
        }
        assertThat(kept).isEqualTo(10);
        assertThat(judge(facts -> facts.endpoint("report", "GET /", MILLI), NOW + 10_000)
                        .reason())
                .isEqualTo(Reason.FLOOR);
    }

    @Test
    void ofTheRestAShareIsKeptByTheTracesOwnChance() {
        policies = new Policies(Set.of(), 0.01, 0, /* share= */ 0.25, ROOM);
        int kept = 0;
        for (int i = 0; i < 10_000; i++) {
            long chance = random.nextLong();
            boolean keeps = judge.judge(new Facts(), chance, NOW).kept();
            assertThat(judge.judge(new Facts(), chance, NOW).kept()).isEqualTo(keeps);
            kept += keeps ? 1 : 0;
        }
        assertThat(kept).isBetween(2_350, 2_650);
    }

    /** 100 kB a second are asked for, 10 may be had: the rest goes first, errors last. */
    @Test
    void whereThereIsNoRoomTheRestGivesWayToErrors() {
        policies = new Policies(Set.of(), 0.01, 0, /* share= */ 1, /* bytesPerSecond= */ 10_000);
        int errors = 0;
        int others = 0;
        for (int milli = 0; milli < 60_000; milli += 10) {
            boolean failed = milli % 200 == 0;
            Verdict verdict = judge(
                    facts -> {
                        facts.counted(5, 1_000);
                        if (failed) {
                            facts.error();
                        }
                    },
                    NOW + milli);
            assertThat(verdict.kept() || verdict.overBudget()).isTrue();
            errors += failed && verdict.kept() ? 1 : 0;
            others += !failed && verdict.kept() ? 1 : 0;
        }
        assertThat(errors).isEqualTo(300);
        assertThat(others).isBetween(280, 330);
    }

    @Test
    void aTraceLargerThanTheStoreIsKeptAndPaidForLater() {
        policies = new Policies(Set.of(), 0.01, 0, 0, /* bytesPerSecond= */ 1_000);
        Consumer<Facts> huge = facts -> {
            facts.counted(1_000, 100_000);
            facts.error();
        };
        assertThat(judge(huge, NOW).kept()).isTrue();
        assertThat(judge(huge, NOW + 1_000).overBudget()).isTrue();
        assertThat(judge(huge, NOW + 99_000).kept()).isTrue();
    }

    /** A metric shows them, so that somebody will ask for them: whatever else is kept, and whenever the metric comes. */
    @Test
    void thereIsRoomForEveryTraceThatAMetricShowsAndTheOthersPayForIt() {
        policies = new Policies(Set.of(), 0.01, 0, 0, /* bytesPerSecond= */ 1_000);
        for (int i = 0; i < 100; i++) {
            boolean failed = i % 2 == 0;
            Verdict shown = judge(
                    facts -> {
                        facts.counted(10, 1_000);
                        facts.exemplar();
                        if (failed) {
                            facts.error();
                        }
                    },
                    NOW);
            assertThat(shown)
                    .isEqualTo(
                            new Verdict(failed ? Reason.ERROR : Reason.EXEMPLAR, /* kept= */ true, /* shown= */ true));
        }
        Consumer<Facts> error = facts -> {
            facts.counted(1, 100);
            facts.error();
        };
        assertThat(judge(error, NOW + 1_000).overBudget()).isTrue();
        assertThat(judge(error, NOW + 3_000).kept()).isTrue();
    }

    /** What a huge trace took is owed, also when a trace is kept meanwhile that there is always room for. */
    @Test
    void aTraceThatAMetricShowsForgivesNoDebt() {
        policies = new Policies(Set.of(), 0.01, 0, 0, /* bytesPerSecond= */ 1_000);
        Consumer<Facts> huge = facts -> {
            facts.counted(1_000, 100_000);
            facts.error();
        };
        assertThat(judge(huge, NOW).kept()).isTrue();
        Consumer<Facts> shown = facts -> {
            facts.counted(1, 100);
            facts.exemplar();
        };
        assertThat(judge(shown, NOW).kept()).isTrue();
        assertThat(judge(huge, NOW + 10_000).overBudget()).isTrue();
        assertThat(judge(huge, NOW + 99_000).kept()).isTrue();
    }

    @Test
    void whatComesLateSpeaksForATraceByItselfOnly() {
        policies = new Policies(Set.of(), 0.01, 100, 1, ROOM);
        Facts late = new Facts();
        late.endpoint("cart", "GET /new", MILLI);
        assertThat(judge.reconsider(late, NOW).kept()).isFalse();
        late.exemplar();
        assertThat(judge.reconsider(late, NOW))
                .isEqualTo(new Verdict(Reason.EXEMPLAR, /* kept= */ true, /* shown= */ true));
    }

    @Test
    void policiesSayWhatTheyMayBe() {
        assertThatThrownBy(() -> new Policies(Set.of(), 2, 0, 0, 1))
                .hasMessage("slowest is 2.0; set it to 0 or more and at most 1");
        assertThatThrownBy(() -> new Policies(Set.of(), 0, Double.NaN, 0, 1)).hasMessageContaining("floorPerSecond");
        assertThatThrownBy(() -> new Policies(Set.of(), 0, 0, 0, 0)).hasMessageContaining("bytesPerSecond is 0");
    }

    private long usual() {
        return (5 + random.nextInt(10)) * MILLI;
    }

    private @Nullable Reason reason(Consumer<Facts> seen) {
        return judge(seen, NOW).reason();
    }

    private Verdict judge(Consumer<Facts> seen, long nowMillis) {
        Facts facts = new Facts();
        seen.accept(facts);
        return judge.judge(facts, random.nextLong(), nowMillis);
    }
}
