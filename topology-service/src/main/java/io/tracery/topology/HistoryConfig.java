package io.tracery.topology;

import io.tracery.topology.history.HistorySettings;
import io.tracery.topology.history.Step;
import java.time.Duration;
import java.util.Map;

/**
 * How much of the past is kept. A number of 0, or an absent key, stands for its default.
 *
 * @param hours that windows of ten seconds are kept; default 6
 * @param days that windows of a minute are kept; default 3
 * @param weeks that windows of an hour are kept; default 5
 * @param mebibytes of all windows before compression, which makes some three of one; default 4096. Where there is more, the
 *     oldest of the shortest windows go first
 */
public record HistoryConfig(int hours, int days, int weeks, int mebibytes) {

    static final HistoryConfig DEFAULT = new HistoryConfig(0, 0, 0, 0);

    public HistoryConfig {
        hours = bounded("hours", hours, 6, 7 * 24);
        days = bounded("days", days, 3, 90);
        weeks = bounded("weeks", weeks, 5, 520);
        mebibytes = bounded("mebibytes", mebibytes, 4096, 1 << 20);
    }

    HistorySettings perPartition(int partitions) {
        return new HistorySettings(
                Map.of(
                        Step.TEN_SECONDS, Duration.ofHours(hours),
                        Step.MINUTE, Duration.ofDays(days),
                        Step.HOUR, Duration.ofDays(weeks * 7L)),
                ((long) mebibytes << 20) / partitions);
    }

    long bytes() {
        return (long) mebibytes << 20;
    }

    private static int bounded(String key, int value, int standard, int most) {
        if (value < 0 || value > most) {
            throw new IllegalArgumentException("history." + key + " must be 1.." + most + ", not " + value);
        }
        return value == 0 ? standard : value;
    }
}
