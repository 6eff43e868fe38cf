package io.tracery.topology.graph;

/** What a series counts. */
public enum Measure {
    /** Exchanges that ended, with how long they took. */
    DURATION,
    /** Exchanges that began. */
    STARTED,
    RETRIES,
    REQUEST_BYTES,
    RESPONSE_BYTES
}
