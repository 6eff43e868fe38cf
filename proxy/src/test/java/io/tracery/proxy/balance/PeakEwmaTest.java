package io.tracery.proxy.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.proxy.mesh.Endpoint;
import io.tracery.proxy.mesh.Workload;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class PeakEwmaTest extends LoadBalancerContract {

    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1000 * MILLI;
    private static final Offset<Double> CLOSE = Offset.offset(0.01);

    @Override
    LoadBalancer balancer(SplittableRandom random) {
        return new PeakEwma(random, () -> now[0], PeakEwma.DEFAULT_LATENCY, PeakEwma.DEFAULT_DECAY);
    }

    @Test
    void takesAnUnknownEndpointForAnUsualOne() {
        assertThat(load().costMillis(now[0])).isCloseTo(30, CLOSE);
    }

    @Test
    void risesAtOnceAndFallsSlowly() {
        EndpointLoad load = load();
        load.started();
        load.succeeded(100 * MILLI, now[0]);
        assertThat(load.costMillis(now[0])).isCloseTo(100, CLOSE);

        load.started();
        now[0] += SECOND;
        load.succeeded(10 * MILLI, now[0]);
        // After one second of ten the old value still weighs e^-0.1.
        assertThat(load.costMillis(now[0])).isCloseTo(100 * Math.exp(-0.1) + 10 * (1 - Math.exp(-0.1)), CLOSE);
    }

    @Test
    void costsMoreForEachRequestInFlightAndForgivesNothingMeanwhile() {
        EndpointLoad load = load();
        load.started();
        load.started();
        now[0] += 100 * SECOND;
        assertThat(load.costMillis(now[0])).isCloseTo(90, CLOSE);
        load.abandoned();
        load.abandoned();
        assertThat(load.costMillis(now[0])).isLessThan(1);
    }

    @Test
    void anErrorThatComesFastMakesNobodyLookFaster() {
        EndpointLoad load = load();
        load.started();
        load.succeeded(50 * MILLI, now[0]);
        now[0] += SECOND;
        load.started();
        load.erred(MILLI / 10, now[0]);
        assertThat(load.costMillis(now[0])).isCloseTo(50, CLOSE);
    }

    private EndpointLoad load() {
        LoadBalancer balancer = balancer(new SplittableRandom(1));
        balancer.endpoints(
                List.of(new Endpoint(InetSocketAddress.createUnresolved("test", 1), Workload.UNKNOWN, 1, "")));
        return balancer.loads().getFirst();
    }
}
