package io.tracery.proxy.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.proxy.balance.ClusterBalancer.Surroundings;
import io.tracery.proxy.mesh.Balancer;
import io.tracery.proxy.mesh.Balancer.SlowStart;
import io.tracery.proxy.mesh.ClusterPolicy;
import io.tracery.proxy.mesh.ClusterPolicy.Zones;
import io.tracery.proxy.mesh.Endpoint;
import io.tracery.proxy.mesh.LatencyModel;
import io.tracery.proxy.mesh.OutlierPolicy;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What any balancer of ours must do, whatever it chooses by. */
abstract class LoadBalancerContract {

    static final long SEED = 20;
    static final long MILLI = 1_000_000;
    static final long SECOND = 1000 * MILLI;

    static final OutlierPolicy FIVE_IN_A_ROW = new OutlierPolicy(
            5,
            0,
            0,
            null,
            Duration.ofSeconds(10),
            new OutlierPolicy.Ejection(Duration.ofSeconds(30), Duration.ofMinutes(5), Duration.ZERO, 50));

    /** The balancer's clock, moved by hand. */
    final long[] now = {1};

    private long requests;

    abstract Balancer kind();

    LoadBalancer balancer(@Nullable OutlierPolicy outliers) {
        ClusterPolicy policy = new ClusterPolicy(
                kind(),
                LatencyModel.DEFAULT,
                SlowStart.NONE,
                Zones.NEAR_FIRST,
                outliers,
                ClusterPolicy.DEFAULT_PANIC_PERCENT,
                ClusterPolicy.DEFAULT.limits());
        return new ClusterBalancer(
                "test", policy, new Surroundings("", new SplittableRandom(SEED), () -> now[0], EjectionObserver.NONE));
    }

    LoadBalancer balancer(Endpoint... endpoints) {
        LoadBalancer balancer = balancer((OutlierPolicy) null);
        balancer.endpoints(List.of(endpoints));
        return balancer;
    }

    @Test
    void picksNobodyWhereThereIsNobody() {
        assertThat(balancer().pick(null, 1, now[0])).isNull();
    }

    @Test
    void picksTheOnlyOneWithoutAnAlternativeEvenIfItIsToBeAvoided() {
        LoadBalancer balancer = balancer(Endpoints.of(1));
        Pick pick = pick(balancer, balancer.loads().getFirst());
        assertThat(pick.chosen().endpoint()).isEqualTo(Endpoints.of(1));
        assertThat(pick.other()).isNull();
    }

    @Test
    void asksEveryoneWhenAllAreEqual() {
        LoadBalancer balancer = balancer(Endpoints.many(5));
        Map<EndpointLoad, Integer> asked = serve(balancer, 5000);
        assertThat(asked).hasSize(5);
        assertThat(asked.values()).allMatch(count -> count > 600 && count < 1400);
    }

    @Test
    void sendsToEachAsItsWeightSays() {
        LoadBalancer balancer = balancer(Endpoints.of(1, 1), Endpoints.of(2, 4));
        assertThat(serve(balancer, 5000).getOrDefault(load(balancer, 2), 0)).isBetween(3600, 4400);
    }

    @Test
    void avoidsTheOneThatJustFailedWhileThereIsAnother() {
        LoadBalancer balancer = balancer(Endpoints.of(1), Endpoints.of(2), Endpoints.of(3, 7));
        for (EndpointLoad failed : balancer.loads()) {
            for (int i = 0; i < 200; i++) {
                assertThat(pick(balancer, failed).chosen()).isNotEqualTo(failed);
            }
        }
    }

    @Test
    void remembersWhomItKnowsWhenOthersComeAndGo() {
        LoadBalancer balancer = balancer(Endpoints.many(2));
        load(balancer, 1).started();
        load(balancer, 1).failed(MILLI, now[0]);
        double cost = load(balancer, 1).costMillis(now[0]);
        balancer.endpoints(List.of(Endpoints.of(1), Endpoints.of(3)));
        assertThat(balancer.loads()).hasSize(2);
        assertThat(load(balancer, 1).costMillis(now[0])).isEqualTo(cost);
        assertThat(load(balancer, 3).costMillis(now[0])).isLessThan(cost);
    }

    @Test
    void leavesOutOneThatKeepsFailing() {
        LoadBalancer balancer = ejecting(1);
        assertThat(balancer.leftOut()).isEqualTo(1);
        assertThat(serve(balancer, 1000)).doesNotContainKey(load(balancer, 1)).hasSize(3);
    }

