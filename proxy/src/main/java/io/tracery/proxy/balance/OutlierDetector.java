package io.tracery.proxy.balance;

import io.tracery.proxy.balance.EndpointHealth.State;
import io.tracery.proxy.mesh.OutlierPolicy;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Leaves endpoints of one cluster out that keep failing, and finds out by single requests whether they have recovered. One
 * event loop: each finds out for itself, so that no verdict is handed from thread to thread.
 */
final class OutlierDetector {

    private final String cluster;
    private final OutlierPolicy policy;
    private final long intervalNanos;
    private final RandomGenerator random;
    private final EjectionObserver observer;
    private final Runnable onChange;

    private int endpoints;
    private int ejected;
    private long nextProbeNanos;
    private boolean probesAhead;

    /** @param onChange called after an endpoint was left out or taken back */
    OutlierDetector(
            String cluster,
            OutlierPolicy policy,
            RandomGenerator random,
            EjectionObserver observer,
            Runnable onChange) {
        this.cluster = cluster;
        this.policy = policy;
        this.intervalNanos = policy.interval().toNanos();
        this.random = random;
        this.observer = observer;
        this.onChange = onChange;
    }

    /** Counts anew after the endpoints have changed. */
    void over(EndpointLoad[] loads) {
        endpoints = loads.length;
        ejected = 0;
        for (EndpointLoad load : loads) {
            ejected += load.health.state() == State.IN ? 0 : 1;
        }
        scheduleProbes(loads);
    }

    int ejected() {
        return ejected;
    }

    /** An endpoint whose time is over and that the next request should go to, or null. */
    @Nullable
    EndpointLoad due(EndpointLoad[] loads, @Nullable EndpointLoad avoid, long nowNanos) {
        if (!probesAhead || nowNanos - nextProbeNanos < 0) {
            return null;
        }
        for (EndpointLoad load : loads) {
            if (load != avoid && load.probeDue(nowNanos)) {
                return load;
            }
        }
        return null;
    }

    private void scheduleProbes(EndpointLoad[] loads) {
        probesAhead = false;
        for (EndpointLoad load : loads) {
            if (load.health.state() == State.OUT && (!probesAhead || load.health.untilNanos() - nextProbeNanos < 0)) {
                probesAhead = true;
                nextProbeNanos = load.health.untilNanos();
            }
        }
    }

    void probing(EndpointLoad load) {
        load.health.probe();
        onChange.run();
    }

    void probeAbandoned(EndpointLoad load) {
        load.health.probeAgain();
        onChange.run();
    }

    void answered(EndpointLoad load, int status, long nowNanos) {
        EndpointHealth health = load.health;
        if (status < 500) {
            succeeded(load, nowNanos);
            return;
        }
        if (settled(load, nowNanos)) {
            return;
        }
        health.consecutiveLocalFailures = 0;
        health.consecutive5xx++;
        health.consecutiveGatewayFailures = status >= 502 && status <= 504 ? health.consecutiveGatewayFailures + 1 : 0;
        judge(load, nowNanos);
    }

    void failed(EndpointLoad load, long nowNanos) {
        if (settled(load, nowNanos)) {
            return;
        }
        EndpointHealth health = load.health;
        if (policy.consecutiveLocalFailures() > 0) {
            health.consecutiveLocalFailures++;
        } else {
            health.consecutive5xx++;
            health.consecutiveGatewayFailures++;
        }
        judge(load, nowNanos);
    }

    private void succeeded(EndpointLoad load, long nowNanos) {
        EndpointHealth health = load.health;
        switch (health.state()) {
            case PROBING -> {
                health.takeBack(nowNanos);
                load.cold(nowNanos);
                ejected--;
                observer.returned(cluster, load.endpoint());
                onChange.run();
            }
            case IN -> {
                health.consecutive5xx = 0;
                health.consecutiveGatewayFailures = 0;
                health.consecutiveLocalFailures = 0;
                if (policy.successRate() != null) {
                    window(health, nowNanos).success(nowNanos);
                }
            }
            // A request from before: what it says is old.
            case OUT -> {}
        }
    }

    /** True when a failure needs no further judgement: the endpoint is out, or was on probation. */
    private boolean settled(EndpointLoad load, long nowNanos) {
        if (load.health.state() == State.PROBING) {
            ejected--;
            eject(load, EjectionReason.PROBE_FAILED, nowNanos);
            return true;
        }
        return load.health.state() == State.OUT;
    }

    private void judge(EndpointLoad load, long nowNanos) {
        EndpointHealth health = load.health;
        EjectionReason reason = null;
        OutlierPolicy.SuccessRate rate = policy.successRate();
        if (rate != null) {
            SuccessWindow window = window(health, nowNanos);
            window.failure(nowNanos);
            if (window.requests() >= rate.requests() && window.rate() < rate.minimum()) {
                reason = EjectionReason.SUCCESS_RATE;
            }
        }
        if (reached(health.consecutive5xx, policy.consecutive5xx())) {
            reason = EjectionReason.CONSECUTIVE_5XX;
        } else if (reached(health.consecutiveGatewayFailures, policy.consecutiveGatewayFailures())) {
            reason = EjectionReason.CONSECUTIVE_GATEWAY_FAILURES;
        } else if (reached(health.consecutiveLocalFailures, policy.consecutiveLocalFailures())) {
            reason = EjectionReason.CONSECUTIVE_LOCAL_FAILURES;
        }
        if (reason != null && mayEject()) {
            eject(load, reason, nowNanos);
        }
    }

    private static boolean reached(int count, int bound) {
        return bound > 0 && count >= bound;
    }

    /** One always may be out, unless it is the only one: there is nowhere else to go then. */
    private boolean mayEject() {
        return endpoints > 1
                && (ejected == 0
                        || (ejected + 1L) * 100 <= (long) policy.ejection().mostPercent() * endpoints);
    }

    private void eject(EndpointLoad load, EjectionReason reason, long nowNanos) {
        OutlierPolicy.Ejection ejection = policy.ejection();
        // A failed probe follows its ejection at once: nothing was held out in between.
        int inARow = 1
                + (reason == EjectionReason.PROBE_FAILED
                        ? load.health.ejections(nowNanos, Long.MAX_VALUE)
                        : load.health.ejections(nowNanos, intervalNanos));
        long time = Math.min(
                ejection.longest().toNanos(), Math.multiplyExact(ejection.base().toNanos(), Math.min(inARow, 1000L)));
        if (ejection.jitter().isPositive()) {
            time += random.nextLong(ejection.jitter().toNanos());
        }
        load.health.eject(reason, inARow, nowNanos + time);
        ejected++;
        observer.ejected(cluster, load.endpoint(), reason, time);
        onChange.run();
    }

    private SuccessWindow window(EndpointHealth health, long nowNanos) {
        SuccessWindow window = health.window;
        if (window == null) {
            window = new SuccessWindow(intervalNanos, nowNanos);
            health.window = window;
        }
        return window;
    }
}
