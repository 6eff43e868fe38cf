package io.tracery.proxy.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tracery.proxy.balance.EjectionReason;
import io.tracery.proxy.exchange.Attempt;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.loop.Overload;
import io.tracery.proxy.mesh.Balancer;
import io.tracery.proxy.mesh.Balancer.SlowStart;
import io.tracery.proxy.mesh.CircuitLimits;
import io.tracery.proxy.mesh.Cluster;
import io.tracery.proxy.mesh.ClusterPolicy;
import io.tracery.proxy.mesh.ClusterPolicy.Zones;
import io.tracery.proxy.mesh.Endpoint;
import io.tracery.proxy.mesh.LatencyModel;
import io.tracery.proxy.mesh.OutlierPolicy;
import io.tracery.proxy.mesh.UpstreamProtocol;
import io.tracery.proxy.mesh.Workload;
import io.tracery.proxy.route.RetryPolicy;
import io.tracery.proxy.upstream.Limits;
import io.tracery.tracing.span.Fate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whom requests go to over real sockets, as policies say; how shares converge is simulated in {@code balance}. */
@Timeout(30)
@ExtendWith(LeakCheck.class)
class BalancingTest {

    private static final Duration SOON = Duration.ofMillis(300);
    private static final Duration LATER = Duration.ofMinutes(5);

    @Test
    void leavesOutOneThatAnswersWithErrorsAndTakesItBackOnceItHasRecovered() throws Exception {
        AtomicBoolean broken = new AtomicBoolean(true);
        try (Http1Backend good = Http1Backend.saying("good");
                Http1Backend bad =
                        new Http1Backend((request, client) -> client.answer(broken.get() ? 503 : 200, "bad"));
                TestProxy proxy =
                        proxy(policy(new Balancer.RoundRobin(), outliers(3, SOON, 50), 0), List.of(good, bad));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            Map<EjectionReason, LongAdder> counts = new ConcurrentHashMap<>();
            proxy.dataPath.ejections().register((of, count) -> counts.put(of.reason(), count));
            int asked = 0;
            while (bad.requests().size() < 3) {
                client.get("/");
                asked++;
            }
            List<Exchange> before = List.copyOf(proxy.log.ended(asked));
            assertThat(counts).containsOnlyKeys(EjectionReason.CONSECUTIVE_5XX);
            assertThat(before.stream().filter(exchange -> exchange.fate() == Fate.APP_ERROR))
                    .hasSize(3);
            assertThat(client.get("/").text()).isEqualTo("good");
            Attempt alone = proxy.log.ended(asked + 1).getLast().attempts().getFirst();
            assertThat(alone.leftOut()).isEqualTo(1);

            broken.set(false);
            int[] sent = {asked + 1};
            await().atMost(Duration.ofSeconds(10)).until(() -> {
                sent[0]++;
                return client.get("/").text().equals("bad");
            });
            Attempt probe = proxy.log.ended(sent[0]).getLast().attempts().getFirst();
            assertThat(probe.pickReason()).isEqualTo("probe");
            client.get("/");
            assertThat(proxy.log
                            .ended(sent[0] + 1)
                            .getLast()
                            .attempts()
                            .getFirst()
                            .leftOut())
                    .isZero();
        }
    }

