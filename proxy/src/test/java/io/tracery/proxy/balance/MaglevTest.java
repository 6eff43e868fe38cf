package io.tracery.proxy.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.proxy.mesh.Balancer;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MaglevTest extends HashingContract {

    @Override
    Balancer kind() {
        return new Balancer.Maglev(Balancer.Maglev.DEFAULT_SIZE);
    }

    /** The paper's figure 12 shows a few in a hundred for a table a hundred times the endpoints. */
    @Override
    int mostStrays() {
        return 40;
    }

    @Test
    void spreadsMoreEvenlyThanARing() {
        Map<EndpointLoad, Integer> asked = serve(balancer(Endpoints.many(20)), 100_000);
        assertThat(asked.values()).allMatch(count -> count > 4700 && count < 5300);
    }
}
