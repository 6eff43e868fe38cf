package io.tracery.proxy.mesh;

import io.tracery.proxy.mesh.Balancer.SlowStart;
import org.jspecify.annotations.Nullable;

/**
 * How requests are spread over a cluster's endpoints and what protects them.
 *
 * @param balancer how the next endpoint is chosen
 * @param latency how an endpoint's cost comes about, which is kept whatever chooses
 * @param slowStart how new endpoints get their share
 * @param zones whether endpoints in the proxy's own zone come first
 * @param outliers when an endpoint is left out, or null for never
 * @param panicPercent when fewer endpoints than this share are left in, all are used (Envoy's
 *     {@code healthy_panic_threshold})
 * @param limits what the cluster may hold at once
 */
public record ClusterPolicy(
        Balancer balancer,
        LatencyModel latency,
        SlowStart slowStart,
        Zones zones,
        @Nullable OutlierPolicy outliers,
        int panicPercent,
        CircuitLimits limits) {

    public static final int DEFAULT_PANIC_PERCENT = 50;

    public static final ClusterPolicy DEFAULT = new ClusterPolicy(
            new Balancer.PeakEwma(),
            LatencyModel.DEFAULT,
            SlowStart.NONE,
            Zones.NEAR_FIRST,
            /* outliers= */ null,
            DEFAULT_PANIC_PERCENT,
            CircuitLimits.NONE);

    /** What the proxy's own zone means to it. */
    public enum Zones {
        /** Requests stay in it while that is not clearly slower. */
        NEAR_FIRST,
        /** Nothing. */
        ALL_ALIKE
    }
}
