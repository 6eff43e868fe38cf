package io.tracery.proxy.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.proxy.mesh.Balancer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class PeakEwmaTest extends LoadBalancerContract {

    private static final Offset<Double> CLOSE = Offset.offset(0.01);

    @Override
    Balancer kind() {
        return new Balancer.PeakEwma();
    }

    @Test
    void takesAnUnknownEndpointForAnUsualOne() {
        assertThat(load().costMillis(now[0])).isCloseTo(30, CLOSE);
    }

    @Test
    void risesAtOnceAndFallsSlowly() {
        EndpointLoad load = load();
        load.started();
        load.answered(200, 100 * MILLI, 0, now[0]);
        assertThat(load.costMillis(now[0])).isCloseTo(100, CLOSE);

        load.started();
        now[0] += SECOND;
        load.answered(200, 10 * MILLI, 0, now[0]);
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
        load.answered(200, 50 * MILLI, 0, now[0]);
        now[0] += SECOND;
        load.started();
        load.answered(500, MILLI / 10, 0, now[0]);
        assertThat(load.costMillis(now[0])).isCloseTo(50, CLOSE);
    }

    @Test
    void aFailureCostsFiveSecondsHoweverFastItCame() {
        EndpointLoad load = load();
        load.started();
        load.failed(MILLI, now[0]);
        assertThat(load.costMillis(now[0])).isCloseTo(5000, CLOSE);
    }

    @Test
    void tooManyRequestsCostsLikeAFailure() {
        EndpointLoad load = load();
        load.started();
        load.answered(429, MILLI, 0, now[0]);
        assertThat(load.costMillis(now[0])).isCloseTo(5000, CLOSE);
    }

    @Test
    void forgivesNothingBeforeRetryAfterIsOverButNoLongerThanFiveMinutes() {
        EndpointLoad load = load();
        load.started();
        load.answered(503, MILLI, 3600 * SECOND, now[0]);
        now[0] += 300 * SECOND;
        assertThat(load.costMillis(now[0])).isCloseTo(5000, CLOSE);
        now[0] += 10 * SECOND;
        assertThat(load.costMillis(now[0])).isCloseTo(5000 * Math.exp(-1), CLOSE);
    }

    @Test
    void sharesWhatIsInFlightByWeight() {
        LoadBalancer balancer = balancer(Endpoints.of(1, 1), Endpoints.of(2, 4));
        List<EndpointLoad> open = new ArrayList<>();
        // Nobody answers: only what is in flight tells them apart.
        for (int i = 0; i < 100; i++) {
            EndpointLoad chosen = pick(balancer, null).chosen();
            chosen.started();
            open.add(chosen);
        }
        assertThat(open.stream().filter(load(balancer, 2)::equals)).hasSizeBetween(75, 85);
    }

    @Test
    void saysWhatItWeighed() {
        LoadBalancer balancer = balancer(Endpoints.many(2));
        Pick pick = pick(balancer, null);
        EndpointLoad other = Objects.requireNonNull(pick.other());
        assertThat(other).isNotEqualTo(pick.chosen());
        assertThat(pick.costMillis()).isEqualTo(pick.chosen().costMillis(now[0]));
        assertThat(pick.otherCostMillis()).isEqualTo(other.costMillis(now[0]));
        assertThat(pick.costMillis()).isLessThanOrEqualTo(pick.otherCostMillis());
        assertThat(pick.reason()).isEqualTo(Pick.Reason.COST);
    }

    private EndpointLoad load() {
        return balancer(Endpoints.of(1)).loads().getFirst();
    }
}
