package io.tracery.load.lab.load;

/**
 * What a load generator got done.
 *
 * @param units requests, handshakes or GiB, as the work counts
 * @param errors those that failed
 * @param seconds that it took, as the generator measured it
 */
public record Outcome(double units, long errors, double seconds) {}
