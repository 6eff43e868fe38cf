package io.tracery.proxy.exchange;

import java.util.Locale;

/** What the mesh did to an exchange because its route says so, and nobody should take for a failure. */
public enum Intervention {
    /** It is a copy of another one; its answer was thrown away. */
    MIRROR(1),
    /** It was answered with a redirect instead of being forwarded. */
    REDIRECT(2),
    /** A fault: it waited before it went anywhere. */
    DELAY(4),
    /** A fault: it was answered instead of being forwarded. */
    ABORT(8),
    /** A fault: its answer was passed on slowly. */
    BANDWIDTH(16);

    private final int bit;
    private final String label = name().toLowerCase(Locale.ROOT);

    Intervention(int bit) {
        this.bit = bit;
    }

    /** One for each, so that an exchange needs no set. */
    int bit() {
        return bit;
    }

    /** As spans write it. */
    public String label() {
        return label;
    }
}
