package io.tracery.controlplane.model;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A {@code policy.tracery.io/v1alpha1} BackendPolicy: how callers spread requests over the endpoints of services, and what
 * protects those.
 *
 * @param targets the services' ports that it is for
 */
public record BackendPolicy(Name name, List<Target> targets, Settings settings) {

    public BackendPolicy {
        targets = List.copyOf(targets);
    }

    /**
     * @param port number of the service's port; 0 for all, unless it is named
     * @param portName name of the service's port, empty for all, unless it is numbered
     */
    public record Target(Name service, int port, String portName) {

        public boolean covers(Service.Port one) {
            return portName.isEmpty() ? port == 0 || port == one.port() : portName.equals(one.name());
        }
    }

    /** Of all parts null means: as where nothing is said. */
    public record Settings(
            Balancer balancer,
            @Nullable SlowStart slowStart,
            @Nullable OutlierDetection outlierDetection,
            @Nullable CircuitBreaker circuitBreaker,
            Http1Travel http1) {

        public static final Settings DEFAULT = new Settings(Balancer.DEFAULT, null, null, null, Http1Travel.AS_HTTP2);
    }

    /** How HTTP/1.1 travels from a caller's sidecar to the service's. */
    public enum Http1Travel {
        AS_HTTP2,
        AS_IT_IS
    }

    /**
     * @param preferOwnZone whether endpoints in a caller's own zone come first
     * @param hashOn what is hashed, the first that a request has counts; only where the algorithm hashes
     */
    public record Balancer(Algorithm algorithm, boolean preferOwnZone, List<HashOn> hashOn) {

        public static final Balancer DEFAULT = new Balancer(Algorithm.PeakEwma.DEFAULT, true, List.of());

        public Balancer {
            hashOn = List.copyOf(hashOn);
        }
    }

    /** How the next endpoint is chosen. */
    public sealed interface Algorithm {

        /**
         * @param initial latency of an endpoint that was never asked
         * @param decay how fast what was seen fades
         * @param penalty what a failure counts as
         * @param penalize statuses that count as failures
         */
        record PeakEwma(Duration initial, Duration decay, Duration penalty, Set<Integer> penalize)
                implements Algorithm {

            public static final PeakEwma DEFAULT =
                    new PeakEwma(Duration.ofMillis(30), Duration.ofSeconds(10), Duration.ofSeconds(5), Set.of(429));

            public PeakEwma {
                penalize = Set.copyOf(penalize);
            }
        }

        record LeastRequest(int choices) implements Algorithm {}

        record RoundRobin() implements Algorithm {}

        record Random() implements Algorithm {}

        record RingHash(int minimumSize, int maximumSize) implements Algorithm {}

        record Maglev(int tableSize) implements Algorithm {}
    }

    /** What of a request is hashed. */
    public sealed interface HashOn {

        record Header(String name) implements HashOn {}

        /**
         * @param ttl how long a cookie lasts that the proxy gives to a client without one; zero: until the client's session
         *     ends; null: it gives none
         */
        record Cookie(String name, String path, @Nullable Duration ttl) implements HashOn {}

        record SourceAddress() implements HashOn {}
    }

    /** @param minimumPercent of the full share to begin with */
    public record SlowStart(Duration window, double aggression, int minimumPercent) {}

    /** Of counts 0 means that they do not count. */
    public record OutlierDetection(
            int consecutive5xx,
            int consecutiveGatewayFailures,
            int consecutiveLocalFailures,
            @Nullable SuccessRate successRate,
            Duration interval,
            Ejection ejection) {}

    /** @param minimumPercent of requests that must succeed */
    public record SuccessRate(int minimumPercent, int requests) {}

    /** @param panicPercent when fewer endpoints are left in, all are used */
    public record Ejection(Duration base, Duration longest, Duration jitter, int mostPercent, int panicPercent) {}

    /** 0 for what is not limited. */
    public record CircuitBreaker(int maxConnections, int maxPending, int maxRequests, int maxRetries) {}
}
