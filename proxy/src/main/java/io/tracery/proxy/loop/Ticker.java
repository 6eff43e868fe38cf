package io.tracery.proxy.loop;

/** The two clocks of the data path, as a parameter. */
public interface Ticker {

    /** Monotonic, arbitrary origin. */
    long nanos();

    /** Wall time since 1970, in nanoseconds. */
    long epochNanos();

    Ticker SYSTEM = new SystemTicker();
}
