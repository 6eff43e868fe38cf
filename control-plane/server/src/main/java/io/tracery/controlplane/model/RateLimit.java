package io.tracery.controlplane.model;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How many requests of a rule, or of a port, go on ({@code policy.tracery.io} RateLimit).
 *
 * @param all of them together
 * @param perKey of each key beside that; null where none are told apart
 */
public record RateLimit(Rate all, @Nullable PerKey perKey) {

    /** @param burst so many may come at once */
    public record Rate(int requests, Duration per, int burst) {}

    /** What tells requests apart. */
    public enum Key {
        HEADER,
        SOURCE,
        CALLER
    }

    /**
     * @param header lower case, empty where it is none that tells them apart
     * @param mostKeys that are told apart at once
     */
    public record PerKey(Key key, String header, Rate rate, int mostKeys) {}
}
