package io.tracery.proxy.balance;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The generic cell rate algorithm in its virtual scheduling form (ITU-T I.371, annex A): one point in time says all. It is
 * as exact as a token bucket that is filled continuously. Any thread.
 */
public final class Gcra {

    /** As good as any number at once, and still can be added to a time. */
    private static final long FAR = Long.MAX_VALUE / 4;

    private final long interval;

    /** How much earlier than its turn a request may come. */
    private final long tolerance;

    /** When the next request would come if all came evenly; in the past while there is room. */
    private final AtomicLong turn;

    /**
     * @param interval nanoseconds between two requests, at least one
     * @param burst how many may come at once, at least one
     * @param now the clock's time, in nanoseconds
     */
    public Gcra(long interval, long burst, long now) {
        if (interval < 1 || burst < 1) {
            throw new IllegalArgumentException("one request in " + interval + " ns, " + burst + " at once");
        }
        this.interval = interval;
        this.tolerance = burst - 1 > FAR / interval ? FAR : interval * (burst - 1);
        this.turn = new AtomicLong(now);
    }

    /**
     * A request comes.
     *
     * @param now the same clock's time
     * @return 0 where it may pass, else after how many nanoseconds one may
     */
    public long take(long now) {
        while (true) {
            long due = turn.get();
            long ahead = due - now;
            if (ahead > tolerance) {
                return ahead - tolerance;
            }
            if (turn.compareAndSet(due, now + Math.max(ahead, 0) + interval)) {
                return 0;
            }
        }
    }
}
