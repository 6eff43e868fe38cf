package io.tracery.proxy.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.proxy.mesh.Endpoint;
import io.tracery.proxy.mesh.Workload;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What any balancer of ours must do. */
abstract class LoadBalancerContract {

    private static final long SEED = 20;
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1000 * MILLI;

    /** The balancer's clock, moved by hand. */
    final long[] now = {1};

    private LoadBalancer balancer = balancer(new SplittableRandom(SEED));

    abstract LoadBalancer balancer(SplittableRandom random);

    @BeforeEach
    void begin() {
        balancer = balancer(new SplittableRandom(SEED));
    }

    @Test
    void picksNobodyWhereThereIsNobody() {
        assertThat(balancer.pick(null, now[0])).isNull();
    }

    @Test
    void picksTheOnlyOneWithoutAnAlternativeEvenIfItIsToBeAvoided() {
        balancer.endpoints(endpoints(1));
        Pick pick = pick(balancer.loads().getFirst());
        assertThat(pick.chosen().endpoint().address().getPort()).isEqualTo(1);
        assertThat(pick.other()).isNull();
    }

    @Test
    void asksEveryoneWhenAllAreEqual() {
        balancer.endpoints(endpoints(5));
        Map<EndpointLoad, Integer> asked = serve(5000, port -> 10 * MILLI);
        assertThat(asked).hasSize(5);
        assertThat(asked.values()).allMatch(count -> count > 600 && count < 1400);
    }

    @Test
    void asksAFastOneMoreOften() {
        balancer.endpoints(endpoints(2));
        Map<EndpointLoad, Integer> asked = serve(1000, port -> port == 1 ? 2 * MILLI : 50 * MILLI);
        assertThat(asked.getOrDefault(load(1), 0)).isGreaterThan(700);
    }

    @Test
    void leavesOneThatFails() {
        balancer.endpoints(endpoints(3));
        int failures = 0;
        for (int i = 0; i < 1000; i++) {
            Pick pick = pick(null);
            pick.chosen().started();
            now[0] += MILLI;
            if (pick.chosen().equals(load(2))) {
                failures++;
                pick.chosen().failed(MILLI / 10, SECOND, now[0]);
            } else {
                pick.chosen().succeeded(MILLI, now[0]);
            }
        }
        // It fails faster than the others answer, and is left all the same.
        assertThat(failures).isLessThan(20);
    }

    @Test
    void comesBackToOneThatFailedInTime() {
        balancer.endpoints(endpoints(2));
        load(1).started();
        load(1).failed(MILLI, SECOND, now[0]);
        Map<EndpointLoad, Integer> later = new HashMap<>();
        for (int i = 0; i < 120; i++) {
            now[0] += SECOND;
            Pick pick = pick(null);
            pick.chosen().started();
            pick.chosen().succeeded(5 * MILLI, now[0]);
            later.merge(pick.chosen(), 1, Integer::sum);
        }
        assertThat(later).containsKey(load(1));
    }

    @Test
    void avoidsTheOneThatJustFailedWhileThereIsAnother() {
        balancer.endpoints(endpoints(3));
        EndpointLoad failed = load(1);
        for (int i = 0; i < 200; i++) {
            assertThat(pick(failed).chosen()).isNotEqualTo(failed);
        }
    }

    @Test
    void sendsMoreToAHeavierOne() {
        balancer.endpoints(List.of(endpoint(1, 1), endpoint(2, 4)));
        List<EndpointLoad> open = new ArrayList<>();
        // Nobody answers: only what is in flight tells them apart.
        for (int i = 0; i < 100; i++) {
            EndpointLoad chosen = pick(null).chosen();
            chosen.started();
            open.add(chosen);
        }
        assertThat(open.stream().filter(load(2)::equals)).hasSizeBetween(75, 85);
    }

    @Test
    void remembersWhomItKnowsWhenOthersComeAndGo() {
        balancer.endpoints(endpoints(2));
        load(1).started();
        load(1).failed(MILLI, SECOND, now[0]);
        double cost = load(1).costMillis(now[0]);
        balancer.endpoints(List.of(endpoint(1, 1), endpoint(3, 1)));
        assertThat(balancer.loads()).hasSize(2);
        assertThat(load(1).costMillis(now[0])).isEqualTo(cost);
        assertThat(load(3).costMillis(now[0])).isLessThan(cost);
    }

    @Test
    void saysWhatItWeighed() {
        balancer.endpoints(endpoints(2));
        Pick pick = pick(null);
        EndpointLoad other = Objects.requireNonNull(pick.other());
        assertThat(other).isNotEqualTo(pick.chosen());
        assertThat(pick.costMillis()).isEqualTo(pick.chosen().costMillis(now[0]));
        assertThat(pick.otherCostMillis()).isEqualTo(other.costMillis(now[0]));
        assertThat(pick.costMillis()).isLessThanOrEqualTo(pick.otherCostMillis());
    }

    private interface Latency {
        long of(int port);
    }

    /** One request after the other. */
    private Map<EndpointLoad, Integer> serve(int requests, Latency latency) {
        Map<EndpointLoad, Integer> asked = new HashMap<>();
        for (int i = 0; i < requests; i++) {
            EndpointLoad chosen = pick(null).chosen();
            long took = latency.of(chosen.endpoint().address().getPort());
            chosen.started();
            now[0] += took;
            chosen.succeeded(took, now[0]);
            asked.merge(chosen, 1, Integer::sum);
        }
        return asked;
    }

    private Pick pick(@org.jspecify.annotations.Nullable EndpointLoad avoid) {
        return Objects.requireNonNull(balancer.pick(avoid, now[0]));
    }

    private EndpointLoad load(int port) {
        return balancer.loads().stream()
                .filter(load -> load.endpoint().address().getPort() == port)
                .findFirst()
                .orElseThrow();
    }

    private static List<Endpoint> endpoints(int count) {
        List<Endpoint> endpoints = new ArrayList<>();
        for (int port = 1; port <= count; port++) {
            endpoints.add(endpoint(port, 1));
        }
        return endpoints;
    }

    private static Endpoint endpoint(int port, int weight) {
        return new Endpoint(InetSocketAddress.createUnresolved("test", port), Workload.UNKNOWN, weight, "");
    }
}
