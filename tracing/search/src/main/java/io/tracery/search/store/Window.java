package io.tracery.search.store;

/**
 * A stretch of time in equal steps.
 *
 * @param start Unix nanoseconds
 * @param stepNanos length of a step
 */
public record Window(long start, long stepNanos, int steps) {

    /** The step that a time falls into; -1 when none. */
    int step(long nanos) {
        long step = Math.floorDiv(nanos - start, stepNanos);
        return step >= 0 && step < steps ? (int) step : -1;
    }
}