    @Test
    void aRequestThatFindsAllEndpointsLeftOutEndsInBreakerOpen() throws Exception {
        try (Http1Backend one = new Http1Backend((request, client) -> client.answer(500, "no"));
                Http1Backend other = new Http1Backend((request, client) -> client.answer(500, "no"));
                TestProxy proxy =
                        proxy(policy(new Balancer.RoundRobin(), outliers(1, LATER, 100), 0), List.of(one, other));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            assertThat(client.get("/").status()).isEqualTo(500);
            assertThat(client.get("/").status()).isEqualTo(500);
            Http1Peer.Message refused = client.get("/");
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.header("x-tracery-fate")).isEqualTo("breaker_open");
            assertThat(refused.text()).contains("all are left out because they failed");
            assertThat(proxy.log.ended(3).getLast().fate()).isEqualTo(Fate.BREAKER_OPEN);
        }
    }

    @Test
    void asksNobodyAgainBeforeItsRetryAfterIsOver() throws Exception {
        try (Http1Backend good = Http1Backend.saying("good");
                Http1Backend busy = new Http1Backend((request, client) ->
                        client.send("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 60\r\nContent-Length: 0\r\n\r\n"));
                TestProxy proxy = proxy(ClusterPolicy.DEFAULT, List.of(good, busy));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            for (int i = 0; i < 100; i++) {
                client.get("/");
            }
            assertThat(busy.requests()).hasSizeLessThanOrEqualTo(1);
        }
    }

    @Test
    void holdsNothingAgainstAnEndpointWhoseClientIsLate() throws Exception {
        ClusterPolicy strict = policy(new Balancer.RoundRobin(), outliers(1, LATER, 50), 50);
        try (Http1Backend one = Http1Backend.saying("one");
                Http1Backend other = Http1Backend.saying("other");
                TestProxy proxy = new TestProxy()
                        .serving(
                                Mesh.outbound(Mesh.route("cart", SOON, RetryPolicy.NONE)),
                                cluster(strict, endpoint(one, ""), endpoint(other, "")));
                Http1Peer late = Http1Peer.connect(proxy.address());
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            late.send("POST / HTTP/1.1\r\nHost: cart\r\nContent-Length: 10\r\n\r\nhalf");
            assertThat(late.receive().status()).isEqualTo(504);
            assertThat(client.get("/").status()).isEqualTo(200);
            assertThat(proxy.log.ended(2).getLast().attempts().getFirst().leftOut())
                    .isZero();
        }
    }

    @Test
    void staysInItsZone() throws Exception {
        try (Http1Backend near = Http1Backend.saying("near");
                Http1Backend far = Http1Backend.saying("far");
                TestProxy proxy = new TestProxy(new DataPathConfig(1, Limits.DEFAULT, "a", Overload.DEFAULT));
                Http1Peer client = Http1Peer.connect(proxy.serving(
                                Mesh.outbound(Mesh.route("cart")),
                                cluster(ClusterPolicy.DEFAULT, endpoint(far, "b"), endpoint(near, "a")))
                        .address())) {
            for (int i = 0; i < 50; i++) {
                assertThat(client.get("/").text()).isEqualTo("near");
            }
        }
    }

    private static OutlierPolicy outliers(int inARow, Duration base, int mostPercent) {
        return new OutlierPolicy(
                inARow,
                0,
                0,
                null,
                Duration.ofSeconds(10),
                new OutlierPolicy.Ejection(base, Duration.ofMinutes(5), Duration.ZERO, mostPercent));
    }

    static ClusterPolicy policy(Balancer balancer, @Nullable OutlierPolicy outliers, int panicPercent) {
        return new ClusterPolicy(
                balancer,
                LatencyModel.DEFAULT,
                SlowStart.NONE,
                Zones.NEAR_FIRST,
                outliers,
                panicPercent,
                CircuitLimits.NONE);
    }

    private static TestProxy proxy(ClusterPolicy policy, List<Http1Backend> backends) {
        return new TestProxy()
                .serving(
                        Mesh.outbound(Mesh.route("cart")),
                        cluster(
                                policy,
                                backends.stream()
                                        .map(backend -> endpoint(backend, ""))
                                        .toArray(Endpoint[]::new)));
    }

    private static Endpoint endpoint(Http1Backend backend, String zone) {
        return new Endpoint(backend.address(), new Workload("shop", "cart", "v1", ""), 1, zone);
    }

    private static Cluster cluster(ClusterPolicy policy, Endpoint... endpoints) {
        return new Cluster(
                "cart",
                "shop",
                "cart",
                List.of(endpoints),
                Mesh.CONNECT_TIMEOUT,
                null,
                UpstreamProtocol.SAME_AS_DOWNSTREAM,
                policy);
    }
}
