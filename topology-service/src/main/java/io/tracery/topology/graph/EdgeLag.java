package io.tracery.topology.graph;

import io.tracery.tracing.metric.ExponentialHistogram;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** How far the graph is behind the proxies, over the last minute. */
public final class EdgeLag {

    private static final int SLOTS = 6;
    private static final long SLOT_MILLIS = 10_000;

    private final ExponentialHistogram[] slots = new ExponentialHistogram[SLOTS];
    private final long[] slotNumbers = new long[SLOTS];

    public EdgeLag() {
        Arrays.setAll(slots, i -> new ExponentialHistogram());
    }

    /** Notes that data of a time became visible. */
    public synchronized void record(long dataMillis, long nowMillis) {
        long number = nowMillis / SLOT_MILLIS;
        int slot = (int) (number % SLOTS);
        if (slotNumbers[slot] != number) {
            slotNumbers[slot] = number;
            slots[slot] = new ExponentialHistogram();
        }
        slots[slot].record(Math.max(0, nowMillis - dataMillis) / 1000.0);
    }

    /** Milliseconds, null when nothing became visible in the last minute. */
    public synchronized Quantiles quantiles(long nowMillis) {
        ExponentialHistogram sum = new ExponentialHistogram();
        for (int slot = 0; slot < SLOTS; slot++) {
            if (slotNumbers[slot] > nowMillis / SLOT_MILLIS - SLOTS) {
                sum.add(slots[slot]);
            }
        }
        Latencies latencies = Latencies.of(sum);
        return new Quantiles(latencies.p50(), latencies.p99());
    }

    /** Milliseconds. */
    public record Quantiles(@Nullable Double p50, @Nullable Double p99) {}
}
