package io.tracery.proxy.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.proxy.balance.Simulation.Answer;
import io.tracery.proxy.balance.Simulation.Result;
import io.tracery.proxy.mesh.Balancer;
import io.tracery.proxy.mesh.Balancer.SlowStart;
import io.tracery.proxy.mesh.CircuitLimits;
import io.tracery.proxy.mesh.ClusterPolicy;
import io.tracery.proxy.mesh.ClusterPolicy.Zones;
import io.tracery.proxy.mesh.Endpoint;
import io.tracery.proxy.mesh.LatencyModel;
import io.tracery.proxy.mesh.OutlierPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How requests spread in simulated time when one endpoint is slow, failing, new, flapping or far away. */
class SimulationTest {

    private static final Duration WARM_UP = Duration.ofSeconds(20);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    /** Success rate as Linkerd's unified accrual: below 0.8 in 10 s of at least 5 requests. */
    private static final OutlierPolicy UNIFIED = new OutlierPolicy(
            0,
            0,
            0,
            new OutlierPolicy.SuccessRate(0.8, 5),
            Duration.ofSeconds(10),
            new OutlierPolicy.Ejection(Duration.ofSeconds(10), Duration.ofMinutes(5), Duration.ofSeconds(1), 50));

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aSlowOneGetsAFewRequestsByLatencyAndItsShareByRoundRobin(long seed) {
        Result ewma = slow(seed, new Balancer.PeakEwma());
        Result least = slow(seed, new Balancer.LeastRequest(2));
        Result round = slow(seed, new Balancer.RoundRobin());
        assertThat(ewma.share(1)).isLessThan(0.02);
        assertThat(least.share(1)).isBetween(ewma.share(1), 0.12);
        assertThat(round.share(1)).isBetween(0.18, 0.22);
    }

