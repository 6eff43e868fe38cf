package io.tracery.proxy.route;

import java.time.Duration;

/**
 * When another endpoint is asked beside one that is slow to answer (Envoy's {@code hedge_on_per_try_timeout}). How many may
 * be asked is the number of retries.
 *
 * @param after how long an attempt may go without the head of an answer, positive
 */
public record Hedge(Duration after, Methods methods) {

    public Hedge {
        if (!after.isPositive()) {
            throw new IllegalArgumentException("a hedge comes after a positive time, not " + after);
        }
    }

    /** Which requests an application may be asked twice. */
    public enum Methods {
        /** RFC 9110 section 9.2.2. */
        IDEMPOTENT,
        ANY
    }
}
