package io.tracery.proxy.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tracery.proxy.data.Http1Peer.Message;
import io.tracery.proxy.mesh.Cluster;
import io.tracery.proxy.mesh.Direction;
import io.tracery.proxy.mesh.DownstreamTls;
import io.tracery.proxy.mesh.Listener;
import io.tracery.proxy.route.ClusterSplit;
import io.tracery.proxy.route.RetryPolicy;
import io.tracery.proxy.route.Route;
import io.tracery.proxy.route.RouteMatch;
import io.tracery.proxy.upstream.Limits;
import io.tracery.tracing.span.Fate;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Configuration that changes faster than requests end, and configuration that is large. */
@Timeout(120)
@ExtendWith(LeakCheck.class)
class ConfigurationRushTest {

    private static final int CLIENTS = 8;
    private static final int CHANGES = 400;
    private static final int ROUTES = 100_000;

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void endpointsThatComeAndGoLoseNoRequestAndLeaveNothingBehind(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        try (RawServer one = new RawServer(ConfigurationRushTest::answerSlowly);
                RawServer two = new RawServer(ConfigurationRushTest::answerSlowly);
                TestProxy proxy = new TestProxy(Limits.DEFAULT, 2)) {
            Listener listener = Mesh.outbound(
                    Mesh.route("cart", Duration.ofSeconds(10), Mesh.retry(2, RetryPolicy.Condition.RESET)));
            proxy.serving(listener, Mesh.cluster("cart", one.address(), two.address()));
            AtomicBoolean over = new AtomicBoolean();
            AtomicInteger asked = new AtomicInteger();
            List<Thread> clients = clients(proxy.address(), over, asked);
            for (int i = 0; i < CHANGES; i++) {
                switch (random.nextInt(6)) {
                    case 0 -> proxy.serving(listener, Mesh.cluster("cart", one.address()));
                    case 1 -> proxy.serving(listener, Mesh.cluster("cart", two.address()));
                    case 2 -> proxy.serving(listener, Mesh.cluster("cart"));
                    case 3 -> proxy.serving(listener);
                    case 4 -> proxy.serving(listener, Mesh.cluster("cart", one.address(), RawServer.nobody()));
                    default -> proxy.serving(listener, Mesh.cluster("cart", two.address(), one.address()));
                }
                LockSupport.parkNanos(random.nextInt(3_000_000));
            }
            over.set(true);
            for (Thread client : clients) {
                assertThat(client.join(Duration.ofSeconds(30))).isTrue();
            }
            proxy.log.ended(asked.get());
            assertThat(proxy.log.fates())
                    .as("seed %d", seed)
                    .containsOnlyKeys(Fate.SERVED, Fate.NO_ENDPOINT, Fate.CONNECT_REFUSED)
                    .containsKeys(Fate.SERVED, Fate.NO_ENDPOINT);
            proxy.serving(listener, Mesh.cluster("cart", one.address(), two.address()));
            try (Http1Peer client = Http1Peer.connect(proxy.address())) {
                assertThat(client.get("/").text()).isEqualTo("fine");
            }
            SlowPeersTest.assertNothingInFlight(proxy);
            proxy.serving(listener);
            await().untilAsserted(() -> assertThat(one.open() + two.open())
                    .as("connections that nobody needs")
                    .isZero());
            assertThat(proxy.dataPath.endpoints(Duration.ofSeconds(5))).isEmpty();
        }
    }