    private static Result slow(long seed, Balancer balancer) {
        Simulation simulation = new Simulation(seed, policy(balancer, null, SlowStart.NONE), Simulation.takes(5))
                .endpoints(Endpoints.many(5))
                .let(1, Simulation.takes(200));
        simulation.run(500, WARM_UP);
        return simulation.run(500, MINUTE);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void oneThatRefusesIsHardlyAskedThoughItIsTheFastest(long seed) {
        Simulation simulation = new Simulation(
                        seed, policy(new Balancer.PeakEwma(), null, SlowStart.NONE), Simulation.takes(5))
                .endpoints(Endpoints.many(5))
                .let(1, (now, inFlight, random) -> Answer.failing(0, 0.1));
        Result result = simulation.run(500, MINUTE);
        // Its cost fades from five seconds to what the others cost in about a minute.
        assertThat(result.failures()).isBetween(1, 5);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void oneThatAnswersWithErrorsIsLeftOut(long seed) {
        List<String> told = new ArrayList<>();
        Simulation simulation = new Simulation(
                        seed,
                        policy(new Balancer.LeastRequest(2), UNIFIED, SlowStart.NONE),
                        "",
                        into(told),
                        Simulation.takes(5))
                .endpoints(Endpoints.many(5))
                .let(1, (now, inFlight, random) -> Answer.failing(random.nextInt(2) == 0 ? 500 : 200, 1));
        Result result = simulation.run(500, MINUTE);
        // Half of what it gets fails: without ejection a tenth of all.
        assertThat(result.failures()).isLessThan(result.total() / 100);
        assertThat(told.getFirst()).isEqualTo("1 success_rate");
        assertThat(result.share(2, 3, 4, 5)).isGreaterThan(0.98);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void oneThatFlapsIsLeftOutForLongerEachTimeAndTakenBackInTheEnd(long seed) {
        List<String> told = new ArrayList<>();
        long broken = Duration.ofMinutes(2).toNanos();
        Simulation simulation = new Simulation(
                        seed,
                        policy(new Balancer.RoundRobin(), UNIFIED, SlowStart.NONE),
                        "",
                        into(told),
                        Simulation.takes(5))
                .endpoints(Endpoints.many(5))
                // Two seconds well, two seconds not, for two minutes.
                .let(
                        1,
                        (now, inFlight, random) ->
                                now < broken && now / Duration.ofSeconds(2).toNanos() % 2 == 1
                                        ? Answer.failing(503, 1)
                                        : Answer.ok(5));
        Result during = simulation.run(200, Duration.ofMinutes(2));
        simulation.run(200, Duration.ofMinutes(3));
        Result after = simulation.run(200, MINUTE);
        // Without ejection a tenth of all requests would fail.
        assertThat(during.failures()).isLessThan(during.total() / 50);
        assertThat(told).hasSizeGreaterThan(3).hasSizeLessThan(40);
        assertThat(after.failures()).isZero();
        assertThat(after.share(1)).isBetween(0.18, 0.22);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void atMostTheAllowedShareIsLeftOut(long seed) {
        Simulation simulation = new Simulation(
                        seed,
                        policy(new Balancer.RoundRobin(), UNIFIED, SlowStart.NONE),
                        (now, inFlight, random) -> Answer.failing(500, 5))
                .endpoints(Endpoints.many(10));
        for (int second = 0; second < 60; second++) {
            simulation.run(200, Duration.ofSeconds(1));
            assertThat(simulation.balancer().leftOut()).isLessThanOrEqualTo(5);
        }
        assertThat(simulation.balancer().leftOut()).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aNewOneGetsItsShareLittleByLittle(long seed) {
        for (Balancer balancer :
                List.of(new Balancer.PeakEwma(), new Balancer.LeastRequest(2), new Balancer.RoundRobin())) {
            Simulation simulation = new Simulation(
                            seed, policy(balancer, null, new SlowStart(MINUTE, 1, 0.1)), Simulation.takes(5))
                    .endpoints(Endpoints.many(4));
            simulation.run(500, WARM_UP);
            simulation.endpoints(Endpoints.many(5));
            double first = simulation.run(500, Duration.ofSeconds(6)).share(5);
            simulation.run(500, Duration.ofSeconds(21));
            double half = simulation.run(500, Duration.ofSeconds(6)).share(5);
            simulation.run(500, MINUTE);
            double whole = simulation.run(500, MINUTE).share(5);
            assertThat(first).as("%s, seed %d, at first", balancer, seed).isBetween(0.0002, 0.06);
            assertThat(half).as("%s, seed %d, half way", balancer, seed).isBetween(0.06, 0.16);
            assertThat(whole).as("%s, seed %d, in the end", balancer, seed).isBetween(0.17, 0.23);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void requestsStayInTheZoneWhileItServesThem(long seed) {
        Simulation simulation = zoned(seed);
        simulation.run(500, WARM_UP);
        Result result = simulation.run(500, MINUTE);
        assertThat(result.share(1, 2)).isGreaterThan(0.99);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void requestsGoWhereTheHintsSayWhateverTheZone(long seed) {
        Simulation simulation = hinted(seed);
        simulation.run(500, WARM_UP);
        assertThat(simulation.run(500, MINUTE).share(3)).isGreaterThan(0.99);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void requestsLeaveAHintedEndpointThatIsSlow(long seed) {
        Simulation simulation = hinted(seed).let(3, Simulation.takes(300));
        simulation.run(500, WARM_UP);
        assertThat(simulation.run(500, MINUTE).share(1, 2)).isGreaterThan(0.8);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void requestsLeaveAZoneThatIsTooSmall(long seed) {
        // Each of the two can serve ten at a time, and takes longer the more there are.
        Simulation.Behaviour crowded = (now, inFlight, random) ->
                Answer.ok(10 * Math.max(1, inFlight / 10.0) * (0.75 + random.nextDouble() / 2));
        Simulation simulation = zoned(seed).let(1, crowded).let(2, crowded);
        simulation.run(3000, WARM_UP);
        Result result = simulation.run(3000, MINUTE);
        assertThat(result.share(3, 4, 5, 6)).isBetween(0.15, 0.75);
        assertThat(result.latencies().stream()
                        .mapToLong(Long::longValue)
                        .average()
                        .orElseThrow())
                .isLessThan(60 * Simulation.MILLI);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void requestsLeaveAZoneThatIsSlow(long seed) {
        Simulation simulation = zoned(seed).let(1, Simulation.takes(300)).let(2, Simulation.takes(300));
        simulation.run(500, WARM_UP);
        assertThat(simulation.run(500, MINUTE).share(3, 4, 5, 6)).isGreaterThan(0.8);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void requestsLeaveAZoneThatFailsAndComeBack(long seed) {
        Simulation.Behaviour refuses = (now, inFlight, random) -> Answer.failing(0, 0.1);
        Simulation simulation = zoned(seed).let(1, refuses).let(2, refuses);
        Result failing = simulation.run(500, MINUTE);
        assertThat(failing.failures()).isLessThan(30);
        simulation.let(1, Simulation.takes(5)).let(2, Simulation.takes(5));
        simulation.run(500, MINUTE);
        assertThat(simulation.run(500, MINUTE).share(1, 2)).isGreaterThan(0.99);
    }

    /** Two endpoints in our zone, which hints give to another, and one elsewhere that they give to ours. */
    private static Simulation hinted(long seed) {
        return fromZoneA(
                seed, Endpoints.hinted("a", "c", 1), Endpoints.hinted("a", "c", 2), Endpoints.hinted("b", "a", 3));
    }

    /** Two endpoints here, four elsewhere, a millisecond further away. */
    private static Simulation zoned(long seed) {
        return fromZoneA(
                        seed,
                        Endpoints.in("a", 1),
                        Endpoints.in("a", 2),
                        Endpoints.in("b", 3),
                        Endpoints.in("b", 4),
                        Endpoints.in("c", 5),
                        Endpoints.in("c", 6))
                .let(1, Simulation.takes(5))
                .let(2, Simulation.takes(5));
    }

    private static Simulation fromZoneA(long seed, Endpoint... endpoints) {
        return new Simulation(
                        seed,
                        policy(new Balancer.PeakEwma(), null, SlowStart.NONE),
                        "a",
                        EjectionObserver.NONE,
                        Simulation.takes(6))
                .endpoints(endpoints);
    }

    private static ClusterPolicy policy(Balancer balancer, @Nullable OutlierPolicy outliers, SlowStart slowStart) {
        return new ClusterPolicy(
                balancer,
                LatencyModel.DEFAULT,
                slowStart,
                Zones.NEAR_FIRST,
                outliers,
                ClusterPolicy.DEFAULT_PANIC_PERCENT,
                CircuitLimits.NONE);
    }

    private static EjectionObserver into(List<String> told) {
        return new EjectionObserver() {
            @Override
            public void ejected(String cluster, Endpoint endpoint, EjectionReason reason, long forNanos) {
                told.add(endpoint.address().getPort() + " " + reason.label());
            }

            @Override
            public void returned(String cluster, Endpoint endpoint) {
                told.add(endpoint.address().getPort() + " returned");
            }
        };
    }
}
