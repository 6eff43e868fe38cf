package io.tracery.topology.history;

/** Somewhere to read windows from: one partition, all of this process, or another process. Any thread. */
public interface WindowSource {

    /** An edge may come more than once for one time: its parts add up. */
    void read(Reading reading, Sink sink);

    /** Takes what was read. */
    interface Sink {
        /** @param begin of the stretch that was summed, Unix milliseconds */
        void window(long begin, EdgeWindow window);
    }

    /**
     * What to read.
     *
     * @param from begin of a window of ten seconds
     * @param to end of one, exclusive
     * @param stretch how much of it makes one sum; a whole number of windows of ten seconds
     */
    record Reading(long from, long to, long stretch, EdgeFilter filter) {

        public Reading {
            long least = Step.TEN_SECONDS.millis();
            if (from % least != 0 || to % least != 0 || stretch % least != 0 || to <= from || stretch <= 0) {
                throw new IllegalArgumentException("not whole windows: from " + from + " to " + to + " by " + stretch);
            }
        }
    }
}
