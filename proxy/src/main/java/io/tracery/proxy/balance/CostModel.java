package io.tracery.proxy.balance;

import io.tracery.proxy.mesh.Balancer.SlowStart;
import io.tracery.proxy.mesh.LatencyModel;
import java.time.Duration;
import java.util.BitSet;

/** A cluster's figures about cost in the form in which requests need them. */
final class CostModel {

    /** Linkerd's bound: nobody keeps an endpoint away for longer by one header. */
    static final long LONGEST_RETRY_AFTER_NANOS = Duration.ofMinutes(5).toNanos();

    final double initialNanos;
    final double decayNanos;
    final long penaltyNanos;
    final long slowStartNanos;

    private final BitSet penalized = new BitSet();
    private final double aggression;
    private final double minimumShare;

    CostModel(LatencyModel latency, SlowStart slowStart) {
        this.initialNanos = latency.initial().toNanos();
        this.decayNanos = latency.decay().toNanos();
        this.penaltyNanos = latency.penalty().toNanos();
        latency.penalizedStatuses().forEach(penalized::set);
        this.slowStartNanos = slowStart.window().toNanos();
        this.aggression = slowStart.aggression();
        this.minimumShare = slowStart.minimumShare();
    }

    boolean penalizes(int status) {
        return penalized.get(status);
    }

    /** Envoy's slow_start_config: (age / window) to the power of 1 / aggression, and no less than the minimum. */
    double warmth(long ageNanos) {
        if (ageNanos >= slowStartNanos) {
            return 1;
        }
        double age = Math.max(0, ageNanos) / (double) slowStartNanos;
        return Math.max(minimumShare, aggression == 1 ? age : Math.pow(age, 1 / aggression));
    }
}
