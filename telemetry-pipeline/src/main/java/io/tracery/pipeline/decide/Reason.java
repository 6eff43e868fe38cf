package io.tracery.pipeline.decide;

import java.util.Locale;

/** Why a trace is kept, in the order in which reasons are looked for; the first that is true names the trace. */
public enum Reason {
    /** A span whose status is an error, or an exchange whose fate is not that it was served. */
    ERROR(0),
    /** The mesh did something about an exchange: another attempt, a hedge, a fault, a redirect, a mirror. */
    INTERVENED(1),
    /** A span that took longer than nearly all of its endpoint lately. */
    SLOW(2),
    /** A metric shows it as an example. */
    EXEMPLAR(3),
    /** Its client asked for it. */
    MARKED(4),
    /** An endpoint, or a call from one service to another, that was not seen before. */
    FIRST_SEEN(5),
    /** So many traces of each endpoint are kept in any case. */
    FLOOR(6),
    /** A share of all the others. */
    SHARE(7);

    private final String label = name().toLowerCase(Locale.ROOT);
    private final int rank;

    Reason(int rank) {
        this.rank = rank;
    }

    /** From 0, which matters most; kept on disk and so never changed. */
    public int rank() {
        return rank;
    }

    /** The reason of a rank. */
    public static Reason of(int rank) {
        for (Reason reason : values()) {
            if (reason.rank == rank) {
                return reason;
            }
        }
        throw new IllegalArgumentException("there is no reason of rank " + rank);
    }

    /** As it stands in {@code tracery.keep.reason} and in metrics. */
    public String label() {
        return label;
    }
}
