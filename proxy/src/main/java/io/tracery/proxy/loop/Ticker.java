package io.tracery.proxy.loop;

import java.time.Instant;

/** The two clocks of the data path, as a parameter. */
public interface Ticker {

    /** Monotonic, arbitrary origin. */
    long nanos();

    /** Wall time since 1970. */
    long epochNanos();

    Ticker SYSTEM = new Ticker() {
        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public long epochNanos() {
            Instant now = Instant.now();
            return now.getEpochSecond() * 1_000_000_000L + now.getNano();
        }
    };
}
