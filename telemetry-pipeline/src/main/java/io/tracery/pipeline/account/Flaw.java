package io.tracery.pipeline.account;

import java.util.Locale;

/** What was wrong with a span that was passed on all the same, mended where it had to be; the lower-case name is the metric's {@code reason}. */
public enum Flaw {
    /** A value, a name or a trace state that was too long, and was cut. */
    TEXT_CUT,
    /** More attributes, events or links than may be; the rest was left out, and counted on the span as OTLP says. */
    PARTS_LEFT_OUT,
    /** It ends before it begins. */
    ENDS_BEFORE_IT_BEGINS,
    /** It begins far in the future, by the pipeline's clock. */
    FROM_THE_FUTURE,
    /** Its parent is itself. */
    OWN_PARENT;

    private final String label = name().toLowerCase(Locale.ROOT);

    public String label() {
        return label;
    }
}
