package io.tracery.proxy.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.tracery.proxy.data.Http1Peer.Message;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.mesh.AdaptiveConcurrency;
import io.tracery.proxy.mesh.CircuitLimits;
import io.tracery.proxy.mesh.ClusterPolicy;
import io.tracery.proxy.mesh.DownstreamTls;
import io.tracery.tracing.span.Fate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A busy application is spared; how the number of requests that it gets is found is simulated in {@code balance}. */
@Timeout(30)
@ExtendWith(LeakCheck.class)
class SheddingTest {

    private static ClusterPolicy policy(AdaptiveConcurrency limit) {
        int any = Integer.MAX_VALUE;
        ClusterPolicy usual = ClusterPolicy.DEFAULT;
        return new ClusterPolicy(
                usual.balancer(),
                usual.latency(),
                usual.slowStart(),
                usual.zones(),
                usual.outliers(),
                usual.panicPercent(),
                new CircuitLimits(any, any, any, any, limit));
    }

    @Test
    void theLeastUrgentAreRefusedFirstAndHealthChecksLast() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        List<Http1Peer> workers = new ArrayList<>();
        try (Http1Backend busy = new Http1Backend((request, client) -> {
                    if (request.start().startsWith("GET /work")) {
                        go.await(20, TimeUnit.SECONDS);
                    }
                    client.answer(200, "done");
                });
                TestProxy proxy = new TestProxy()
                        .serving(
                                Mesh.inbound(DownstreamTls.NONE, Mesh.route("app")),
                                Mesh.cluster("app", busy.address())
                                        .with(policy(
                                                new AdaptiveConcurrency(10, 10, Set.of("/healthz"), "priority"))));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            // Six of ten is all that the least urgent may take, ten the usual, thirteen the most urgent.
            int[][] refusedAt = {{6, 7}, {10, 3}, {13, 0}};
            for (int[] level : refusedAt) {
                while (workers.size() < level[0]) {
                    assertThat(ask(client, level[1])).isEqualTo(200);
                    Http1Peer worker = Http1Peer.connect(proxy.address());
                    workers.add(worker);
                    worker.send("GET /work HTTP/1.1\r\nHost: app\r\nPriority: u=0\r\n\r\n");
                    await().until(() -> busy.requests().stream()
                                    .filter(request -> request.start().startsWith("GET /work"))
                                    .count()
                            == workers.size());
                }
                assertThat(ask(client, level[1])).isEqualTo(503);
            }
            assertThat(client.get("/healthz").status()).isEqualTo(200);
            assertThat(proxy.log.shed())
                    .as("what the records say")
                    .satisfiesExactly(
                            least -> assertThat(least).endsWith("at urgency 7"),
                            usual -> assertThat(usual).endsWith("at urgency 3"),
                            most -> assertThat(most).endsWith("at urgency 0"));
            go.countDown();
            for (Http1Peer worker : workers) {
                assertThat(worker.receive().status()).isEqualTo(200);
                worker.close();
            }
        }
    }

    private static int ask(Http1Peer client, int urgency) throws IOException {
        client.send("GET /other HTTP/1.1\r\nHost: app\r\nPriority: u=" + urgency + ", i\r\n\r\n");
        return client.receive().status();
    }

    @Test
    void aBusyApplicationIsSparedAllButThoseWhoAskWhetherItLives() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        ClusterPolicy policy = policy(new AdaptiveConcurrency(1, 1, Set.of("/healthz")));
        try (Http1Backend busy = new Http1Backend((request, client) -> {
                    if (request.start().startsWith("GET /work")) {
                        go.await(20, TimeUnit.SECONDS);
                    }
                    client.answer(200, "done");
                });
                TestProxy proxy = new TestProxy()
                        .serving(
                                Mesh.inbound(DownstreamTls.NONE, Mesh.route("app")),
                                Mesh.cluster("app", busy.address()).with(policy));
                Http1Peer worker = Http1Peer.connect(proxy.address());
                Http1Peer other = Http1Peer.connect(proxy.address())) {
            worker.send("GET /work HTTP/1.1\r\nHost: app\r\n\r\n");
            await().until(() -> busy.requests().size() == 1);

            Message shed = other.get("/other");
            assertThat(shed.status()).isEqualTo(503);
            assertThat(shed.header("retry-after")).isEqualTo("1");
            assertThat(shed.header("x-tracery-fate")).isEqualTo("breaker_open");
            assertThat(shed.text()).contains("app has 1 requests under way, more than its latency lets through now");
            assertThat(other.get("/healthz").status()).isEqualTo(200);
            other.send("GET /live HTTP/1.1\r\nHost: app\r\nUser-Agent: kube-probe/1.34\r\n\r\n");
            assertThat(other.receive().status()).isEqualTo(200);

            go.countDown();
            assertThat(worker.receive().status()).isEqualTo(200);
            assertThat(other.get("/other").status()).isEqualTo(200);
            assertThat(proxy.log.ended(5)).extracting(Exchange::fate).containsOnlyOnce(Fate.BREAKER_OPEN);
        }
    }

    @Test
    void aBusyGrpcServerIsStillAskedWhetherItLivesAndForControl() throws Exception {
        ClusterPolicy policy = policy(new AdaptiveConcurrency(1, 1, Set.of()));
        try (GrpcServer busy = new GrpcServer();
                TestProxy proxy = new TestProxy()
                        .serving(
                                Mesh.inbound(DownstreamTls.NONE, Mesh.route("app")),
                                Mesh.cluster("app", busy.address()).with(policy))) {
            ManagedChannel channel = GrpcServer.dial(proxy.address());
            try {
                Future<byte[]> worker = GrpcServer.begin(channel, GrpcServer.WORK);
                await().until(() -> busy.working() == 1);

                assertThat(GrpcServer.call(channel, GrpcServer.ECHO)).isEqualTo(Status.Code.UNAVAILABLE);
                assertThat(GrpcServer.call(channel, GrpcServer.HEALTH)).isEqualTo(Status.Code.OK);
                assertThat(GrpcServer.call(channel, GrpcServer.CONTROL)).isEqualTo(Status.Code.OK);

                busy.finish();
                assertThat(worker.get(20, TimeUnit.SECONDS)).containsExactly(1);
                assertThat(GrpcServer.call(channel, GrpcServer.ECHO)).isEqualTo(Status.Code.OK);
                assertThat(proxy.log.ended(5))
                        .filteredOn(exchange -> exchange.fate() == Fate.BREAKER_OPEN)
                        .singleElement()
                        .extracting(Exchange::path)
                        .isEqualTo("/test.Test/Echo");
            } finally {
                channel.shutdownNow();
            }
        }
    }
}
