package io.tracery.proxy.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.Channel;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.tracery.proxy.data.Http1Peer.Message;
import io.tracery.proxy.loop.EndpointView;
import io.tracery.proxy.mesh.DownstreamTls;
import io.tracery.proxy.mesh.UpstreamProtocol;
import io.tracery.proxy.route.Backoff;
import io.tracery.proxy.route.Hedge;
import io.tracery.proxy.route.RetryPolicy;
import io.tracery.proxy.route.RetryPolicy.Condition;
import io.tracery.proxy.upstream.Limits;
import io.tracery.tracing.span.Fate;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever goes wrong on either side, and however it mixes: every exchange that began ends, once, with one fate. */
@Timeout(120)
@ExtendWith(LeakCheck.class)
class FateAccountingTest {

    private static final TestCa CA = new TestCa();
    private static final int CLIENTS = 8;
    private static final int REQUESTS = 60;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void requestsEqualTheSumOverTheirFates(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        RetryPolicy retry = new RetryPolicy(
                2,
                Set.of(Condition.CONNECT_FAILURE, Condition.RESET, Condition.STATUS),
                Set.of(503),
                Duration.ofMillis(400),
                Backoff.DEFAULT,
                new Hedge(Duration.ofMillis(20), Hedge.Methods.ANY));
        try (RawServer backend = new RawServer(socket -> misbehave(socket, seed));
                TestProxy inbound = new TestProxy(Limits.DEFAULT, 2)
                        .with(CA.identity("cart"))
                        .serving(
                                Mesh.inbound(DownstreamTls.STRICT, Mesh.route("app")),
                                Mesh.cluster("app", UpstreamProtocol.HTTP1, backend.address()));
                TestProxy outbound = new TestProxy(Limits.DEFAULT, 2)
                        .with(CA.identity("front"))
                        .serving(
                                Mesh.outbound(Mesh.route("cart", Duration.ofMillis(600), retry)),
                                Mesh.secured("cart", TestCa.spiffeId("cart"), inbound.address(), RawServer.nobody()));
                Http2Peers peers = new Http2Peers()) {
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                SplittableRandom own = random.split();
                boolean http2 = i % 4 == 0;
                clients.add(Thread.ofVirtual().start(() -> {
                    if (http2) {
                        askOverHttp2(peers, outbound, own);
                    } else {
                        askOverHttp1(outbound, own);
                    }
                }));
            }
            for (Thread client : clients) {
                assertThat(client.join(Duration.ofSeconds(90))).isTrue();
            }
            outbound.log.assertEveryExchangeHadOneFate();
            inbound.log.assertEveryExchangeHadOneFate();
            assertThat(outbound.log.started()).isGreaterThan(CLIENTS * REQUESTS / 2);
            assertThat(outbound.log.fates().values().stream()
                            .mapToInt(Integer::intValue)
                            .sum())
                    .isEqualTo(outbound.log.started());
            assertThat(outbound.log.fates())
                    .as("seed %d", seed)
                    .containsKeys(Fate.SERVED, Fate.DEADLINE, Fate.MALFORMED_REQUEST, Fate.CLIENT_GONE);
            // What the balancers count comes back to nothing, or they would shun an endpoint for ever.
            for (TestProxy proxy : List.of(outbound, inbound)) {
                await().untilAsserted(() -> assertThat(proxy.dataPath.endpoints(Duration.ofSeconds(5)).values().stream()
                                .flatMap(List::stream)
                                .mapToInt(EndpointView::inFlight))
                        .containsOnly(0));
            }
        }
    }

    private static void misbehave(Socket socket, long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed + socket.getPort());
        Http1Peer client = new Http1Peer(socket);
        while (true) {
            Message request = client.receive();
            switch (random.nextInt(14)) {
                case 0 -> client.answer(503, "busy");
                case 1 -> client.answer(500, "broken");
                case 2 -> {
                    socket.setSoLinger(true, 0);
                    return;
                }
                case 3 -> {
                    client.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
                    return;
                }
                case 4 -> {
                    client.send("garbage\r\n\r\n");
                    return;
                }
                case 5 -> LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
                case 6 -> {
                    client.answer(200, "last words");
                    return;
                }
                case 7 -> {
                    client.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
                    LockSupport.parkNanos(random.nextInt(20_000_000));
                    client.send("0\r\n\r\n");
                }
                default -> client.answer(200, "echo " + request.text());
            }
        }
    }

    private static void askOverHttp1(TestProxy proxy, SplittableRandom random) {
        Http1Peer client = null;
        for (int i = 0; i < REQUESTS; i++) {
            try {
                if (client == null) {
                    client = Http1Peer.connect(proxy.address());
                }
                switch (random.nextInt(12)) {
                    case 0 -> client.send("BROKEN\r\n\r\n");
                    case 1 -> {
                        client.send("GET /gone HTTP/1.1\r\nHost: cart\r\n\r\n");
                        LockSupport.parkNanos(random.nextInt(5_000_000));
                        client.close();
                        client = null;
                        continue;
                    }
                    case 2 -> {
                        client.send("POST / HTTP/1.1\r\nHost: cart\r\nContent-Length: 1000\r\n\r\npart of it");
                        LockSupport.parkNanos(random.nextInt(5_000_000));
                        client.close();
                        client = null;
                        continue;
                    }
                    case 3 -> client.send("POST / HTTP/1.1\r\nHost: cart\r\nContent-Length: 4\r\n\r\nbody");
                    case 4 ->
                        client.send("POST / HTTP/1.1\r\nHost: cart\r\nContent-Length: 200000\r\n\r\n"
                                + "x".repeat(200_000));
                    default -> client.send("GET / HTTP/1.1\r\nHost: cart\r\n\r\n");
                }
                if (client.receive().header("connection").equals("close")) {
                    client.close();
                    client = null;
                }
            } catch (IOException | RuntimeException e) {
                close(client);
                client = null;
            }
        }
        close(client);
    }

    private static void askOverHttp2(Http2Peers peers, TestProxy proxy, SplittableRandom random) {
        try {
            Channel connection = peers.connect(proxy.address());
            for (int i = 0; i < REQUESTS; i++) {
                var answer = peers.ask(
                        connection,
                        new DefaultHttp2Headers(false)
                                .method(random.nextBoolean() ? "GET" : "POST")
                                .scheme("http")
                                .authority("cart")
                                .path("/"));
                if (random.nextInt(4) > 0) {
                    answer.exceptionally(Throwable::toString).join();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void close(@org.jspecify.annotations.Nullable Http1Peer client) {
        try {
            if (client != null) {
                client.close();
            }
        } catch (IOException e) {
            // It was closed already.
        }
    }
}
