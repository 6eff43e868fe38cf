package io.tracery.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.proxy.loop.EndpointView;
import io.tracery.proxy.telemetry.BalancedEndpoint;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EndpointCostsTest {

    @Test
    void makesOneOfWhatEachLoopKnows() {
        assertThat(EndpointCosts.of(Map.of(
                        "outbound/cart.shop/80",
                        List.of(
                                view("10.0.0.7:80", "shop/cart", 4, 1, null),
                                view("10.0.0.8:80", "shop/cart", 1, 0, null),
                                view("10.0.0.7:80", "shop/cart", 250, 2, "success_rate")))))
                .containsExactly(
                        new BalancedEndpoint(
                                "outbound/cart.shop/80", "shop/cart", "v1", "10.0.0.7:80", 0.25, 3, "success_rate"),
                        new BalancedEndpoint(
                                "outbound/cart.shop/80", "shop/cart", "v1", "10.0.0.8:80", 0.001, 0, null));
    }

    @Test
    void doesNotTellOfTheApplicationBesideIt() {
        assertThat(EndpointCosts.of(Map.of("inbound/8080", List.of(view("127.0.0.1:8080", "", 4, 1, null)))))
                .isEmpty();
    }

    private static EndpointView view(
            String address, String workload, double costMillis, int inFlight, @Nullable String ejected) {
        return new EndpointView(address, workload, "v1", "", 1, costMillis, inFlight, 1, ejected, 0);
    }
}
