package io.tracery.topology.history;

import java.util.EnumMap;
import java.util.Map;

/** How much is remembered, by length of window. */
public record HistoryStats(Map<Step, OfStep> steps) {

    /**
     * Of windows of one length.
     *
     * @param from begin of the oldest, 0 when there is none
     * @param entries one for each edge and window
     * @param bytes keys and values before compression
     */
    public record OfStep(long from, long entries, long bytes) {

        OfStep plus(OfStep other) {
            long oldest = from == 0 || other.from == 0 ? Math.max(from, other.from) : Math.min(from, other.from);
            return new OfStep(oldest, entries + other.entries, bytes + other.bytes);
        }
    }

    static final HistoryStats EMPTY = new HistoryStats(Map.of());

    public HistoryStats {
        steps = Map.copyOf(steps);
    }

    public HistoryStats plus(HistoryStats other) {
        return plus(other.steps);
    }

    HistoryStats plus(Map<Step, OfStep> other) {
        EnumMap<Step, OfStep> sum = new EnumMap<>(Step.class);
        sum.putAll(steps);
        other.forEach((step, size) -> sum.merge(step, size, OfStep::plus));
        return new HistoryStats(sum);
    }

    public OfStep of(Step step) {
        return steps.getOrDefault(step, new OfStep(0, 0, 0));
    }

    public long bytes() {
        return steps.values().stream().mapToLong(OfStep::bytes).sum();
    }
}
