package io.tracery.proxy.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tracery.proxy.mesh.Direction;
import io.tracery.proxy.mesh.DownstreamTls;
import io.tracery.proxy.mesh.Listener;
import io.tracery.proxy.upstream.Limits;
import io.tracery.tracing.span.Fate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(30)
@ExtendWith(LeakCheck.class)
class ListenersTest {

    @Test
    void newRoutesTakeEffectOnAnOpenConnectionAndKeepThePort() throws Exception {
        try (Http1Backend one = Http1Backend.saying("one");
                Http1Backend two = Http1Backend.saying("two");
                TestProxy proxy =
                        new TestProxy().serving(Mesh.outbound(Mesh.route("one")), Mesh.cluster("one", one.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            InetSocketAddress before = proxy.address();
            assertThat(client.get("/").text()).isEqualTo("one");
            proxy.serving(Mesh.outbound(Mesh.route("two")), Mesh.cluster("two", two.address()));
            assertThat(client.get("/").text()).isEqualTo("two");
            assertThat(proxy.address()).isEqualTo(before);
        }
    }

    @Test
    void comeAndGoWithTheConfiguration() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("ok");
                TestProxy proxy = new TestProxy()) {
            assertThat(proxy.dataPath.ready()).isFalse();
            proxy.serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", backend.address()));
            assertThat(proxy.dataPath.ready()).isTrue();
            InetSocketAddress address = proxy.address();
            try (Http1Peer client = Http1Peer.connect(address)) {
                assertThat(client.get("/").status()).isEqualTo(200);
                proxy.serving(List.of(), List.of());
                // Who is connected already is let go when nothing of it is open.
                assertThat(client.closed()).isTrue();
            }
            await().untilAsserted(() -> assertThat(proxy.dataPath.bound()).isEmpty());
            try (ServerSocket free = new ServerSocket(address.getPort(), 1, InetAddress.getLoopbackAddress())) {
                assertThat(free.isBound()).isTrue();
            }
        }
    }

