package io.tracery.controlplane.source;

import io.tracery.controlplane.model.RateLimit;
import java.time.Duration;

/** {@code policy.tracery.io/v1alpha1} RateLimit, and the same said of a sidecar's own port. */
final class RateLimitReader {

    private static final int MOST_REQUESTS = 1_000_000_000;
    private static final Duration LONGEST = Duration.ofDays(1);

    /** Proxies count in nanoseconds; more often than this they would count with an error. */
    private static final int MOST_PER_MILLISECOND = 1_000;

    private RateLimitReader() {}

    static RateLimit read(Fields spec) {
        int requests = spec.number("requests", 1, MOST_REQUESTS);
        Duration per = spec.has("per") ? HttpRouteReader.duration(spec, "per") : Duration.ofSeconds(1);
        if (!per.isPositive() || per.compareTo(LONGEST) > 0) {
            spec.problem("per", "is more than nothing and at most 24h");
        } else if (requests > per.toMillis() * MOST_PER_MILLISECOND) {
            spec.problem("requests", "is at most 1000 for each millisecond of per");
        }
        return new RateLimit(requests, per, spec.number("burst", requests, 1, MOST_REQUESTS));
    }
}
