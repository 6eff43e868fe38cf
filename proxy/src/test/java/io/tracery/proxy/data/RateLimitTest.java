package io.tracery.proxy.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.tracery.proxy.data.Http1Peer.Message;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.mesh.Direction;
import io.tracery.proxy.mesh.DownstreamTls;
import io.tracery.proxy.mesh.Listener;
import io.tracery.proxy.mesh.UpstreamProtocol;
import io.tracery.proxy.route.ClusterSplit;
import io.tracery.proxy.route.Filters;
import io.tracery.proxy.route.Policies;
import io.tracery.proxy.route.Rate;
import io.tracery.proxy.route.RateLimit;
import io.tracery.proxy.route.RateLimit.PerKey;
import io.tracery.proxy.route.RateLimiter;
import io.tracery.proxy.route.RetryPolicy;
import io.tracery.proxy.route.Route;
import io.tracery.proxy.route.RouteMatch;
import io.tracery.tracing.span.Fate;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(30)
@ExtendWith(LeakCheck.class)
class RateLimitTest {

    private static final TestCa CA = new TestCa();

    static Route limited(Rate all, @Nullable PerKey perKey) {
        return new Route(
                "shop/cart/0",
                RouteMatch.ANY,
                ClusterSplit.to("cart"),
                Duration.ZERO,
                RetryPolicy.NONE,
                List.of(),
                Filters.NONE,
                new Policies(new RateLimiter(new RateLimit(all, perKey)), null));
    }

    private static Listener hourly(int burst, @Nullable PerKey perKey) {
        return Mesh.outbound(limited(new Rate(1, Duration.ofHours(1), burst), perKey));
    }

    @Test
    void whatIsAboveTheBurstIsAnswered429AndReachesNobody() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("there");
                TestProxy proxy = new TestProxy().serving(hourly(2, null), Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            Message first = client.get("/");
            assertThat(first.status()).isEqualTo(200);
            assertThat(first.header("x-ratelimit-limit")).isEqualTo("2");
            assertThat(first.header("x-ratelimit-remaining")).isEqualTo("1");
            assertThat(first.header("x-ratelimit-reset")).isEqualTo("3600");
            assertThat(client.get("/").header("x-ratelimit-remaining")).isEqualTo("0");

            Message refused = client.post("/", "body");
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.header("retry-after")).isEqualTo("3600");
            assertThat(refused.header("x-ratelimit-remaining")).isEqualTo("0");
            assertThat(refused.header("x-tracery-fate")).isEqualTo("rate_limited");
            assertThat(refused.text()).contains("1 requests per 3600000 ms");

