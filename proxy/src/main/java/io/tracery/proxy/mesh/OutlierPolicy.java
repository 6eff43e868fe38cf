package io.tracery.proxy.mesh;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When an endpoint that keeps failing is left out for a while (Envoy's {@code outlier_detection}). Of all counts 0 means
 * that they do not count.
 *
 * @param consecutive5xx answers of 500 and above in a row, failures to get an answer among them unless they are counted
 *     apart
 * @param consecutiveGatewayFailures answers of 502, 503 and 504 in a row, and failures to get an answer likewise
 * @param consecutiveLocalFailures failures to get an answer in a row: refused, timed out, reset; above 0 they are counted
 *     apart (Envoy's {@code split_external_local_origin_errors})
 * @param successRate least share of successes, or null
 * @param interval the success rate's window, and how long an endpoint must hold out for one ejection to be forgotten
 * @param ejection how long, and how many
 */
public record OutlierPolicy(
        int consecutive5xx,
        int consecutiveGatewayFailures,
        int consecutiveLocalFailures,
        @Nullable SuccessRate successRate,
        Duration interval,
        Ejection ejection) {

    /**
     * @param minimum share of successes below which an endpoint is left out, 0 to 1
     * @param requests fewer than these in the window say nothing
     */
    public record SuccessRate(double minimum, int requests) {}

    /**
     * @param base the first ejection's time; the n-th in a row takes n times as long
     * @param longest bound of that
     * @param jitter up to this is added by chance, so that not all proxies come back at once
     * @param mostPercent share of the endpoints that may be out at once; one always may
     */
    public record Ejection(Duration base, Duration longest, Duration jitter, int mostPercent) {

        /** Envoy's. */
        public static final Ejection DEFAULT =
                new Ejection(Duration.ofSeconds(30), Duration.ofMinutes(5), Duration.ZERO, 10);

        public Ejection {
            if (!base.isPositive() || longest.compareTo(base) < 0 || jitter.isNegative()) {
                throw new IllegalArgumentException(
                        "an ejection takes " + base + ", at most " + longest + ", and up to " + jitter + " more");
            }
        }
    }

    public OutlierPolicy {
        if (!interval.isPositive()) {
            throw new IllegalArgumentException("an interval is above zero, not " + interval);
        }
    }
}
