package io.tracery.proxy.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tracery.proxy.mesh.Balancer;
import io.tracery.proxy.mesh.Cluster;
import io.tracery.proxy.mesh.Direction;
import io.tracery.proxy.mesh.DownstreamTls;
import io.tracery.proxy.mesh.Listener;
import io.tracery.proxy.route.ClusterSplit;
import io.tracery.proxy.route.ClusterSplit.Share;
import io.tracery.proxy.route.HashPolicy;
import io.tracery.proxy.route.RetryPolicy;
import io.tracery.proxy.route.Route;
import io.tracery.proxy.route.RouteMatch;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Where hashes decide, over real sockets: who stays with whom. How even their shares are is simulated in {@code balance}. */
@Timeout(30)
@ExtendWith(LeakCheck.class)
class HashBalancingTest {

    private static final String HTTP = "outbound/cart.shop/80";
    private static final String TCP = "outbound/cart.shop/81";

    /** So many that it does not happen that all of them have the same endpoint. */
    private static final int CLIENTS = 60;

    private final List<Http1Backend> backends = new ArrayList<>();

    static List<Balancer> algorithms() {
        return List.of(
                new Balancer.RingHash(Balancer.RingHash.DEFAULT_MINIMUM, Balancer.RingHash.DEFAULT_MAXIMUM),
                new Balancer.Maglev(Balancer.Maglev.DEFAULT_SIZE));
    }

