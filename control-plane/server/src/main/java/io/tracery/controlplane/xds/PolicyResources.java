package io.tracery.controlplane.xds;

import com.google.protobuf.BoolValue;
import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.UInt64Value;
import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.LbPolicy;
import io.envoyproxy.envoy.config.cluster.v3.OutlierDetection;
import io.envoyproxy.envoy.config.core.v3.RuntimeDouble;
import io.envoyproxy.envoy.type.v3.Percent;
import io.tracery.controlplane.model.BackendPolicy;
import io.tracery.controlplane.model.BackendPolicy.Algorithm;
import io.tracery.controlplane.model.BackendPolicy.Settings;
import io.tracery.controlplane.model.BackendPolicy.SlowStart;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * BackendPolicies as fields of Envoy's Cluster. Envoy has no peak-EWMA: there {@code LEAST_REQUEST} without a {@code
 * choice_count} means it to our proxy, and least request to Envoy.
 */
final class PolicyResources {

    private PolicyResources() {}

    /** Pairs of metadata for what Envoy has no field for. */
    static List<String> metadata(Settings settings) {
        List<String> pairs = new ArrayList<>();
        Algorithm.PeakEwma usual = Algorithm.PeakEwma.DEFAULT;
        if (settings.balancer().algorithm() instanceof Algorithm.PeakEwma ewma && !ewma.equals(usual)) {
            pairs.addAll(List.of("peak_ewma_initial", ewma.initial().toString()));
            pairs.addAll(List.of("peak_ewma_decay", ewma.decay().toString()));
            pairs.addAll(List.of("peak_ewma_penalty", ewma.penalty().toString()));
            pairs.addAll(List.of(
                    "peak_ewma_penalize",
                    ewma.penalize().stream()
                            .sorted()
                            .map(status -> Integer.toString(status))
                            .collect(Collectors.joining(","))));
        }
        return pairs;
    }

    static void apply(Cluster.Builder cluster, Settings settings) {
        balancer(cluster, settings);
        Cluster.CommonLbConfig.Builder common = Cluster.CommonLbConfig.newBuilder();
        if (!settings.balancer().preferOwnZone()) {
            common.setZoneAwareLbConfig(
                    Cluster.CommonLbConfig.ZoneAwareLbConfig.newBuilder().setRoutingEnabled(percent(0)));
        }
        BackendPolicy.OutlierDetection outliers = settings.outlierDetection();
        if (outliers != null) {
            common.setHealthyPanicThreshold(percent(outliers.ejection().panicPercent()));
            cluster.setOutlierDetection(outliers(outliers));
        }
        if (!common.build().equals(Cluster.CommonLbConfig.getDefaultInstance())) {
            cluster.setCommonLbConfig(common);
        }
        BackendPolicy.CircuitBreaker breaker = settings.circuitBreaker();
        if (breaker != null) {
            cluster.setCircuitBreakers(CircuitBreakers.newBuilder()
                    .addThresholds(CircuitBreakers.Thresholds.newBuilder()
                            .setMaxConnections(bound(breaker.maxConnections()))
                            .setMaxPendingRequests(bound(breaker.maxPending()))
                            .setMaxRequests(bound(breaker.maxRequests()))
                            .setMaxRetries(bound(breaker.maxRetries()))));
        }
    }

