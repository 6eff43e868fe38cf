package io.tracery.proxy.balance;

import io.tracery.proxy.mesh.Endpoint;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Power of two choices over peak-EWMA cost: of two random endpoints the cheaper one. Near the best choice at constant
 * effort, and no herd runs to the endpoint that looks best (Mitzenmacher 2001; Finagle's {@code P2CPeakEwma}).
 */
public final class PeakEwma implements LoadBalancer {

    /** What an endpoint that was never asked is taken to need: Linkerd's default. */
    public static final Duration DEFAULT_LATENCY = Duration.ofMillis(30);

    /** How fast what was seen fades: Linkerd's default. */
    public static final Duration DEFAULT_DECAY = Duration.ofSeconds(10);

    private final RandomGenerator random;
    private final LongSupplier clock;
    private final long latencyNanos;
    private final long decayNanos;
    private final Map<InetSocketAddress, EndpointLoad> known = new HashMap<>();
    private EndpointLoad[] loads = {};

    /** @param clock nanoseconds, the same as the callers' */
    public PeakEwma(RandomGenerator random, LongSupplier clock, Duration initialLatency, Duration decay) {
        this.random = random;
        this.clock = clock;
        this.latencyNanos = initialLatency.toNanos();
        this.decayNanos = decay.toNanos();
    }

    @Override
    public void endpoints(List<Endpoint> endpoints) {
        Map<InetSocketAddress, EndpointLoad> next = new HashMap<>();
        EndpointLoad[] inForce = new EndpointLoad[endpoints.size()];
        int count = 0;
        for (Endpoint endpoint : endpoints) {
            EndpointLoad load = known.get(endpoint.address());
            if (load == null) {
                load = new EndpointLoad(endpoint, latencyNanos, decayNanos, clock.getAsLong());
            } else {
                load.endpoint(endpoint);
            }
            next.put(endpoint.address(), load);
            inForce[count++] = load;
        }
        known.clear();
        known.putAll(next);
        loads = inForce;
    }

    @Override
    public @Nullable Pick pick(@Nullable EndpointLoad avoid, long nowNanos) {
        int size = loads.length;
        if (size == 0) {
            return null;
        }
        if (size == 1) {
            return new Pick(loads[0], loads[0].costMillis(nowNanos), null, 0);
        }
        int first = random.nextInt(size);
        int second = random.nextInt(size - 1);
        if (second >= first) {
            second++;
        }
        EndpointLoad one = loads[first];
        EndpointLoad two = loads[second];
        double oneCost = one.costMillis(nowNanos);
        double twoCost = two.costMillis(nowNanos);
        boolean oneWins = two == avoid || (one != avoid && oneCost <= twoCost);
        return oneWins ? new Pick(one, oneCost, two, twoCost) : new Pick(two, twoCost, one, oneCost);
    }

    @Override
    public List<EndpointLoad> loads() {
        return List.of(loads);
    }
}
