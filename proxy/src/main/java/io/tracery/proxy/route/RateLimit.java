package io.tracery.proxy.route;

import java.time.Duration;
import java.util.Locale;

/**
 * How many requests of a route this proxy lets pass: {@code requests} in each {@code per}, evenly, and of those that come at
 * once no more than {@code burst}.
 *
 * @param requests at least one, at most one for each microsecond of {@code per}
 * @param burst at least one
 */
public record RateLimit(long requests, Duration per, long burst) {

    private static final long LEAST_INTERVAL_NANOS = 1_000;

    public RateLimit {
        if (requests < 1 || burst < 1 || per.toNanos() / requests < LEAST_INTERVAL_NANOS) {
            throw new IllegalArgumentException("a rate of " + requests + " per " + per + ", " + burst + " at once");
        }
    }

    /** Between two requests that come evenly. */
    public long intervalNanos() {
        return per.toNanos() / requests;
    }

    /** As a person would put it: {@code 100 per 1s}. */
    public String text() {
        return requests + " per " + per.toString().replaceFirst("^PT?", "").toLowerCase(Locale.ROOT);
    }
}