            Exchange exchange = proxy.log.ended(3).getLast();
            assertThat(exchange.fate()).isEqualTo(Fate.RATE_LIMITED);
            assertThat(exchange.attempts()).isEmpty();
            assertThat(exchange.limited()).contains("are what the route may");
            assertThat(exchange.cluster()).isNull();
            assertThat(backend.requests()).hasSize(2);
        }
    }

    @Test
    void newConfigurationForgivesNothingUnlessTheLimitChanged() throws Exception {
        try (Http1Backend backend = Http1Backend.saying("there");
                TestProxy proxy = new TestProxy().serving(hourly(1, null), Mesh.cluster("cart", backend.address()))) {
            try (Http1Peer client = Http1Peer.connect(proxy.address())) {
                assertThat(client.get("/").status()).isEqualTo(200);
                proxy.serving(hourly(1, null), Mesh.cluster("cart", backend.address()));
                assertThat(client.get("/").status()).isEqualTo(429);
                proxy.serving(hourly(2, null), Mesh.cluster("cart", backend.address()));
                assertThat(client.get("/").status()).isEqualTo(200);
            }
        }
    }

    @Test
    void usersAreToldApartByAHeader() throws Exception {
        PerKey perUser = new PerKey(new RateLimit.Key.Header("x-user"), new Rate(1, Duration.ofHours(1), 1), 10);
        try (Http1Backend backend = Http1Backend.saying("there");
                TestProxy proxy =
                        new TestProxy().serving(hourly(100, perUser), Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            assertThat(as(client, "ann")).isEqualTo(200);
            assertThat(as(client, "ann")).isEqualTo(429);
            assertThat(as(client, "bob")).isEqualTo(200);
            assertThat(client.get("/").status()).isEqualTo(200);
            assertThat(client.get("/").status())
                    .as("those without a name share a bucket")
                    .isEqualTo(429);
            assertThat(proxy.log.ended(5))
                    .filteredOn(e -> e.fate() == Fate.RATE_LIMITED)
                    .hasSize(2);
        }
    }

    @Test
    void clientsAreToldApartByTheirAddress() throws Exception {
        PerKey perAddress = new PerKey(new RateLimit.Key.SourceAddress(), new Rate(1, Duration.ofHours(1), 1), 10);
        try (Http1Backend backend = Http1Backend.saying("there");
                TestProxy proxy =
                        new TestProxy().serving(hourly(100, perAddress), Mesh.cluster("cart", backend.address()));
                Http1Peer one = from("127.0.0.1", proxy);
                Http1Peer again = from("127.0.0.1", proxy);
                Http1Peer other = from("127.0.0.2", proxy)) {
            assertThat(one.get("/").status()).isEqualTo(200);
            assertThat(again.get("/").status()).as("another port of the same").isEqualTo(429);
            assertThat(other.get("/").status()).isEqualTo(200);
            assertThat(proxy.snapshots.current().rateLimitKeys()).isEqualTo(2);
            proxy.log.ended(3);
        }
    }

    private static Http1Peer from(String address, TestProxy proxy) throws Exception {
        InetSocketAddress to = proxy.address();
        return new Http1Peer(new Socket(to.getAddress(), to.getPort(), InetAddress.getByName(address), 0));
    }

    private static int as(Http1Peer client, String user) throws Exception {
        client.send("GET / HTTP/1.1\r\nHost: cart\r\nX-User: " + user + "\r\n\r\n");
        return client.receive().status();
    }

    @Test
    void callersAreToldApartByTheirIdentity() throws Exception {
        PerKey perCaller = new PerKey(new RateLimit.Key.CallerIdentity(), new Rate(1, Duration.ofHours(1), 1), 10);
        Route route = limited(new Rate(1, Duration.ofHours(1), 100), perCaller);
        try (Http1Backend backend = Http1Backend.saying("there");
                TestProxy inbound = new TestProxy()
                        .with(CA.identity("cart"))
                        .serving(
                                Mesh.http("inbound/80", Direction.INBOUND, DownstreamTls.STRICT, route),
                                Mesh.cluster("cart", backend.address()));
                TestProxy front = calling("front", inbound);
                TestProxy other = calling("other", inbound);
                Http1Peer ofFront = Http1Peer.connect(front.address());
                Http1Peer ofOther = Http1Peer.connect(other.address())) {
            assertThat(ofFront.get("/").status()).isEqualTo(200);
            Message refused = ofFront.get("/");
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.header("retry-after")).isEqualTo("3600");
            assertThat(ofOther.get("/").status()).isEqualTo(200);
            assertThat(inbound.log.ended(3))
                    .extracting(Exchange::fate)
                    .containsExactly(Fate.SERVED, Fate.RATE_LIMITED, Fate.SERVED);
        }
    }

    private static TestProxy calling(String workload, TestProxy inbound) {
        return new TestProxy()
                .with(CA.identity(workload))
                .serving(
                        Mesh.outbound(Mesh.route("cart")),
                        Mesh.secured("cart", TestCa.spiffeId("cart"), inbound.address()));
    }

    @Test
    void http2ClientsAreRefusedOneStreamAtATime() throws Exception {
        Http2Peers peers = new Http2Peers();
        try (Http1Backend backend = Http1Backend.saying("there");
                TestProxy proxy = new TestProxy()
                        .serving(hourly(1, null), Mesh.cluster("cart", UpstreamProtocol.HTTP1, backend.address()))) {
            Channel client = peers.connect(proxy.address());
            assertThat(peers.ask(client, http2Get()).get()).isEqualTo("200 there");
            assertThat(peers.ask(client, http2Get()).get()).startsWith("429 rate_limited: 1 requests per 3600000 ms");
            assertThat(proxy.log.ended(2).getLast().fate()).isEqualTo(Fate.RATE_LIMITED);
        } finally {
            peers.close();
        }
    }

    private static Http2Headers http2Get() {
        return new DefaultHttp2Headers().method("GET").path("/").scheme("http").authority("cart");
    }
}
