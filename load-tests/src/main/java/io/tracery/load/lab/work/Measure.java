package io.tracery.load.lab.work;

import java.util.Locale;

/** What the lab can measure, in the order in which it does. */
public enum Measure {
    /** Rate and CPU per unit with as much load as the proxy takes; memory after that. */
    SATURATED,
    /** Ours once more with telemetry's export off, beside the others in {@link #SATURATED}. */
    TELEMETRY,
    /** Latency at fixed rates, open loop, with and without the proxy in between. */
    LATENCY,
    /** What open connections cost in memory. */
    IDLE,
    /** System calls per unit. */
    SYSCALLS,
    /** From exec to the first proxied request. */
    START,
    /** The first ten seconds at 2,000/s. */
    WARM_UP,
    /** Memory of ten sidecars after a while under load. */
    SIDECARS;

    /** As on the command line. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
