package io.tracery.proxy.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tracery.proxy.data.Http1Peer.Message;
import io.tracery.proxy.exchange.Attempt;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.mesh.Balancer;
import io.tracery.proxy.mesh.Balancer.SlowStart;
import io.tracery.proxy.mesh.CircuitLimits;
import io.tracery.proxy.mesh.Cluster;
import io.tracery.proxy.mesh.ClusterPolicy;
import io.tracery.proxy.mesh.ClusterPolicy.Zones;
import io.tracery.proxy.mesh.Direction;
import io.tracery.proxy.mesh.DownstreamTls;
import io.tracery.proxy.mesh.LatencyModel;
import io.tracery.proxy.route.RetryPolicy.Condition;
import io.tracery.tracing.span.Fate;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What happens to a request for which a cluster has no place. */
@Timeout(30)
@ExtendWith(LeakCheck.class)
class CircuitBreakerTest {

    private static final int ANY = Integer.MAX_VALUE;

    @Test
    void aRequestBeyondTheMostUnderWayEndsInBreakerOpenAndOneAfterThemIsServed() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (Http1Backend slow = waitingFor(go);
                TestProxy proxy = proxy(new CircuitLimits(ANY, ANY, 2, ANY), slow.address());
                Http1Peer one = Http1Peer.connect(proxy.address());
                Http1Peer other = Http1Peer.connect(proxy.address());
                Http1Peer third = Http1Peer.connect(proxy.address())) {
            one.send("GET / HTTP/1.1\r\nHost: cart\r\n\r\n");
            other.send("GET / HTTP/1.1\r\nHost: cart\r\n\r\n");
            await().until(() -> slow.requests().size() == 2);

            Message refused = third.get("/");
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.header("x-tracery-fate")).isEqualTo("breaker_open");
            assertThat(refused.text()).contains("cart has 2 requests under way, as many as it may");