    @AfterEach
    void close() throws IOException {
        for (Http1Backend backend : backends) {
            backend.close();
        }
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void aHeaderDecidesWhoIsAskedAndClientsWithoutItGoAnywhere(Balancer algorithm) throws Exception {
        try (TestProxy proxy = proxy(http(new HashPolicy.Header("x-user")), cluster(algorithm, "one", "two"));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            Map<String, String> owners = owners(client, CLIENTS);
            assertThat(owners.values()).contains("one", "two");
            assertThat(owners(client, CLIENTS)).isEqualTo(owners);

            Set<String> others = new HashSet<>();
            for (int i = 0; i < CLIENTS; i++) {
                others.add(client.get("/").text());
            }
            assertThat(others).containsExactlyInAnyOrder("one", "two");
        }
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void aClientStaysWithItsEndpointByTheCookieThatItIsGiven(Balancer algorithm) throws Exception {
        HashPolicy cookie = new HashPolicy.Cookie("session", "/", Duration.ofHours(1));
        try (TestProxy proxy = proxy(http(cookie), cluster(algorithm, "one", "two", "three"))) {
            Set<String> reached = new HashSet<>();
            for (int i = 0; i < 20; i++) {
                try (Http1Peer client = Http1Peer.connect(proxy.address())) {
                    Http1Peer.Message first = client.get("/");
                    String given = first.header("set-cookie");
                    assertThat(given).matches("session=[0-9a-f]{16}; Path=/; Max-Age=3600; HttpOnly");
                    reached.add(first.text());
                    for (int j = 0; j < 3; j++) {
                        String brought = given.substring(0, given.indexOf(';'));
                        client.sendHead("GET / HTTP/1.1", "Host: cart", "Cookie: a=b; " + brought + "; c=d");
                        Http1Peer.Message next = client.receive();
                        assertThat(next.text()).isEqualTo(first.text());
                        assertThat(next.headers()).doesNotContainKey("set-cookie");
                    }
                }
            }
            assertThat(reached).hasSizeGreaterThan(1);
            assertThat(proxy.log.ended(80).getFirst().attempts().getFirst().pickReason())
                    .isEqualTo("hash");
        }
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void anAddressHasOneEndpointForItsRequestsAndForItsConnectionsOfOpaqueBytes(Balancer algorithm) throws Exception {
        Cluster cart = cluster(algorithm, "one", "two");
        try (TestProxy proxy = new TestProxy()
                .serving(List.of(http(new HashPolicy.SourceAddress()), tcp(/* bySource= */ true)), List.of(cart))) {
            Set<String> reached = new HashSet<>();
            for (int i = 1; i <= CLIENTS; i++) {
                String owner = ask("127.0.0." + i, proxy.address(HTTP));
                assertThat(ask("127.0.0." + i, proxy.address(HTTP))).isEqualTo(owner);
                assertThat(ask("127.0.0." + i, proxy.address(TCP))).isEqualTo(owner);
                assertThat(ask("127.0.0." + i, proxy.address(TCP))).isEqualTo(owner);
                reached.add(owner);
            }
            assertThat(reached).containsExactlyInAnyOrder("one", "two");
            assertThat(proxy.log.ended(4 * CLIENTS))
                    .allSatisfy(exchange -> assertThat(
                                    exchange.attempts().getFirst().pickReason())
                            .isEqualTo("hash"));
        }
    }

    @Test
    void connectionsOfOpaqueBytesGoAnywhereWhereNothingOfThemIsToBeHashed() throws Exception {
        try (TestProxy proxy =
                proxy(tcp(/* bySource= */ false), cluster(algorithms().getFirst(), "one", "two"))) {
            Set<String> reached = new HashSet<>();
            for (int i = 0; i < CLIENTS; i++) {
                reached.add(ask("127.0.0.1", proxy.address()));
            }
            assertThat(reached).containsExactlyInAnyOrder("one", "two");
        }
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void aConnectionOfOpaqueBytesGoesToAnotherWhereItsOwnEndpointCannotBeReached(Balancer algorithm) throws Exception {
        backends.add(Http1Backend.saying("two"));
        Cluster cart = over(algorithm, RawServer.nobody(), backends.getFirst().address());
        try (TestProxy proxy = proxy(tcp(/* bySource= */ true), cart)) {
            for (int i = 1; i <= CLIENTS; i++) {
                assertThat(ask("127.0.0." + i, proxy.address())).isEqualTo("two");
            }
            assertThat(proxy.log.ended(CLIENTS))
                    .extracting(ended -> ended.attempts().size())
                    .contains(1, 2);
        }
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void whenAnEndpointGoesHardlyAnyOfTheOthersClientsMoveAndWhenItComesBackAllReturn(Balancer algorithm)
            throws Exception {
        Cluster all = cluster(algorithm, "0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
        Cluster without = over(algorithm, Arrays.copyOf(addresses(), 9));
        Listener listener = http(new HashPolicy.Header("x-user"));
        try (TestProxy proxy = proxy(listener, all);
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            Map<String, String> before = owners(client, 200);
            List<String> orphans = users(before, "9");
            proxy.serving(listener, without);
            await().until(() -> !owner(client, orphans.getFirst()).equals("9"));

            Map<String, String> after = owners(client, 200);
            assertThat(after.values()).doesNotContain("9");
            // Of a remainder of a division nine in ten would move; a ring gives those who stay a tenth more points
            // each.
            assertThat(before.keySet())
                    .filteredOn(user -> !orphans.contains(user))
                    .filteredOn(user -> !Objects.equals(after.get(user), before.get(user)))
                    .hasSizeLessThan(200 / 4);

            proxy.serving(listener, all);
            await().until(() -> owner(client, orphans.getFirst()).equals("9"));
            assertThat(owners(client, 200)).isEqualTo(before);
        }
    }

    /** Whose each of so many users is. */
    private static Map<String, String> owners(Http1Peer client, int users) throws IOException {
        Map<String, String> owners = new HashMap<>();
        for (int i = 0; i < users; i++) {
            owners.put("user-" + i, owner(client, "user-" + i));
        }
        return owners;
    }

    private static List<String> users(Map<String, String> owners, String of) {
        return owners.entrySet().stream()
                .filter(entry -> entry.getValue().equals(of))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static String owner(Http1Peer client, String user) throws IOException {
        client.sendHead("GET / HTTP/1.1", "Host: cart", "X-User: " + user);
        return client.receive().text();
    }

    /** Who answers a request on a connection from this address. */
    private static String ask(String from, InetSocketAddress address) throws IOException {
        Socket socket =
                new Socket(address.getAddress(), address.getPort(), InetAddress.ofLiteral(from), /* localPort= */ 0);
        try (Http1Peer client = new Http1Peer(socket)) {
            return client.get("/").text();
        }
    }

    private static TestProxy proxy(Listener listener, Cluster cluster) {
        return new TestProxy().serving(listener, cluster);
    }

    private static Listener http(HashPolicy hashed) {
        return Mesh.outbound(new Route(
                "shop/cart/0",
                RouteMatch.ANY,
                ClusterSplit.to("cart"),
                Duration.ZERO,
                RetryPolicy.NONE,
                List.of(hashed)));
    }

    private static Listener tcp(boolean bySource) {
        return new Listener(
                TCP,
                Direction.OUTBOUND,
                Mesh.ANY_PORT,
                DownstreamTls.NONE,
                new Listener.Handler.Tcp(new ClusterSplit(List.of(new Share("cart", 1)), bySource)));
    }

    /** Of an endpoint for each name, which is what it answers. */
    private Cluster cluster(Balancer algorithm, String... names) {
        for (String name : names) {
            backends.add(Http1Backend.saying(name));
        }
        return over(algorithm, addresses());
    }

    private InetSocketAddress[] addresses() {
        return backends.stream().map(Http1Backend::address).toArray(InetSocketAddress[]::new);
    }

    private static Cluster over(Balancer algorithm, InetSocketAddress... addresses) {
        return Mesh.cluster("cart", addresses).with(BalancingTest.policy(algorithm, null, 50));
    }
}