    @Test
    void onePortThatIsTakenDoesNotKeepTheOthersClosed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Http1Backend backend = Http1Backend.saying("ok");
                TestProxy proxy = new TestProxy()) {
            Listener good = Mesh.outbound(Mesh.route("cart"));
            Listener bad = new Listener(
                    "outbound/taken",
                    Direction.OUTBOUND,
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), taken.getLocalPort()),
                    DownstreamTls.NONE,
                    good.handler());
            proxy.serving(List.of(bad, good), List.of(Mesh.cluster("cart", backend.address())));

            assertThat(proxy.dataPath.bindFailures()).containsOnlyKeys("outbound/taken");
            assertThat(proxy.dataPath.ready()).isFalse();
            try (Http1Peer client = Http1Peer.connect(proxy.address(good.name()))) {
                assertThat(client.get("/").text()).isEqualTo("ok");
            }
            release(taken);
            // It is tried again without being asked.
            await().atMost(Duration.ofSeconds(10)).until(proxy.dataPath::ready);
            assertThat(proxy.dataPath.bindFailures()).isEmpty();
        }
    }

    @Test
    void drainingFinishesWhatIsOpenAndTakesNothingNew() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch finish = new CountDownLatch(1);
        Http1Backend.Handler slow = (request, client) -> {
            asked.countDown();
            finish.await(10, TimeUnit.SECONDS);
            client.answer(200, "finished");
        };
        try (Http1Backend backend = new Http1Backend(slow);
                TestProxy proxy = new TestProxy()
                        .serving(
                                Mesh.inbound(DownstreamTls.NONE, Mesh.route("cart")),
                                Mesh.cluster("cart", backend.address()));
                Http1Peer idle = Http1Peer.connect(proxy.address());
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            InetSocketAddress address = proxy.address();
            client.send("GET / HTTP/1.1\r\nHost: cart\r\n\r\n");
            assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();

            Thread drain = Thread.ofVirtual().start(() -> proxy.dataPath.drain(Duration.ofSeconds(10)));
            assertThat(idle.closed()).isTrue();
            await().until(() -> refuses(address));
            finish.countDown();
            var answer = client.receive();
            assertThat(answer.text()).isEqualTo("finished");
            assertThat(answer.header("connection")).isEqualTo("close");
            assertThat(drain.join(Duration.ofSeconds(5))).isTrue();
            assertThat(proxy.log.only().fate()).isEqualTo(Fate.SERVED);
        }
    }

    /** A container and its sidecar are told to end at the same moment. */
    @Test
    void theWayOutStaysOpenUntilTheApplicationHasHungUp() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch finish = new CountDownLatch(1);
        Http1Backend.Handler slow = (request, client) -> {
            asked.countDown();
            finish.await(10, TimeUnit.SECONDS);
            client.answer(200, "finished");
        };
        try (Http1Backend application = new Http1Backend(slow);
                Http1Backend other = Http1Backend.saying("other");
                TestProxy proxy = new TestProxy()
                        .serving(
                                List.of(
                                        Mesh.inbound(DownstreamTls.NONE, Mesh.route("app")),
                                        Mesh.outbound(Mesh.route("other"))),
                                List.of(
                                        Mesh.cluster("app", application.address()),
                                        Mesh.cluster("other", other.address())));
                Http1Peer caller = Http1Peer.connect(proxy.address("inbound/80"))) {
            InetSocketAddress in = proxy.address("inbound/80");
            InetSocketAddress out = proxy.address("outbound/cart.shop/80");
            caller.send("GET / HTTP/1.1\r\nHost: app\r\n\r\n");
            assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();

            Thread drain = Thread.ofVirtual().start(() -> proxy.dataPath.drain(Duration.ofSeconds(60)));
            await().until(() -> refuses(in));
            try (Http1Peer during = Http1Peer.connect(out)) {
                assertThat(during.get("/").text()).isEqualTo("other");
                finish.countDown();
                assertThat(caller.receive().text()).isEqualTo("finished");
                // Still open, because the application is.
                assertThat(during.get("/").text()).isEqualTo("other");
            }
            assertThat(drain.join(Duration.ofSeconds(10))).isTrue();
            assertThat(refuses(out)).isTrue();
            assertThat(proxy.log.ended(3)).allMatch(exchange -> exchange.fate() == Fate.SERVED);
        }
    }

    @Test
    void drainingEndsWhatDoesNotFinishInTime() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        RawServer.Talk silent = socket -> {
            new Http1Peer(socket).receive();
            asked.countDown();
            socket.getInputStream().read();
        };
        try (RawServer backend = new RawServer(silent);
                TestProxy proxy = new TestProxy()
                        .serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.send("GET / HTTP/1.1\r\nHost: cart\r\n\r\n");
            assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
            proxy.dataPath.drain(Duration.ofMillis(200));
            assertThat(client.closed()).isTrue();
            assertThat(proxy.log.ended(1)).hasSize(1);
        }
    }

    @Test
    void tellsWhatItsBalancersKnow() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("ok");
                TestProxy proxy = new TestProxy(Limits.DEFAULT, 2)
                        .serving(Mesh.outbound(Mesh.route("cart")), Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.get("/");
            var loads = proxy.dataPath.endpoints(Duration.ofSeconds(5));
            assertThat(loads).containsOnlyKeys("cart");
            assertThat(loads.get("cart")).anySatisfy(load -> {
                assertThat(load.endpoint())
                        .contains(Integer.toString(backend.address().getPort()));
                assertThat(load.costMillis()).isPositive();
                assertThat(load.inFlight()).isZero();
                assertThat(load.connections()).isEqualTo(1);
                assertThat(load.ejected()).isNull();
                assertThat(load.workload()).isEqualTo("shop/cart");
            });
        }
    }

    private static void release(ServerSocket port) throws IOException {
        port.close();
    }

    private static boolean refuses(InetSocketAddress address) {
        try (Http1Peer late = Http1Peer.connect(address)) {
            return late.closed();
        } catch (IOException e) {
            return true;
        }
    }
}
