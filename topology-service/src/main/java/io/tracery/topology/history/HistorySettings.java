package io.tracery.topology.history;

import java.time.Duration;
import java.util.Map;

/**
 * How much is remembered.
 *
 * @param keep how long windows of each length are kept
 * @param mostBytes of all windows, keys and values, before compression; when there are more, the oldest of the shortest windows go first
 */
public record HistorySettings(Map<Step, Duration> keep, long mostBytes) {

    public static final HistorySettings DEFAULT = new HistorySettings(
            Map.of(
                    Step.TEN_SECONDS, Duration.ofHours(6),
                    Step.MINUTE, Duration.ofDays(3),
                    Step.HOUR, Duration.ofDays(35)),
            4L << 30);

    public HistorySettings {
        keep = Map.copyOf(keep);
        for (Step step : Step.values()) {
            Duration length = keep.getOrDefault(step, Duration.ZERO);
            if (length.toMillis() < step.millis()) {
                throw new IllegalArgumentException(
                        "windows of " + step.millis() + " ms must be kept for at least one of them");
            }
        }
        if (mostBytes < 1) {
            throw new IllegalArgumentException("history must be allowed some bytes");
        }
    }

    public long keepMillis(Step step) {
        return keep.getOrDefault(step, Duration.ZERO).toMillis();
    }
}
