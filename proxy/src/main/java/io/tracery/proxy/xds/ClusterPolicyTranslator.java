package io.tracery.proxy.xds;

import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers.Thresholds;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.OutlierDetection;
import io.envoyproxy.envoy.config.core.v3.RoutingPriority;
import io.tracery.proxy.mesh.AdaptiveConcurrency;
import io.tracery.proxy.mesh.Balancer;
import io.tracery.proxy.mesh.Balancer.SlowStart;
import io.tracery.proxy.mesh.CircuitLimits;
import io.tracery.proxy.mesh.ClusterPolicy;
import io.tracery.proxy.mesh.ClusterPolicy.Zones;
import io.tracery.proxy.mesh.LatencyModel;
import io.tracery.proxy.mesh.OutlierPolicy;
import io.tracery.proxy.mesh.OutlierPolicy.Ejection;
import io.tracery.proxy.mesh.OutlierPolicy.SuccessRate;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What Envoy's {@code Cluster} says of balancing and protection. Envoy has no peak-EWMA, and its own default is not said on
 * the wire: {@code LEAST_REQUEST} without a {@code choice_count} and {@code ROUND_ROBIN} without a {@code
 * round_robin_lb_config} mean P2C peak-EWMA here.
 */
final class ClusterPolicyTranslator {

    private static final int ENFORCED = 100;

    private ClusterPolicyTranslator() {}

    static ClusterPolicy translate(String resource, Cluster cluster) throws InvalidResource {
        try {
            return new ClusterPolicy(
                    balancer(resource, cluster),
                    latency(resource, cluster),
                    slowStart(resource, cluster),
                    zones(resource, cluster),
                    cluster.hasOutlierDetection() ? outliers(resource, cluster.getOutlierDetection()) : null,
                    cluster.getCommonLbConfig().hasHealthyPanicThreshold()
                            ? (int) cluster.getCommonLbConfig()
                                    .getHealthyPanicThreshold()
                                    .getValue()
                            : ClusterPolicy.DEFAULT_PANIC_PERCENT,
                    limits(resource, cluster));
        } catch (IllegalArgumentException e) {
            throw new InvalidResource(resource, String.valueOf(e.getMessage()));
        }
    }

    private static Balancer balancer(String resource, Cluster cluster) throws InvalidResource {
        return switch (cluster.getLbPolicy()) {
            case LEAST_REQUEST ->
                cluster.getLeastRequestLbConfig().hasChoiceCount()
                        ? new Balancer.LeastRequest(cluster.getLeastRequestLbConfig()
                                .getChoiceCount()
                                .getValue())
                        : new Balancer.PeakEwma();
            case ROUND_ROBIN -> cluster.hasRoundRobinLbConfig() ? new Balancer.RoundRobin() : new Balancer.PeakEwma();
            case RANDOM -> new Balancer.Random();
            case RING_HASH -> {
                Cluster.RingHashLbConfig ring = cluster.getRingHashLbConfig();
                int least = ring.hasMinimumRingSize()
                        ? size(ring.getMinimumRingSize().getValue())
                        : Balancer.RingHash.DEFAULT_MINIMUM;
                int most = ring.hasMaximumRingSize()
                        ? size(ring.getMaximumRingSize().getValue())
                        : Math.max(least, Balancer.RingHash.DEFAULT_MAXIMUM);
                yield new Balancer.RingHash(least, most);
            }
            case MAGLEV ->
                new Balancer.Maglev(
                        cluster.getMaglevLbConfig().hasTableSize()
                                ? size(cluster.getMaglevLbConfig()
                                        .getTableSize()
                                        .getValue())
                                : Balancer.Maglev.DEFAULT_SIZE);
            case CLUSTER_PROVIDED, LOAD_BALANCING_POLICY_CONFIG, UNRECOGNIZED ->
                throw new InvalidResource(
                        resource,
                        "lb_policy " + cluster.getLbPolicy() + " is not supported; LEAST_REQUEST, ROUND_ROBIN, RANDOM, "
                                + "RING_HASH and MAGLEV are");
        };
    }

    /** Too large a number becomes one that the record refuses. */
    private static int size(long value) {
        return value < 0 || value > Integer.MAX_VALUE ? Integer.MAX_VALUE : (int) value;
    }

