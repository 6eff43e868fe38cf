package io.tracery.pipeline.stream;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.tracery.pipeline.account.Account;
import io.tracery.pipeline.account.DropReason;
import io.tracery.pipeline.decide.Reason;
import io.tracery.pipeline.decide.Verdict;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What was decided, once for all threads of the stream. Once nothing is undecided: spans accepted = passed + Σ dropped −
 * revived.
 */
final class Decisions {

    private static final String STAGE = "decide";
    private static final String TRACES = "tracery.pipeline.traces";

    /** Nothing waits for a decision that long: a later one says that a clock is wrong, or that a root has no end. */
    private static final Duration LATEST = Duration.ofDays(1);

    private final Account spans;
    private final Counter revived;
    private final Counter notKept;
    private final Counter unknownMarks;
    private final Map<Reason, Counter> kept = new EnumMap<>(Reason.class);
    private final Map<Reason, Counter> overBudget = new EnumMap<>(Reason.class);
    private final Timer latency;
    private final AtomicLong open = new AtomicLong();
    private final AtomicLong held = new AtomicLong();
    private final Counter early;
    private final Counter spilled;

    Decisions(MeterRegistry registry) {
        spans = new Account(registry, "spans", STAGE);
        revived = Counter.builder("tracery.pipeline.spans.revived")
                .description(
                        "Spans dropped at first and passed on after all, because what came later spoke for their trace")
                .register(registry);
        unknownMarks = Counter.builder("tracery.pipeline.exemplars.unknown")
                .description("Exemplars whose trace never came")
                .register(registry);
        notKept = traces(registry, "not_kept", "");
        for (Reason reason : Reason.values()) {
            kept.put(reason, traces(registry, "kept", reason.label()));
            overBudget.put(reason, traces(registry, "over_budget", reason.label()));
        }
        latency = Timer.builder("tracery.pipeline.decision")
                .description("From the end of a trace's root to the decision about it, where both can be true")
                .serviceLevelObjectives(
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(10))
                .register(registry);
        early = early(registry);
        spilled = spilled(registry);
        Gauge.builder("tracery.pipeline.undecided.bytes", held, AtomicLong::get)
                .description("Memory that traces take of which some came and more may come")
                .register(registry);
        Gauge.builder("tracery.pipeline.traces.undecided", open, AtomicLong::get)
                .description("Traces of which some came and more may come")
                .register(registry);
    }

    private static Counter early(MeterRegistry registry) {
        return Counter.builder("tracery.pipeline.traces.early")
                .description(
                        "Traces decided upon before they were complete, because they or all together took too much room")
                .register(registry);
    }

    private static Counter spilled(MeterRegistry registry) {
        return Counter.builder("tracery.pipeline.traces.spilled")
                .description("Undecided traces whose spans had to leave memory and wait in the store")
                .register(registry);
    }

    private static Counter traces(MeterRegistry registry, String outcome, String reason) {
        return Counter.builder(TRACES)
                .description("Traces decided upon, and why")
                .tag("outcome", outcome)
                .tag("reason", reason)
                .register(registry);
    }

    void accepted(int count) {
        spans.accepted(count);
    }

    void passed(int count) {
        spans.passed(count);
    }

    void dropped(Verdict verdict, int count) {
        spans.dropped(verdict.overBudget() ? DropReason.OVER_BUDGET : DropReason.NOT_KEPT, count);
    }

    /** Of a trace that is kept, what can no longer be found. */
    void forgotten(int count) {
        spans.dropped(DropReason.FORGOTTEN, count);
    }

    /** Of a trace that is kept, what no record has room for. */
    void tooLarge(int count) {
        spans.dropped(DropReason.TOO_LARGE, count);
    }

    void revived(int count) {
        revived.increment(count);
    }

    void unknownMark() {
        unknownMarks.increment();
    }

    void decided(Verdict verdict) {
        Reason reason = verdict.reason();
        Counter counter = reason == null ? notKept : (verdict.kept() ? kept : overBudget).get(reason);
        if (counter != null) {
            counter.increment();
        }
    }

    /** @param nanos between two clocks, of which one may be wrong; what cannot be true is not measured */
    void latency(long nanos) {
        if (nanos >= 0 && nanos <= LATEST.toNanos()) {
            latency.record(nanos, TimeUnit.NANOSECONDS);
        }
    }

    void early() {
        early.increment();
    }

    void spilled() {
        spilled.increment();
    }

    void held(long moreBytes) {
        held.addAndGet(moreBytes);
    }

    void open(int more) {
        open.addAndGet(more);
    }
}