    /** A retry of an older exchange asks by the older configuration, and undoes nothing of the newer one. */
    @Test
    void anExchangeThatIsOlderThanTheConfigurationDoesNotBringBackWhatThatChanged() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        AtomicBoolean go = new AtomicBoolean();
        RawServer.Talk resetting = socket -> {
            Http1Peer peer = new Http1Peer(socket);
            peer.receive();
            asked.incrementAndGet();
            await().until(go::get);
            socket.setSoLinger(true, 0);
        };
        try (RawServer old = new RawServer(resetting);
                Http1Backend fresh = Http1Backend.saying("fine");
                TestProxy proxy = new TestProxy();
                Http1Peer early = serveAndConnect(proxy, old.address());
                Http1Peer late = Http1Peer.connect(proxy.address())) {
            early.send("GET / HTTP/1.1\r\nHost: cart\r\n\r\n");
            await().until(() -> asked.get() == 1);
            proxy.serving(retrying(), Mesh.cluster("cart", fresh.address()));
            assertThat(late.get("/").text()).isEqualTo("fine");
            go.set(true);
            assertThat(early.receive().text()).isEqualTo("fine");
            assertThat(asked.get()).isEqualTo(1);
            // The connection was kept, and what was learned of the endpoint with it.
            assertThat(late.get("/").text()).isEqualTo("fine");
            assertThat(fresh.connections()).isEqualTo(1);
        }
    }

    @Test
    void aRushOfConfigurationLeavesOpenConnectionsAlone() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("fine");
                TestProxy proxy = new TestProxy(Limits.DEFAULT, 2)) {
            Listener stays = Mesh.outbound(Mesh.route("cart"));
            Cluster cluster = Mesh.cluster("cart", backend.address());
            proxy.serving(stays, cluster);
            try (Http1Peer client = Http1Peer.connect(proxy.address())) {
                for (int i = 0; i < CHANGES; i++) {
                    Listener comesAndGoes = Mesh.http(
                            "outbound/other.shop/" + i % 3,
                            Direction.OUTBOUND,
                            DownstreamTls.NONE,
                            Mesh.route("cart", Duration.ofSeconds(1 + i), RetryPolicy.NONE));
                    proxy.serving(List.of(stays, comesAndGoes), List.of(cluster));
                    assertThat(client.get("/" + i).text()).isEqualTo("fine");
                    try (Http1Peer other = Http1Peer.connect(proxy.address(comesAndGoes.name()))) {
                        assertThat(other.get("/").text()).isEqualTo("fine");
                    }
                }
                proxy.serving(stays, cluster);
                await().until(() -> proxy.dataPath.connections() == 1);
                assertThat(proxy.dataPath.bound()).containsOnlyKeys(stays.name());
                assertThat(proxy.log.ended(2 * CHANGES)).allMatch(exchange -> exchange.fate() == Fate.SERVED);
            }
        }
    }

    @Test
    void oneHundredThousandRoutesAreTakenUpAndFoundWhileOthersAreServed() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("many");
                Http1Backend other = Http1Backend.saying("fine");
                TestProxy proxy = new TestProxy(Limits.DEFAULT, 2)) {
            Listener few = Mesh.http("outbound/few.shop/80", Direction.OUTBOUND, DownstreamTls.NONE, Mesh.route("few"));
            List<Cluster> clusters =
                    List.of(Mesh.cluster("few", other.address()), Mesh.cluster("cart", backend.address()));
            proxy.serving(List.of(few), clusters);
            AtomicBoolean over = new AtomicBoolean();
            AtomicInteger asked = new AtomicInteger();
            List<Thread> clients = clients(proxy.address(few.name()), over, asked);
            // Each generation anew, as it comes from a control plane.
            for (int generation = 0; generation < 3; generation++) {
                Listener many = Mesh.outbound(routes());
                proxy.serving(List.of(few, many), clusters);
                try (Http1Peer client = Http1Peer.connect(proxy.address(many.name()))) {
                    for (int i : new int[] {0, 1, ROUTES / 2, ROUTES - 1}) {
                        assertThat(client.get("/service/" + i + "/item").text()).isEqualTo("many");
                        asked.incrementAndGet();
                    }
                    assertThat(client.get("/service/" + ROUTES).status()).isEqualTo(404);
                    asked.incrementAndGet();
                }
            }
            over.set(true);
            for (Thread client : clients) {
                assertThat(client.join(Duration.ofSeconds(30))).isTrue();
            }
            proxy.log.ended(asked.get());
            assertThat(proxy.log.fates()).containsEntry(Fate.NO_ROUTE, 3).containsOnlyKeys(Fate.NO_ROUTE, Fate.SERVED);
            assertThat(proxy.log.ended(asked.get()))
                    .extracting(exchange -> String.valueOf(exchange.route()))
                    .anyMatch(route -> route.contains("shop/cart/" + (ROUTES - 1)));
        }
    }

    private static Route[] routes() {
        Route[] routes = new Route[ROUTES];
        for (int i = 0; i < ROUTES; i++) {
            routes[i] = new Route(
                    "shop/cart/" + i,
                    new RouteMatch(new RouteMatch.Path.Prefix("/service/" + i), "", List.of()),
                    ClusterSplit.to("cart"),
                    Duration.ZERO,
                    RetryPolicy.NONE);
        }
        return routes;
    }

    private static Listener retrying() {
        return Mesh.outbound(Mesh.route("cart", Duration.ZERO, Mesh.retry(2, RetryPolicy.Condition.RESET)));
    }

    private static Http1Peer serveAndConnect(TestProxy proxy, InetSocketAddress backend) throws IOException {
        proxy.serving(retrying(), Mesh.cluster("cart", backend));
        return Http1Peer.connect(proxy.address());
    }

    /** Ask until it is over, each on one connection, and count what they asked; whatever is answered is an answer. */
    private static List<Thread> clients(InetSocketAddress address, AtomicBoolean over, AtomicInteger asked) {
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(Thread.ofVirtual().start(() -> {
                try (Http1Peer client = Http1Peer.connect(address)) {
                    while (!over.get()) {
                        asked.incrementAndGet();
                        client.get("/");
                    }
                } catch (IOException e) {
                    throw new AssertionError("a connection was lost", e);
                }
            }));
        }
        return clients;
    }

    private static void answerSlowly(java.net.Socket socket) throws Exception {
        Http1Peer peer = new Http1Peer(socket);
        while (true) {
            Message request = peer.receive();
            LockSupport.parkNanos(request.target().length() * 1_000_000L);
            peer.answer(200, "fine");
        }
    }
}