    private static void balancer(Cluster.Builder cluster, Settings settings) {
        Cluster.SlowStartConfig slowStart = slowStart(settings.slowStart());
        switch (settings.balancer().algorithm()) {
            case Algorithm.PeakEwma ignored -> {
                cluster.setLbPolicy(LbPolicy.LEAST_REQUEST);
                if (slowStart != null) {
                    cluster.setLeastRequestLbConfig(
                            Cluster.LeastRequestLbConfig.newBuilder().setSlowStartConfig(slowStart));
                }
            }
            case Algorithm.LeastRequest least -> {
                Cluster.LeastRequestLbConfig.Builder config =
                        Cluster.LeastRequestLbConfig.newBuilder().setChoiceCount(UInt32Value.of(least.choices()));
                if (slowStart != null) {
                    config.setSlowStartConfig(slowStart);
                }
                cluster.setLbPolicy(LbPolicy.LEAST_REQUEST).setLeastRequestLbConfig(config);
            }
            case Algorithm.RoundRobin ignored -> {
                Cluster.RoundRobinLbConfig.Builder config = Cluster.RoundRobinLbConfig.newBuilder();
                if (slowStart != null) {
                    config.setSlowStartConfig(slowStart);
                }
                cluster.setLbPolicy(LbPolicy.ROUND_ROBIN).setRoundRobinLbConfig(config);
            }
            case Algorithm.Random ignored -> cluster.setLbPolicy(LbPolicy.RANDOM);
            case Algorithm.RingHash ring ->
                cluster.setLbPolicy(LbPolicy.RING_HASH)
                        .setRingHashLbConfig(Cluster.RingHashLbConfig.newBuilder()
                                .setMinimumRingSize(UInt64Value.of(ring.minimumSize()))
                                .setMaximumRingSize(UInt64Value.of(ring.maximumSize())));
            case Algorithm.Maglev maglev ->
                cluster.setLbPolicy(LbPolicy.MAGLEV)
                        .setMaglevLbConfig(
                                Cluster.MaglevLbConfig.newBuilder().setTableSize(UInt64Value.of(maglev.tableSize())));
        }
    }

    private static Cluster.@Nullable SlowStartConfig slowStart(@Nullable SlowStart slowStart) {
        return slowStart == null
                ? null
                : Cluster.SlowStartConfig.newBuilder()
                        .setSlowStartWindow(duration(slowStart.window()))
                        .setAggression(RuntimeDouble.newBuilder()
                                .setDefaultValue(slowStart.aggression())
                                .setRuntimeKey("aggression"))
                        .setMinWeightPercent(percent(slowStart.minimumPercent()))
                        .build();
    }

    /** Everything is said: what is not would mean Envoy's defaults, some of which leave endpoints out. */
    private static OutlierDetection outliers(BackendPolicy.OutlierDetection policy) {
        OutlierDetection.Builder outliers = OutlierDetection.newBuilder()
                .setConsecutive5Xx(number(Math.max(1, policy.consecutive5xx())))
                .setEnforcingConsecutive5Xx(enforced(policy.consecutive5xx()))
                .setConsecutiveGatewayFailure(number(Math.max(1, policy.consecutiveGatewayFailures())))
                .setEnforcingConsecutiveGatewayFailure(enforced(policy.consecutiveGatewayFailures()))
                .setEnforcingSuccessRate(number(0))
                .setInterval(duration(policy.interval()))
                .setBaseEjectionTime(duration(policy.ejection().base()))
                .setMaxEjectionTime(duration(policy.ejection().longest()))
                .setMaxEjectionTimeJitter(duration(policy.ejection().jitter()))
                .setMaxEjectionPercent(number(policy.ejection().mostPercent()))
                .setAlwaysEjectOneHost(BoolValue.of(true));
        if (policy.consecutiveLocalFailures() > 0) {
            outliers.setSplitExternalLocalOriginErrors(true)
                    .setConsecutiveLocalOriginFailure(number(policy.consecutiveLocalFailures()))
                    .setEnforcingConsecutiveLocalOriginFailure(number(100))
                    .setEnforcingLocalOriginSuccessRate(number(0));
        }
        BackendPolicy.SuccessRate rate = policy.successRate();
        if (rate != null) {
            outliers.setFailurePercentageThreshold(number(100 - rate.minimumPercent()))
                    .setFailurePercentageRequestVolume(number(rate.requests()))
                    .setFailurePercentageMinimumHosts(number(1))
                    .setEnforcingFailurePercentage(number(100));
        }
        return outliers.build();
    }

    private static UInt32Value enforced(int count) {
        return number(count > 0 ? 100 : 0);
    }

    private static UInt32Value number(int number) {
        return UInt32Value.of(number);
    }

    private static UInt32Value bound(int most) {
        return UInt32Value.of(most == 0 ? Integer.MAX_VALUE : most);
    }

    private static Percent percent(int percent) {
        return Percent.newBuilder().setValue(percent).build();
    }

    private static Duration duration(java.time.Duration duration) {
        return RouteResources.duration(duration);
    }
}
