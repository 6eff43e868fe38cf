package io.tracery.proxy.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.proxy.data.Http1Peer.Message;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.mesh.Listener;
import io.tracery.proxy.route.ClusterSplit;
import io.tracery.proxy.route.Filters;
import io.tracery.proxy.route.Policies;
import io.tracery.proxy.route.RateLimit;
import io.tracery.proxy.route.RetryPolicy;
import io.tracery.proxy.route.Route;
import io.tracery.proxy.route.RouteMatch;
import io.tracery.proxy.upstream.Limits;
import io.tracery.tracing.span.Fate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(30)
@ExtendWith(LeakCheck.class)
class RateLimitTest {

    private static Listener limited(@Nullable RateLimit limit) {
        return Mesh.outbound(new Route(
                "shop/cart/0",
                RouteMatch.ANY,
                ClusterSplit.to("cart"),
                Duration.ZERO,
                RetryPolicy.NONE,
                List.of(),
                Filters.NONE,
                new Policies(limit, null)));
    }

    private static RateLimit hourly(int requests, int burst) {
        return new RateLimit(requests, Duration.ofHours(1), burst);
    }

    @Test
    void whatComesTooEarlyIsToldWhenItMayComeAndReachesNobody() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("there");
                TestProxy proxy =
                        new TestProxy().serving(limited(hourly(2, 2)), Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            assertThat(client.get("/").text()).isEqualTo("there");
            assertThat(client.get("/").text()).isEqualTo("there");

            Message refused = client.post("/", "with a body");
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.header("x-tracery-fate")).isEqualTo("rate_limited");
            assertThat(refused.header("retry-after")).isEqualTo("1800");
            assertThat(refused.text()).isEqualTo("rate_limited: shop/cart/0 takes 2 per 1h, 2 at once\n");

            // The connection is as good as before.
            assertThat(client.get("/").status()).isEqualTo(429);
            assertThat(backend.requests()).hasSize(2);
            Exchange exchange = proxy.log.ended(4).getLast();
            assertThat(exchange.attempts()).isEmpty();
            assertThat(exchange.status()).isEqualTo(429);
            assertThat(proxy.log.fates()).isEqualTo(Map.of(Fate.SERVED, 2, Fate.RATE_LIMITED, 2));
        }
    }

    @Test
    void aNewSnapshotFillsUpOnlyLimitsThatItChanges() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("there");
                TestProxy proxy =
                        new TestProxy().serving(limited(hourly(1, 1)), Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            assertThat(client.get("/").status()).isEqualTo(200);
            proxy.serving(limited(hourly(1, 1)), Mesh.cluster("cart", backend.address()));
            assertThat(client.get("/").status()).isEqualTo(429);
            proxy.serving(limited(hourly(1, 2)), Mesh.cluster("cart", backend.address()));
            assertThat(client.get("/").status()).isEqualTo(200);
            proxy.serving(limited(null), Mesh.cluster("cart", backend.address()));
            assertThat(client.get("/").status()).isEqualTo(200);
            proxy.serving(limited(hourly(1, 2)), Mesh.cluster("cart", backend.address()));
            assertThat(client.get("/").status()).isEqualTo(200);
        }
    }

    @Test
    void allEventLoopsKeepOneLimitTogether() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("there");
                TestProxy proxy = new TestProxy(Limits.DEFAULT, 4)
                        .serving(limited(hourly(1, 5)), Mesh.cluster("cart", backend.address()))) {
            int served = 0;
            for (int i = 0; i < 12; i++) {
                try (Http1Peer client = Http1Peer.connect(proxy.address())) {
                    served += client.get("/").status() == 200 ? 1 : 0;
                }
            }
            assertThat(served).isEqualTo(5);
        }
    }
}