    /** What Envoy has no field for stands in our metadata. */
    private static LatencyModel latency(String resource, Cluster cluster) throws InvalidResource {
        LatencyModel usual = LatencyModel.DEFAULT;
        String penalize = XdsTypes.metadata(cluster.getMetadata(), "peak_ewma_penalize");
        Set<Integer> statuses = new HashSet<>();
        for (String status : penalize.isEmpty() ? new String[0] : penalize.split(",")) {
            statuses.add(Integer.valueOf(status));
        }
        String initial = XdsTypes.metadata(cluster.getMetadata(), "peak_ewma_initial");
        return new LatencyModel(
                duration(resource, cluster, "peak_ewma_initial", usual.initial()),
                duration(resource, cluster, "peak_ewma_decay", usual.decay()),
                duration(resource, cluster, "peak_ewma_penalty", usual.penalty()),
                initial.isEmpty() ? usual.penalizedStatuses() : statuses);
    }

    private static Duration duration(String resource, Cluster cluster, String key, Duration fallback)
            throws InvalidResource {
        String text = XdsTypes.metadata(cluster.getMetadata(), key);
        try {
            return text.isEmpty() ? fallback : Duration.parse(text);
        } catch (DateTimeParseException e) {
            throw new InvalidResource(resource, "metadata " + key + " is a duration such as PT0.03S, not " + text);
        }
    }

    private static SlowStart slowStart(String resource, Cluster cluster) throws InvalidResource {
        Cluster.SlowStartConfig config = cluster.hasLeastRequestLbConfig()
                ? cluster.getLeastRequestLbConfig().getSlowStartConfig()
                : cluster.getRoundRobinLbConfig().getSlowStartConfig();
        if (!config.hasSlowStartWindow()) {
            return SlowStart.NONE;
        }
        return new SlowStart(
                XdsTypes.duration(resource, config.getSlowStartWindow()),
                config.hasAggression() ? config.getAggression().getDefaultValue() : SlowStart.NONE.aggression(),
                config.hasMinWeightPercent()
                        ? config.getMinWeightPercent().getValue() / 100
                        : SlowStart.NONE.minimumShare());
    }

    private static Zones zones(String resource, Cluster cluster) throws InvalidResource {
        Cluster.CommonLbConfig.ZoneAwareLbConfig config =
                cluster.getCommonLbConfig().getZoneAwareLbConfig();
        if (!config.hasRoutingEnabled() || config.getRoutingEnabled().getValue() == ENFORCED) {
            return Zones.NEAR_FIRST;
        }
        if (config.getRoutingEnabled().getValue() == 0) {
            return Zones.ALL_ALIKE;
        }
        throw new InvalidResource(resource, "zone_aware_lb_config.routing_enabled is 0 or 100 here");
    }

    private static OutlierPolicy outliers(String resource, OutlierDetection from) throws InvalidResource {
        if (from.getEnforcingSuccessRate().getValue() != 0
                || from.getEnforcingLocalOriginSuccessRate().getValue() != 0) {
            throw new InvalidResource(
                    resource,
                    "outlier_detection.enforcing_success_rate compares endpoints with each other, which is not supported; "
                            + "failure_percentage_threshold is");
        }
        boolean apart = from.getSplitExternalLocalOriginErrors();
        SuccessRate rate = enforced(
                        resource,
                        "failure_percentage",
                        from.hasEnforcingFailurePercentage(),
                        from.getEnforcingFailurePercentage(),
                        0)
                ? new SuccessRate(
                        1 - or(from.hasFailurePercentageThreshold(), from.getFailurePercentageThreshold(), 85) / 100.0,
                        or(from.hasFailurePercentageRequestVolume(), from.getFailurePercentageRequestVolume(), 50))
                : null;
        if (rate != null
                && or(from.hasFailurePercentageMinimumHosts(), from.getFailurePercentageMinimumHosts(), 5) != 1) {
            throw new InvalidResource(
                    resource,
                    "outlier_detection.failure_percentage_minimum_hosts is 1 here: each endpoint stands for itself");
        }
        return new OutlierPolicy(
                enforced(
                                resource,
                                "consecutive_5xx",
                                from.hasEnforcingConsecutive5Xx(),
                                from.getEnforcingConsecutive5Xx(),
                                100)
                        ? or(from.hasConsecutive5Xx(), from.getConsecutive5Xx(), 5)
                        : 0,
                enforced(
                                resource,
                                "consecutive_gateway_failure",
                                from.hasEnforcingConsecutiveGatewayFailure(),
                                from.getEnforcingConsecutiveGatewayFailure(),
                                0)
                        ? or(from.hasConsecutiveGatewayFailure(), from.getConsecutiveGatewayFailure(), 5)
                        : 0,
                apart
                                && enforced(
                                        resource,
                                        "consecutive_local_origin_failure",
                                        from.hasEnforcingConsecutiveLocalOriginFailure(),
                                        from.getEnforcingConsecutiveLocalOriginFailure(),
                                        100)
                        ? or(from.hasConsecutiveLocalOriginFailure(), from.getConsecutiveLocalOriginFailure(), 5)
                        : 0,
                rate,
                from.hasInterval() ? XdsTypes.duration(resource, from.getInterval()) : Duration.ofSeconds(10),
                ejection(resource, from));
    }

