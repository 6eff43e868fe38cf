package io.tracery.topology.stream;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a series.
 *
 * @param timeNanos when the proxy read the newest count
 * @param changedMillis when it last read one that had changed
 * @param heardMillis when that arrived, by this process's clock
 * @param last the newest cumulative count
 * @param skipped how much of it does not count here, because it was counted elsewhere; usually nothing
 * @param folded of a retired sum: the epochs that lately went into it
 */
record SeriesValue(
        long timeNanos,
        long changedMillis,
        long heardMillis,
        Count last,
        @Nullable Count skipped,
        List<String> folded) {

    /** What the series adds to its edge. */
    Count counted() {
        return skipped == null ? last : last.since(skipped);
    }
}
