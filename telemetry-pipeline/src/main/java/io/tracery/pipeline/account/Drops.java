package io.tracery.pipeline.account;

import java.util.EnumMap;
import java.util.Map;

/** What was left out of one batch: how much, why, and the first case in words for whoever sent it. Confined to one thread. */
public final class Drops {

    private final Map<DropReason, Long> counts = new EnumMap<>(DropReason.class);
    private String firstProblem = "";
    private long total;

    public void add(DropReason reason, long count, String problem) {
        counts.merge(reason, count, Long::sum);
        total += count;
        if (firstProblem.isEmpty()) {
            firstProblem = problem;
        }
    }

    public Map<DropReason, Long> counts() {
        return Map.copyOf(counts);
    }

    public long total() {
        return total;
    }

    /** Empty when nothing was dropped. */
    public String firstProblem() {
        return firstProblem;
    }
}