    private static Ejection ejection(String resource, OutlierDetection from) throws InvalidResource {
        Ejection usual = Ejection.DEFAULT;
        Duration base =
                from.hasBaseEjectionTime() ? XdsTypes.duration(resource, from.getBaseEjectionTime()) : usual.base();
        return new Ejection(
                base,
                from.hasMaxEjectionTime()
                        ? XdsTypes.duration(resource, from.getMaxEjectionTime())
                        : base.compareTo(usual.longest()) > 0 ? base : usual.longest(),
                from.hasMaxEjectionTimeJitter()
                        ? XdsTypes.duration(resource, from.getMaxEjectionTimeJitter())
                        : usual.jitter(),
                Math.min(100, or(from.hasMaxEjectionPercent(), from.getMaxEjectionPercent(), usual.mostPercent())));
    }

    /** Envoy enforces by chance with a percentage; here a detector is on or off. */
    private static boolean enforced(String resource, String detector, boolean said, UInt32Value percent, int otherwise)
            throws InvalidResource {
        int value = or(said, percent, otherwise);
        if (value != 0 && value != ENFORCED) {
            throw new InvalidResource(
                    resource, "outlier_detection.enforcing_" + detector + " is 0 or 100 here, not " + value);
        }
        return value == ENFORCED;
    }

    private static int or(boolean said, UInt32Value value, int otherwise) {
        return said ? size(Integer.toUnsignedLong(value.getValue())) : otherwise;
    }

    private static CircuitLimits limits(String resource, Cluster cluster) throws InvalidResource {
        @Nullable Thresholds found = null;
        for (Thresholds thresholds : cluster.getCircuitBreakers().getThresholdsList()) {
            if (thresholds.getPriority() != RoutingPriority.DEFAULT || found != null) {
                throw new InvalidResource(resource, "circuit_breakers has one entry here, of priority DEFAULT");
            }
            found = thresholds;
        }
        AdaptiveConcurrency adaptive = adaptive(resource, cluster);
        CircuitLimits usual = CircuitLimits.NONE;
        if (found == null) {
            found = Thresholds.newBuilder()
                    .setMaxConnections(UInt32Value.of(usual.maxConnections()))
                    .build();
        }
        return new CircuitLimits(
                or(found.hasMaxConnections(), found.getMaxConnections(), usual.maxConnections()),
                or(found.hasMaxPendingRequests(), found.getMaxPendingRequests(), usual.maxPending()),
                or(found.hasMaxRequests(), found.getMaxRequests(), usual.maxRequests()),
                or(found.hasMaxRetries(), found.getMaxRetries(), usual.maxRetries()),
                adaptive);
    }

    /** Envoy has a filter for it on listeners; here it is the cluster's, so that it stands where requests are counted. */
    private static @Nullable AdaptiveConcurrency adaptive(String resource, Cluster cluster) throws InvalidResource {
        String most = XdsTypes.metadata(cluster.getMetadata(), "concurrency_most");
        if (most.isEmpty()) {
            return null;
        }
        try {
            return new AdaptiveConcurrency(
                    Integer.parseInt(XdsTypes.metadata(cluster.getMetadata(), "concurrency_least")),
                    Integer.parseInt(most),
                    XdsTypes.metadata(cluster.getMetadata(), "concurrency_critical_paths", " "),
                    XdsTypes.metadata(cluster.getMetadata(), "concurrency_priority_header"));
        } catch (NumberFormatException e) {
            throw new InvalidResource(resource, "metadata concurrency_least and concurrency_most are whole numbers");
        }
    }
}