    @Test
    void sendsOneRequestToFindOutWhetherItHasRecovered() {
        LoadBalancer balancer = ejecting(1);
        now[0] += 30 * SECOND;
        EndpointLoad ejected = load(balancer, 1);
        Pick probe = pickOf(balancer, ejected);
        assertThat(probe.reason()).isEqualTo(Pick.Reason.PROBE);
        ejected.started();
        // While nobody knows, nobody else goes there.
        assertThat(serve(balancer, 1000)).doesNotContainKey(ejected);

        ejected.answered(200, MILLI, 0, now[0]);
        assertThat(balancer.leftOut()).isZero();
        now[0] += 20 * SECOND;
        assertThat(serve(balancer, 1000)).containsKey(ejected);
    }

    @Test
    void leavesItOutForLongerWhenItHasNotRecovered() {
        LoadBalancer balancer = ejecting(1);
        now[0] += 30 * SECOND;
        EndpointLoad ejected = load(balancer, 1);
        pickOf(balancer, ejected);
        ejected.started();
        ejected.failed(MILLI, now[0]);
        assertThat(ejected.ejectedFor()).isEqualTo(EjectionReason.PROBE_FAILED);

        now[0] += 59 * SECOND;
        assertThat(serve(balancer, 200)).doesNotContainKey(ejected);
        now[0] += 2 * SECOND;
        assertThat(pickOf(balancer, ejected).reason()).isEqualTo(Pick.Reason.PROBE);
    }

    @Test
    void probesAgainWhenTheClientOfAProbeGoesAway() {
        LoadBalancer balancer = ejecting(1);
        now[0] += 30 * SECOND;
        EndpointLoad ejected = load(balancer, 1);
        pickOf(balancer, ejected);
        ejected.started();
        ejected.abandoned();
        assertThat(pickOf(balancer, ejected).reason()).isEqualTo(Pick.Reason.PROBE);
    }

    @Test
    void usesEveryoneWhenTooManyFail() {
        LoadBalancer balancer = balancer(new OutlierPolicy(
                1,
                0,
                0,
                null,
                Duration.ofSeconds(10),
                new OutlierPolicy.Ejection(Duration.ofSeconds(30), Duration.ofMinutes(5), Duration.ZERO, 100)));
        balancer.endpoints(List.of(Endpoints.many(4)));
        for (int port = 1; port <= 3; port++) {
            fail(load(balancer, port), 1);
        }
        assertThat(balancer.leftOut()).isEqualTo(3);
        // By now their failures are forgiven as far as cost goes.
        now[0] += 29 * SECOND;
        assertThat(serve(balancer, 4000)).hasSize(4);
    }

    /** Four endpoints of which that one has just been ejected. */
    private LoadBalancer ejecting(int port) {
        LoadBalancer balancer = balancer(FIVE_IN_A_ROW);
        balancer.endpoints(List.of(Endpoints.many(4)));
        fail(load(balancer, port), 5);
        assertThat(load(balancer, port).ejectedFor()).isEqualTo(EjectionReason.CONSECUTIVE_5XX);
        return balancer;
    }

    private void fail(EndpointLoad load, int times) {
        for (int i = 0; i < times; i++) {
            load.started();
            load.failed(MILLI, now[0]);
        }
    }

    /** The pick that falls on that one, of at most as many as it takes each hash to come by. */
    private Pick pickOf(LoadBalancer balancer, EndpointLoad wanted) {
        for (int i = 0; i < 1000; i++) {
            Pick pick = pick(balancer, null);
            if (pick.chosen().equals(wanted)) {
                return pick;
            }
        }
        throw new AssertionError(wanted.key() + " was not picked");
    }

    /** One request after the other, each by another client. */
    Map<EndpointLoad, Integer> serve(LoadBalancer balancer, int count) {
        Map<EndpointLoad, Integer> asked = new HashMap<>();
        for (int i = 0; i < count; i++) {
            EndpointLoad chosen = pick(balancer, null).chosen();
            chosen.started();
            chosen.answered(200, 10 * MILLI, 0, now[0]);
            asked.merge(chosen, 1, Integer::sum);
        }
        return asked;
    }

    Pick pick(LoadBalancer balancer, @Nullable EndpointLoad avoid) {
        return Objects.requireNonNull(balancer.pick(avoid, Hashing.of("client " + requests++), now[0]));
    }

    static EndpointLoad load(LoadBalancer balancer, int port) {
        return balancer.loads().stream()
                .filter(load -> load.endpoint().address().getPort() == port)
                .findFirst()
                .orElseThrow();
    }
}
