package io.tracery.proxy.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.proxy.mesh.Balancer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeastRequestTest extends LoadBalancerContract {

    @Override
    Balancer kind() {
        return new Balancer.LeastRequest(2);
    }

    @Test
    void sharesWhatIsInFlightByWeight() {
        LoadBalancer balancer = balancer(Endpoints.of(1, 1), Endpoints.of(2, 4));
        List<EndpointLoad> open = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            EndpointLoad chosen = pick(balancer, null).chosen();
            chosen.started();
            open.add(chosen);
        }
        assertThat(open.stream().filter(load(balancer, 2)::equals)).hasSizeBetween(75, 85);
    }

    @Test
    void looksOnlyAtWhatIsInFlight() {
        LoadBalancer balancer = balancer(Endpoints.many(2));
        EndpointLoad slow = load(balancer, 1);
        slow.started();
        slow.answered(200, 10 * SECOND, 0, now[0]);
        assertThat(serve(balancer, 1000).get(slow)).isBetween(400, 600);

        slow.started();
        for (int i = 0; i < 100; i++) {
            assertThat(pick(balancer, null).chosen()).isNotEqualTo(slow);
        }
    }
}
