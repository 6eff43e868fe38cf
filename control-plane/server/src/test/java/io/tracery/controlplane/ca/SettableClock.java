package io.tracery.controlplane.ca;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that moves only when a test says so; begins at the real time, so that certificates are valid for TLS too. */
final class SettableClock extends Clock {

    private final AtomicReference<Instant> now = new AtomicReference<>(
            Instant.ofEpochSecond(Clock.systemUTC().instant().getEpochSecond()));

    void advance(Duration by) {
        now.updateAndGet(instant -> instant.plus(by));
    }

    @Override
    public Instant instant() {
        return now.get();
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("instants have no zone");
    }
}
