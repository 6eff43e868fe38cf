package io.tracery.topology.stream;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * What became of every record and of every data point: accepted = applied + the sum of dropped by reason, for both.
 */
final class Accounting {

    /** Why a record was not looked at point by point. */
    enum RecordDrop {
        /** Not OTLP metrics. */
        MALFORMED,
        /** It could not be processed; nothing that should happen. */
        FAILED
    }

    private final Counter records;
    private final Counter recordsApplied;
    private final Map<RecordDrop, Counter> recordsDropped = new EnumMap<>(RecordDrop.class);
    private final Counter points;
    private final Counter pointsApplied;
    private final Map<PointDrop, Counter> pointsDropped = new EnumMap<>(PointDrop.class);

    Accounting(MeterRegistry registry) {
        records = Counter.builder("topology.records")
                .description("Records read from otlp_metrics")
                .register(registry);
        recordsApplied = Counter.builder("topology.records.applied")
                .description("Records whose points were looked at, each counted or dropped for itself")
                .register(registry);
        for (RecordDrop reason : RecordDrop.values()) {
            recordsDropped.put(
                    reason,
                    Counter.builder("topology.records.dropped")
                            .description("Records that could not be read")
                            .tag("reason", reason.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
        points = Counter.builder("topology.points")
                .description("Data points in the records that were read")
                .register(registry);
        pointsApplied = Counter.builder("topology.points.applied")
                .description("Data points that the graph counted")
                .register(registry);
        for (PointDrop reason : PointDrop.values()) {
            pointsDropped.put(
                    reason,
                    Counter.builder("topology.points.dropped")
                            .description("Data points that the graph did not count")
                            .tag("reason", reason.label())
                            .register(registry));
        }
    }

    void recordAccepted() {
        records.increment();
    }

    void recordApplied() {
        recordsApplied.increment();
    }

    void recordDropped(RecordDrop reason) {
        counter(recordsDropped, reason).increment();
    }

    void pointsAccepted(long count) {
        points.increment((double) count);
    }

    void pointsApplied(long count) {
        pointsApplied.increment((double) count);
    }

    void pointsDropped(PointDrop reason, long count) {
        counter(pointsDropped, reason).increment((double) count);
    }

    private static <E extends Enum<E>> Counter counter(Map<E, Counter> counters, E reason) {
        Counter counter = counters.get(reason);
        if (counter == null) {
            throw new IllegalStateException("no counter for " + reason);
        }
        return counter;
    }
}
