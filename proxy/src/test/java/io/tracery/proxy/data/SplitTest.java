package io.tracery.proxy.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.proxy.mesh.Cluster;
import io.tracery.proxy.mesh.Listener;
import io.tracery.proxy.route.ClusterSplit;
import io.tracery.proxy.route.ClusterSplit.Share;
import io.tracery.proxy.route.RetryPolicy;
import io.tracery.proxy.route.Route;
import io.tracery.proxy.route.RouteMatch;
import io.tracery.proxy.route.RouteMatch.Header;
import io.tracery.proxy.route.RouteMatch.Path;
import io.tracery.tracing.span.Fate;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(30)
@ExtendWith(LeakCheck.class)
class SplitTest {

    @Test
    void sharesRequestsByWeightExactlyAlsoOverNewConfiguration() throws Exception {
        try (Http1Backend stable = Http1Backend.saying("stable");
                Http1Backend canary = Http1Backend.saying("canary");
                TestProxy proxy = new TestProxy()) {
            List<Cluster> clusters =
                    List.of(Mesh.cluster("stable", stable.address()), Mesh.cluster("canary", canary.address()));
            proxy.serving(List.of(ninetyTen()), clusters);
            try (Http1Peer client = Http1Peer.connect(proxy.address())) {
                for (int i = 0; i < 100; i++) {
                    if (i == 45) {
                        // The same again: endpoints come and go all the time, and must not restart the count.
                        proxy.serving(List.of(ninetyTen()), clusters);
                    }
                    client.get("/" + i);
                }
            }
            assertThat(stable.requests()).hasSize(90);
            assertThat(canary.requests()).hasSize(10);
        }
    }

    private static Listener ninetyTen() {
        return Mesh.outbound(new Route(
                "shop/reco/0",
                RouteMatch.ANY,
                new ClusterSplit(List.of(new Share("stable", 90), new Share("canary", 10))),
                Duration.ZERO,
                RetryPolicy.NONE));
    }

    @Test
    void takesTheFirstRouteThatMatches() throws Exception {
        try (Http1Backend beta = Http1Backend.saying("beta");
                Http1Backend items = Http1Backend.saying("items");
                Http1Backend rest = Http1Backend.saying("rest");
                TestProxy proxy = new TestProxy()
                        .serving(
                                Mesh.outbound(
                                        to(
                                                "beta",
                                                new RouteMatch(
                                                        new Path.Prefix("/"), "", List.of(new Header("x-beta", "1")))),
                                        to("items", new RouteMatch(new Path.Prefix("/items"), "GET", List.of())),
                                        to("rest", RouteMatch.ANY)),
                                Mesh.cluster("beta", beta.address()),
                                Mesh.cluster("items", items.address()),
                                Mesh.cluster("rest", rest.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            assertThat(client.get("/items/1?x=/y").text()).isEqualTo("items");
            assertThat(client.get("/itemsonly").text()).isEqualTo("rest");
            assertThat(client.post("/items", "").text()).isEqualTo("rest");
            client.sendHead("GET /items HTTP/1.1", "Host: cart", "X-Beta: 1");
            assertThat(client.receive().text()).isEqualTo("beta");
        }
    }

    private static Route to(String cluster, RouteMatch match) {
        return new Route("shop/" + cluster, match, ClusterSplit.to(cluster), Duration.ZERO, RetryPolicy.NONE);
    }

    @Test
    void saysWhenThereIsNobodyToServe() throws Exception {
        try (TestProxy proxy = new TestProxy()
                        .serving(
                                Mesh.outbound(
                                        to("empty", new RouteMatch(new Path.Prefix("/empty"), "", List.of())),
                                        to("unknown", RouteMatch.ANY)),
                                Mesh.cluster("empty"));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            assertThat(client.get("/empty").status()).isEqualTo(503);
            assertThat(client.get("/other").header("x-tracery-fate")).isEqualTo("no_endpoint");
            assertThat(proxy.log.ended(2)).allMatch(exchange -> exchange.fate() == Fate.NO_ENDPOINT);
        }
    }
}
