package io.tracery.topology.history;

import java.time.Duration;

/** How long a window is. Each is a whole number of the ones before it. */
public enum Step {
    TEN_SECONDS(0, Duration.ofSeconds(10)),
    MINUTE(1, Duration.ofMinutes(1)),
    HOUR(2, Duration.ofHours(1));

    private final int code;
    private final long millis;

    /** @param code stands for it in stored keys */
    Step(int code, Duration length) {
        this.code = code;
        this.millis = length.toMillis();
    }

    public long millis() {
        return millis;
    }

    /** Begin of the window that holds a time. */
    public long floor(long time) {
        return Math.floorDiv(time, millis) * millis;
    }

    /** The first begin of a window that is not before a time. */
    public long ceiling(long time) {
        return floor(time + millis - 1);
    }

    /** The next finer one, which must not be asked of the finest. */
    Step finer() {
        return switch (this) {
            case HOUR -> MINUTE;
            case MINUTE -> TEN_SECONDS;
            case TEN_SECONDS -> throw new IllegalStateException("nothing is finer than " + this);
        };
    }

    /** Stands for it in stored keys. */
    int code() {
        return code;
    }
}
