package io.tracery.proxy.balance;

import io.tracery.proxy.mesh.Balancer;
import io.tracery.proxy.mesh.ClusterPolicy;
import io.tracery.proxy.mesh.ClusterPolicy.Zones;
import io.tracery.proxy.mesh.Endpoint;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The balancer of one cluster on one event loop: who may be asked at all (ejections), who is near (zones), who is new (slow
 * start); whom of those is its {@link Chooser}'s choice.
 *
 * <p>Zones: a request stays with the near endpoints unless the one chosen there costs more than {@value #CLEARLY} times what
 * one of the others costs, whose latency is taken to be no less than an unknown endpoint's. An endpoint far away is
 * therefore asked when the near ones are few, failing or slow, and seldom otherwise.
 */
public final class ClusterBalancer implements LoadBalancer {

    /** How many times the cost of an endpoint elsewhere is not yet clearly slower. */
    static final double CLEARLY = 2;

    private static final int MOST_REDRAWS = 3;

    private final ClusterPolicy policy;
    private final String ownZone;
    private final RandomGenerator random;
    private final LongSupplier clock;
    private final CostModel model;
    private final @Nullable OutlierDetector outliers;
    private final Chooser near;
    private final Chooser far;
    private final Map<InetSocketAddress, EndpointLoad> known = new HashMap<>();
    private final double alwaysNearMillis;
    private final boolean byHash;

    private EndpointLoad[] loads = {};
    private boolean split;
    private long slowUntilNanos;

    /**
     * What a balancer knows of where it works.
     *
     * @param ownZone the proxy's own, empty when unknown
     * @param clock nanoseconds, the same as the callers'
     */
    public record Surroundings(
            String ownZone, RandomGenerator random, LongSupplier clock, EjectionObserver ejections) {}

    /** @param name the cluster's */
    public ClusterBalancer(String name, ClusterPolicy policy, Surroundings around) {
        this.policy = policy;
        this.byHash = policy.balancer().byHash();
        this.ownZone = policy.zones() == Zones.NEAR_FIRST ? around.ownZone() : "";
        this.random = around.random();
        this.clock = around.clock();
        this.model = new CostModel(policy.latency(), policy.slowStart());
        this.outliers = policy.outliers() == null
                ? null
                : new OutlierDetector(name, policy.outliers(), random, around.ejections(), this::arrange);
        this.near = chooser(policy.balancer(), random);
        this.far = chooser(policy.balancer(), random);
        this.alwaysNearMillis = CLEARLY * policy.latency().initial().toNanos() / 1e6;
        this.slowUntilNanos = clock.getAsLong();
    }

    private static Chooser chooser(Balancer balancer, RandomGenerator random) {
        return switch (balancer) {
            case Balancer.PeakEwma() -> new PowerOfChoices(random, EndpointLoad::costMillis, 2);
            case Balancer.LeastRequest least ->
                new PowerOfChoices(random, (load, now) -> load.active(), least.choices());
            case Balancer.RoundRobin() -> new TurnTaking(random, TurnTaking.Order.ROUND);
            case Balancer.Random() -> new TurnTaking(random, TurnTaking.Order.CHANCE);
            case Balancer.RingHash ring -> new HashTable(random, new Ring(ring));
            case Balancer.Maglev maglev -> new HashTable(random, new MaglevTable(maglev));
        };
    }

    @Override
    public void endpoints(List<Endpoint> endpoints) {
        long now = clock.getAsLong();
        Map<InetSocketAddress, EndpointLoad> next = new HashMap<>();
        EndpointLoad[] inForce = new EndpointLoad[endpoints.size()];
        double weights = 0;
        int count = 0;
        for (Endpoint endpoint : endpoints) {
            EndpointLoad load = known.get(endpoint.address());
            if (load == null) {
                load = new EndpointLoad(endpoint, model, outliers, now);
                if (known.isEmpty()) {
                    // The first ones are not new to anybody but this proxy.
                    load.warm(now);
                } else {
                    slowUntilNanos = now + model.slowStartNanos;
                }
            } else {
                load.endpoint(endpoint);
            }
            next.put(endpoint.address(), load);
            weights += endpoint.weight();
            inForce[count++] = load;
        }
        for (EndpointLoad load : inForce) {
            load.share(load.endpoint().weight() * count / weights);
        }
        known.clear();
        known.putAll(next);
        loads = inForce;
        if (byHash) {
            near.over(loads);
        }
        arrange();
    }

    /** Who may be asked, near and far, after endpoints, ejections or probes have changed. */
    private void arrange() {
        int out = 0;
        if (outliers != null) {
            outliers.over(loads);
            out = outliers.ejected();
            slowUntilNanos = clock.getAsLong() + model.slowStartNanos;
        }
        boolean panic = (loads.length - out) * 100L < (long) policy.panicPercent() * loads.length;
        int nearCount = 0;
        int usable = 0;
        for (EndpointLoad load : loads) {
            load.leftOut(!panic && load.health.state() != EndpointHealth.State.IN);
            usable += load.leftOut() ? 0 : 1;
            nearCount += !load.leftOut() && load.endpoint().near(ownZone) ? 1 : 0;
        }
        if (byHash) {
            return;
        }
        split = nearCount > 0 && nearCount < usable;
        EndpointLoad[] here = new EndpointLoad[split ? nearCount : usable];
        EndpointLoad[] elsewhere = new EndpointLoad[split ? usable - nearCount : 0];
        int atHere = 0;
        int atElsewhere = 0;
        for (EndpointLoad load : loads) {
            if (load.leftOut()) {
                continue;
            }
            if (!split || load.endpoint().near(ownZone)) {
                here[atHere++] = load;
            } else {
                elsewhere[atElsewhere++] = load;
            }
        }
        near.over(here);
        far.over(elsewhere);
    }

    @Override
    public @Nullable Pick pick(@Nullable EndpointLoad avoid, long hash, long nowNanos) {
        if (byHash) {
            Pick owner = near.pick(avoid, hash, nowNanos);
            if (outliers != null && owner != null && owner.reason() == Pick.Reason.PROBE) {
                outliers.probing(owner.chosen());
            }
            return owner;
        }
        EndpointLoad probe = outliers == null ? null : outliers.due(loads, avoid, nowNanos);
        if (outliers != null && probe != null) {
            outliers.probing(probe);
            return new Pick(probe, probe.costMillis(nowNanos), null, 0, Pick.Reason.PROBE);
        }
        Pick pick = near.pick(avoid, hash, nowNanos);
        if (pick == null) {
            return null;
        }
        if (split && (pick.costMillis() > alwaysNearMillis || pick.chosen() == avoid)) {
            pick = overflow(pick, avoid, hash, nowNanos);
        }
        return nowNanos - slowUntilNanos < 0 ? sparingTheNew(pick, avoid, nowNanos) : pick;
    }

    private Pick overflow(Pick local, @Nullable EndpointLoad avoid, long hash, long nowNanos) {
        Pick other = far.pick(avoid, hash, nowNanos);
        if (other == null || other.chosen() == avoid) {
            return local;
        }
        if (local.chosen() != avoid
                && local.costMillis() <= CLEARLY * other.chosen().costFromAfarMillis(nowNanos)) {
            return local;
        }
        return new Pick(other.chosen(), other.costMillis(), local.chosen(), local.costMillis(), Pick.Reason.OVERFLOW);
    }

    /** A new endpoint takes what it is given only as often as its share has grown. */
    private Pick sparingTheNew(Pick first, @Nullable EndpointLoad avoid, long nowNanos) {
        Pick pick = first;
        for (int i = 0; i < MOST_REDRAWS; i++) {
            EndpointLoad chosen = pick.chosen();
            double warmth = chosen.warmth(nowNanos);
            if (warmth >= 1 || random.nextDouble() < warmth) {
                return pick;
            }
            EndpointLoad other = pick.other();
            if (other != null && other != avoid && other.warmth(nowNanos) > warmth) {
                return pick.turned(Pick.Reason.SLOW_START);
            }
            Pick again = near.pick(chosen, NO_HASH, nowNanos);
            if (again == null || again.chosen() == avoid) {
                return pick;
            }
            pick = again;
        }
        return pick;
    }

    @Override
    public int leftOut() {
        return outliers == null ? 0 : outliers.ejected();
    }

    @Override
    public List<EndpointLoad> loads() {
        return List.of(loads);
    }
}
