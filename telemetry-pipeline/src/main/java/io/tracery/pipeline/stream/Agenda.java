package io.tracery.pipeline.stream;

import java.util.ArrayList;
import java.util.List;

/** When to look at which trace again, so that a look costs what is due and not what waits. Confined to one task. */
final class Agenda {

    private static final int TICK_MILLIS = 50;

    /** Of so many ticks; what is further ahead is looked at sooner. */
    private static final int TICKS = 32;

    private final List<List<Undecided>> ring = new ArrayList<>(TICKS);
    private long next;

    Agenda(long nowMillis) {
        for (int i = 0; i < TICKS; i++) {
            ring.add(new ArrayList<>());
        }
        next = nowMillis / TICK_MILLIS;
    }

    /** At that time, a tick later at most, or sooner. */
    void add(Undecided trace, long atMillis) {
        long tick = Math.clamp(atMillis / TICK_MILLIS + 1, next, next + TICKS - 1);
        at(tick).add(trace);
    }

    /** Those whose time has come. They are on it no more. */
    List<Undecided> due(long nowMillis) {
        long now = nowMillis / TICK_MILLIS;
        List<Undecided> due = new ArrayList<>();
        for (int i = 0; i < TICKS && next <= now; i++) {
            due.addAll(at(next));
            at(next).clear();
            next++;
        }
        next = Math.max(next, now + 1);
        return due;
    }

    private List<Undecided> at(long tick) {
        return ring.get((int) (tick % TICKS));
    }
}
