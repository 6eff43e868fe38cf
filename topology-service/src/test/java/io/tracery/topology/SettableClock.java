package io.tracery.topology;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that stands still until a test moves it. */
public final class SettableClock implements InstantSource {

    /** A round moment: 2026-01-01T00:00:00Z. */
    public static final long START = 1_767_225_600_000L;

    private volatile long now = START;

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(now);
    }

    @Override
    public long millis() {
        return now;
    }

    public void set(long millis) {
        now = millis;
    }

    public void advance(Duration duration) {
        set(millis() + duration.toMillis());
    }
}
