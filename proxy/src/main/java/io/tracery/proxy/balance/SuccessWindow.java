package io.tracery.proxy.balance;

import java.util.Arrays;

/** Successes and failures of the last while, in ten steps: what is older than the window falls out a tenth at a time. */
final class SuccessWindow {

    private static final int STEPS = 10;

    private final long stepNanos;
    private final int[] successes = new int[STEPS];
    private final int[] failures = new int[STEPS];
    private long step;
    private int succeeded;
    private int failed;

    SuccessWindow(long windowNanos, long nowNanos) {
        this.stepNanos = Math.max(1, windowNanos / STEPS);
        this.step = Math.floorDiv(nowNanos, stepNanos);
    }

    void success(long nowNanos) {
        move(nowNanos);
        successes[slot()]++;
        succeeded++;
    }

    void failure(long nowNanos) {
        move(nowNanos);
        failures[slot()]++;
        failed++;
    }

    int requests() {
        return succeeded + failed;
    }

    double rate() {
        return succeeded / (double) Math.max(1, requests());
    }

    void forget() {
        Arrays.fill(successes, 0);
        Arrays.fill(failures, 0);
        succeeded = 0;
        failed = 0;
    }

    private int slot() {
        return Math.floorMod(step, STEPS);
    }

    private void move(long nowNanos) {
        long to = Math.floorDiv(nowNanos, stepNanos);
        if (to - step >= STEPS) {
            forget();
            step = to;
        }
        while (step < to) {
            step++;
            succeeded -= successes[slot()];
            failed -= failures[slot()];
            successes[slot()] = 0;
            failures[slot()] = 0;
        }
    }
}
