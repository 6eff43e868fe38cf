package io.tracery.proxy.mesh;

import java.math.BigInteger;
import java.time.Duration;

/** How a cluster's next endpoint is chosen (Envoy's {@code Cluster.lb_policy}, the endpoint picker of BackendPolicy). */
public sealed interface Balancer {

    /** Of two random endpoints the one with the lower latency times load. */
    record PeakEwma() implements Balancer {}

    /**
     * Of some random endpoints the one with the fewest requests for its weight.
     *
     * @param choices how many are compared, 2 to 100 (Envoy's {@code choice_count})
     */
    record LeastRequest(int choices) implements Balancer {

        public LeastRequest {
            require(choices >= 2 && choices <= 100, "least request compares 2 to 100 endpoints, not " + choices);
        }
    }

    /** One after the other, by weight. */
    record RoundRobin() implements Balancer {}

    /** Any, by weight. */
    record Random() implements Balancer {}

    /**
     * The endpoint that owns the request's hash on a ring (ketama): when an endpoint comes or goes little more than its
     * share moves.
     *
     * @param minimumSize points on the ring, at least; more points spread more evenly (Envoy's
     *     {@code minimum_ring_size})
     * @param maximumSize points on the ring, at most, up to 8,388,608
     */
    record RingHash(int minimumSize, int maximumSize) implements Balancer {

        public static final int DEFAULT_MINIMUM = 1024;
        public static final int DEFAULT_MAXIMUM = 65_536;
        public static final int LARGEST = 8_388_608;

        public RingHash {
            require(
                    minimumSize >= 1 && minimumSize <= maximumSize && maximumSize <= LARGEST,
                    "a ring has 1 to " + LARGEST + " points, not " + minimumSize + " to " + maximumSize);
        }
    }

    /**
     * The endpoint in the hash's slot of a table that all endpoints fill evenly (Eisenbud et al. 2016, "Maglev").
     *
     * @param tableSize slots, a prime, at most 5,000,011 as in Envoy
     */
    record Maglev(int tableSize) implements Balancer {

        public static final int DEFAULT_SIZE = 65_537;
        public static final int LARGEST = 5_000_011;

        public Maglev {
            require(
                    tableSize >= 2
                            && tableSize <= LARGEST
                            && BigInteger.valueOf(tableSize).isProbablePrime(40),
                    "a Maglev table's size is a prime up to " + LARGEST + ", which " + tableSize + " is not");
        }
    }

    /** True where a request's hash decides, not the endpoints' load. */
    default boolean byHash() {
        return this instanceof RingHash || this instanceof Maglev;
    }

    /**
     * How new endpoints get their share.
     *
     * @param window how long it takes to grow to the full share; zero: at once (Envoy's {@code slow_start_window})
     * @param aggression 1 grows in a straight line, more grows faster at first
     * @param minimumShare share of the full share to begin with, 0 to 1
     */
    record SlowStart(Duration window, double aggression, double minimumShare) {

        public static final SlowStart NONE = new SlowStart(Duration.ZERO, 1, 0.1);

        public SlowStart {
            require(!window.isNegative(), "a slow start's window cannot be negative: " + window);
            require(aggression > 0, "a slow start's aggression is above 0, not " + aggression);
            require(minimumShare >= 0 && minimumShare <= 1, "a share is 0 to 1, not " + minimumShare);
        }
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
