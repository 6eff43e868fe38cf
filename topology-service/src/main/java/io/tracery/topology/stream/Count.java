package io.tracery.topology.stream;

import io.tracery.tracing.metric.ExponentialHistogram;
import org.jspecify.annotations.Nullable;

/**
 * What a series has counted.
 *
 * @param latencies of durations only, {@code amount} of them; not to be changed
 */
record Count(long amount, @Nullable ExponentialHistogram latencies) {

    static Count of(ExponentialHistogram latencies) {
        return new Count(latencies.count(), latencies);
    }

    /** @throws IllegalArgumentException when the other count is not an earlier one of the same series */
    Count since(Count earlier) {
        if (amount < earlier.amount || (latencies == null) != (earlier.latencies == null)) {
            throw new IllegalArgumentException("not an earlier count of this series: it counted more");
        }
        return latencies == null || earlier.latencies == null
                ? new Count(amount - earlier.amount, null)
                : Count.of(latencies.since(earlier.latencies));
    }

    Count plus(Count other) {
        if (latencies == null || other.latencies == null) {
            return new Count(amount + other.amount, latencies);
        }
        ExponentialHistogram sum = latencies.copy();
        sum.add(other.latencies);
        return Count.of(sum);
    }
}
