package io.tracery.proxy.telemetry;

import java.time.Instant;
import java.util.List;

/**
 * What all event loops had counted when they were last asked; never changes.
 *
 * @param totals by group
 * @param active exchanges that have started and not ended
 * @param overBudget exchanges counted in a coarser series than their own
 */
record MetricsView(List<Totals> totals, int active, long overBudget) {

    static final MetricsView EMPTY = new MetricsView(List.of(), 0, 0);

    MetricsView {
        totals = List.copyOf(totals);
    }

    static long epochNanos(Instant instant) {
        return instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
    }
}
