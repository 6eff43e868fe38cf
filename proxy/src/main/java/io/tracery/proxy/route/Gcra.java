package io.tracery.proxy.route;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A bucket of tokens as one number: the time at which the next request is due if all came evenly (the generic cell rate
 * algorithm by virtual scheduling, ITU-T I.371 annex A). It fills by itself, needs no timer, and because there is one number
 * for all event loops it is exact: every token goes to one request. Any thread.
 */
final class Gcra {

    /** {@link #take}'s answer of a bucket that has been given up: ask for the key's new one. */
    static final long GONE = Long.MIN_VALUE;

    private static final long UNUSED = Long.MIN_VALUE;
    private static final long RETIRED = Long.MIN_VALUE + 1;

    private final long intervalNanos;
    private final long burstNanos;
    private final AtomicLong due = new AtomicLong(UNUSED);

    Gcra(Rate rate) {
        this.intervalNanos = rate.intervalNanos();
        this.burstNanos = intervalNanos * rate.burst();
    }

    /**
     * Takes a token, if there is one.
     *
     * @return how many are left, or where there was none how long until there is one, below zero, in nanoseconds
     */
    long take(long nowNanos) {
        while (true) {
            long was = due.get();
            if (was == RETIRED) {
                return GONE;
            }
            long ahead = ahead(was, nowNanos) + intervalNanos;
            if (ahead > burstNanos) {
                return burstNanos - ahead;
            }
            if (due.compareAndSet(was, nowNanos + ahead)) {
                return (burstNanos - ahead) / intervalNanos;
            }
        }
    }

    /** A token that was taken was not used. */
    void giveBack() {
        long was = due.get();
        while (was != RETIRED && was != UNUSED && !due.compareAndSet(was, was - intervalNanos)) {
            was = due.get();
        }
    }

    /** How long until all tokens are there again. */
    long untilFullNanos(long nowNanos) {
        return ahead(due.get(), nowNanos);
    }

    /** Gives the bucket up if it is full, which is when a new one is as good; afterwards nobody gets a token of it. */
    boolean retire(long nowNanos) {
        long was = due.get();
        return was != RETIRED && ahead(was, nowNanos) == 0 && due.compareAndSet(was, RETIRED);
    }

    boolean retired() {
        return due.get() == RETIRED;
    }

    private static long ahead(long due, long nowNanos) {
        return due == UNUSED || due == RETIRED ? 0 : Math.max(0, due - nowNanos);
    }
}
