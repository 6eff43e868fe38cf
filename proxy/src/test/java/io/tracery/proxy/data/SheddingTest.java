package io.tracery.proxy.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tracery.proxy.data.Http1Peer.Message;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.mesh.AdaptiveConcurrency;
import io.tracery.proxy.mesh.CircuitLimits;
import io.tracery.proxy.mesh.ClusterPolicy;
import io.tracery.proxy.mesh.DownstreamTls;
import io.tracery.tracing.span.Fate;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A busy application is spared; how the number of requests that it gets is found is simulated in {@code balance}. */
@Timeout(30)
@ExtendWith(LeakCheck.class)
class SheddingTest {

    @Test
    void aBusyApplicationIsSparedAllButThoseWhoAskWhetherItLives() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CircuitLimits one = new CircuitLimits(
                Integer.MAX_VALUE,
                Integer.MAX_VALUE,
                Integer.MAX_VALUE,
                Integer.MAX_VALUE,
                new AdaptiveConcurrency(1, 1, Set.of("/healthz")));
        ClusterPolicy usual = ClusterPolicy.DEFAULT;
        ClusterPolicy policy = new ClusterPolicy(
                usual.balancer(),
                usual.latency(),
                usual.slowStart(),
                usual.zones(),
                usual.outliers(),
                usual.panicPercent(),
                one);
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
}