            go.countDown();
            assertThat(one.receive().status()).isEqualTo(200);
            assertThat(other.receive().status()).isEqualTo(200);
            assertThat(third.get("/").status()).isEqualTo(200);
            assertThat(proxy.log.ended(4)).extracting(Exchange::fate).containsOnlyOnce(Fate.BREAKER_OPEN);
        }
    }

    @Test
    void aRequestThatNeedsOneConnectionTooManyEndsInQueueFull() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (Http1Backend slow = waitingFor(go);
                TestProxy proxy = proxy(new CircuitLimits(1, ANY, ANY, ANY), slow.address());
                Http1Peer one = Http1Peer.connect(proxy.address());
                Http1Peer other = Http1Peer.connect(proxy.address())) {
            one.send("GET / HTTP/1.1\r\nHost: cart\r\n\r\n");
            await().until(() -> slow.requests().size() == 1);

            Message refused = other.get("/");
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.header("x-tracery-fate")).isEqualTo("queue_full");
            assertThat(refused.text()).contains("cart has 1 connections in use, as many as it may");

            go.countDown();
            assertThat(one.receive().status()).isEqualTo(200);
            assertThat(other.get("/").status()).isEqualTo(200);
            assertThat(slow.connections()).isEqualTo(1);
        }
    }

    @Test
    void tellsOfTheEndpointsThatItUsesAndOfNoOther() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (Http1Backend used = waitingFor(go);
                Http1Backend other = waitingFor(go);
                TestProxy proxy = proxy(CircuitLimits.NONE, used.address(), other.address());
                Http1Peer one = Http1Peer.connect(proxy.address())) {
            assertThat(proxy.dataPath.endpointsInUse().get(10, TimeUnit.SECONDS))
                    .isEmpty();
            one.send("GET / HTTP/1.1\r\nHost: cart\r\n\r\n");
            await().until(() -> used.requests().size() + other.requests().size() == 1);

            assertThat(proxy.dataPath.endpointsInUse().get(10, TimeUnit.SECONDS).values())
                    .singleElement()
                    .satisfies(views -> assertThat(views).singleElement().satisfies(view -> {
                        assertThat(view.inFlight()).isEqualTo(1);
                        assertThat(view.costMillis()).isPositive();
                    }));
            go.countDown();
            assertThat(one.receive().status()).isEqualTo(200);
        }
    }

    @Test
    void anIdleConnectionToAnotherEndpointMakesRoom() throws Exception {
        try (Http1Backend one = Http1Backend.saying("one");
                Http1Backend other = Http1Backend.saying("other");
                TestProxy proxy = proxy(new CircuitLimits(1, ANY, ANY, ANY), one.address(), other.address());
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            for (int i = 0; i < 6; i++) {
                assertThat(client.get("/").status()).isEqualTo(200);
            }
            assertThat(one.requests()).hasSize(3);
            assertThat(other.requests()).hasSize(3);
        }
    }

    @Test
    void aRequestBeyondTheMostThatMayWaitForAConnectionEndsInQueueFull() throws Exception {
        try (DeafServer deaf = new DeafServer();
                TestProxy proxy = proxy(new CircuitLimits(ANY, 1, ANY, ANY), deaf.address());
                Http1Peer one = Http1Peer.connect(proxy.address());
                Http1Peer other = Http1Peer.connect(proxy.address())) {
            one.send("GET / HTTP/1.1\r\nHost: cart\r\n\r\n");
            await().until(() -> proxy.log.started() == 1);

            Message refused = other.get("/");
            assertThat(refused.header("x-tracery-fate")).isEqualTo("queue_full");
            assertThat(refused.text()).contains("1 requests wait for a connection to cart, as many as may");
            assertThat(one.receive().header("x-tracery-fate")).isEqualTo("connect_timeout");
            assertThat(proxy.log.ended(2))
                    .extracting(Exchange::fate)
                    .containsExactlyInAnyOrder(Fate.QUEUE_FULL, Fate.CONNECT_TIMEOUT);
        }
    }

    @Test
    void aFailureIsNotRetriedWhileAsManyRetriesAreUnderWayAsMayBe() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        int[] asked = {0};
        // The first attempt of the first request fails, its second waits; then every attempt fails.
        try (Http1Backend backend = new Http1Backend((request, client) -> {
                    int number;
                    synchronized (asked) {
                        number = ++asked[0];
                    }
                    if (number == 2) {
                        go.await(20, TimeUnit.SECONDS);
                        client.answer(200, "at last");
                    } else {
                        client.answer(503, "no");
                    }
                });
                TestProxy proxy = proxy(new CircuitLimits(ANY, ANY, ANY, 1), backend.address());
                Http1Peer one = Http1Peer.connect(proxy.address());
                Http1Peer other = Http1Peer.connect(proxy.address())) {
            one.send("GET / HTTP/1.1\r\nHost: cart\r\n\r\n");
            await().until(() -> backend.requests().size() == 2);
            assertThat(other.get("/").status()).isEqualTo(503);
            go.countDown();
            assertThat(one.receive().text()).isEqualTo("at last");

            List<Exchange> exchanges = proxy.log.ended(2);
            Attempt refused = exchanges.getFirst().attempts().getFirst();
            assertThat(exchanges.getFirst().attempts()).hasSize(1);
            assertThat(refused.retryReason()).contains("as many retries as cart may have are under way");
            assertThat(exchanges.getLast().attempts()).hasSize(2);
        }
    }

    @Test
    void anOpaqueConnectionIsARequestOfItsOwn() throws Exception {
        try (RawServer echo = new RawServer(socket -> socket.getInputStream().transferTo(socket.getOutputStream()));
                TestProxy proxy = new TestProxy()
                        .serving(
                                Mesh.tcp(Direction.OUTBOUND, DownstreamTls.NONE, "kv"),
                                Mesh.cluster("kv", echo.address()).with(policy(new CircuitLimits(ANY, ANY, 1, ANY))));
                Socket one =
                        new Socket(proxy.address().getAddress(), proxy.address().getPort())) {
            one.getOutputStream().write('x');
            assertThat(one.getInputStream().read()).isEqualTo('x');
            try (Socket other =
                    new Socket(proxy.address().getAddress(), proxy.address().getPort())) {
                assertThat(other.getInputStream().read()).isEqualTo(-1);
            }
            assertThat(proxy.log.started()).isEqualTo(2);
            one.shutdownOutput();
            assertThat(proxy.log.ended(2))
                    .extracting(Exchange::fate)
                    .containsExactlyInAnyOrder(Fate.BREAKER_OPEN, Fate.SERVED);
            try (Socket after =
                    new Socket(proxy.address().getAddress(), proxy.address().getPort())) {
                after.getOutputStream().write('y');
                assertThat(after.getInputStream().read()).isEqualTo('y');
            }
        }
    }

    private static Http1Backend waitingFor(CountDownLatch go) {
        return new Http1Backend((request, client) -> {
            go.await(20, TimeUnit.SECONDS);
            client.answer(200, "done");
        });
    }

    private static TestProxy proxy(CircuitLimits limits, InetSocketAddress... addresses) {
        Cluster cluster = Mesh.cluster("cart", addresses).with(policy(limits));
        return new TestProxy()
                .serving(Mesh.outbound(Mesh.route("cart", Duration.ZERO, Mesh.retry(2, Condition.STATUS))), cluster);
    }

    private static ClusterPolicy policy(CircuitLimits limits) {
        return new ClusterPolicy(
                new Balancer.RoundRobin(),
                LatencyModel.DEFAULT,
                SlowStart.NONE,
                Zones.NEAR_FIRST,
                null,
                ClusterPolicy.DEFAULT_PANIC_PERCENT,
                limits);
    }
}
