package io.tracery.proxy.loop;

import java.time.Duration;
import java.time.Instant;

/**
 * The machine's clocks. Wall time is the monotonic clock and what lies between the two, which is looked at once a second: that
 * spares an exchange a clock and an object, and follows who sets the wall clock a second late. Any thread.
 */
final class SystemTicker implements Ticker {

    private static final long LOOK_NANOS = Duration.ofSeconds(1).toNanos();

    /** Both at once, so that no thread sees one of them new. */
    private record Offset(long nanos, long validUntil) {}

    private volatile Offset offset = look();

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public long epochNanos() {
        long now = System.nanoTime();
        Offset known = offset;
        if (now - known.validUntil > 0) {
            known = look();
            offset = known;
        }
        return now + known.nanos;
    }

    private static Offset look() {
        Instant wall = Instant.now();
        long now = System.nanoTime();
        return new Offset(wall.getEpochSecond() * 1_000_000_000L + wall.getNano() - now, now + LOOK_NANOS);
    }
}
