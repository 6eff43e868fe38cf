package io.tracery.pipeline.account;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;

/**
 * What one stage did with one kind of thing, as the counter {@code tracery_pipeline_<unit>_total{stage,outcome,reason}}.
 * Once nothing is under way, accepted = passed + Σ dropped. What is processed again after a failure counts again.
 */
public final class Account {

    private final Counter accepted;
    private final Counter passed;
    private final Map<DropReason, Counter> dropped = new EnumMap<>(DropReason.class);
    private final Map<Flaw, Counter> flawed = new EnumMap<>(Flaw.class);

    /**
     * @param unit what is counted: {@code spans}, {@code points} or {@code records}
     * @param stage where: {@code otlp} for the receivers, {@code mesh} and {@code decide} for the stream, {@code forward}
     */
    public Account(MeterRegistry registry, String unit, String stage) {
        this.accepted = counter(registry, unit, stage, "accepted", "");
        this.passed = counter(registry, unit, stage, "passed", "");
        for (DropReason reason : DropReason.values()) {
            dropped.put(reason, counter(registry, unit, stage, "dropped", reason.label()));
        }
        for (Flaw flaw : Flaw.values()) {
            flawed.put(flaw, flawed(registry, unit, stage, flaw));
        }
    }

    private static Counter counter(MeterRegistry registry, String unit, String stage, String outcome, String reason) {
        return Counter.builder("tracery.pipeline." + unit)
                .description("What a stage of the pipeline took, passed on and dropped")
                .tag("stage", stage)
                .tag("outcome", outcome)
                .tag("reason", reason)
                .register(registry);
    }

    private static Counter flawed(MeterRegistry registry, String unit, String stage, Flaw flaw) {
        return Counter.builder("tracery.pipeline." + unit + ".flawed")
                .description("What was passed on though something was wrong with it, mended where it had to be")
                .tag("stage", stage)
                .tag("reason", flaw.label())
                .register(registry);
    }

    /** Of what is passed on: what was wrong, and with how many. */
    public void flawed(Map<Flaw, Integer> flaws) {
        flaws.forEach((flaw, count) -> {
            Counter counter = flawed.get(flaw);
            if (counter != null) {
                counter.increment(count);
            }
        });
    }

    public void accepted(long count) {
        accepted.increment((double) count);
    }

    public void passed(long count) {
        passed.increment((double) count);
    }

    public void dropped(Drops drops) {
        drops.counts().forEach(this::dropped);
    }

    public void dropped(DropReason reason, long count) {
        Counter counter = dropped.get(reason);
        if (counter != null) {
            counter.increment((double) count);
        }
    }
}
