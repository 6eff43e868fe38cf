package io.tracery.topology.history;

/** Something that another process has cannot be had just now. */
public final class Unavailable extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** @param message what, where, what to do */
    public Unavailable(String message) {
        super(message, null, false, false);
    }

    public String text() {
        return String.valueOf(getMessage());
    }
}
