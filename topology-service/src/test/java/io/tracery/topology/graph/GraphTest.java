package io.tracery.topology.graph;

import static io.tracery.topology.SettableClock.START;
import static io.tracery.topology.graph.Traffic.labels;
import static io.tracery.topology.graph.Traffic.received;
import static io.tracery.topology.graph.Traffic.sent;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.tracery.tracing.metric.ExponentialHistogram;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GraphTest {

    private static final String EDGE = "shop/front>shop/cart:http";
    private static final Duration WINDOW = Duration.ofSeconds(30);

    private final Traffic traffic = new Traffic(GraphLimits.DEFAULT);

    @Test
    void aSteadyRateLooksSteadyWhateverThePhaseAndJitterOfReports() {
        Random random = new Random(7);
        long last = START - 40_000;
        for (int report = 1; report <= 100; report++) {
            // Around the boundary of a second, where a report may fall on either side.
            long time = START - 40_000 + report * 1000L + random.nextInt(41) - 20;
            traffic.clock.set(time + 20);
            traffic.ended(sent(EDGE), 50, 0.01, last, time);
            last = time;
        }
        traffic.clock.set(last + 100);

        assertThat(edge().requestRate()).isCloseTo(50, within(1.0));
        Series series = traffic.reader.edgeSeries(EDGE, WINDOW).orElseThrow();
        assertThat(series.points())
                .hasSize(30)
                .allSatisfy(point -> assertThat(point.requestRate()).isBetween(45.0, 55.0));
    }

    @Test
    void aNodeSaysWhatAClusterRunsBehindItAndAWholeNamespaceDoesNot() {
        KubernetesWorkload cart = new KubernetesWorkload(
                List.of(new KubernetesWorkload.Owner("Deployment", "cart", 1, 2, List.of("cart:1"))),
                List.of("cart"),
                1,
                0,
                List.of(),
                Map.of());
        GraphReader asking = new GraphReader(
                traffic.graph, traffic.clock, node -> node.equals(new NodeId("shop", "cart")) ? cart : null);
        traffic.ended(sent(EDGE), 1, 0.01, START - 1000, START);

        assertThat(asking.snapshot(WINDOW).nodes())
                .extracting(NodeSummary::id, NodeSummary::kubernetes)
                .containsExactly(tuple("shop/cart", cart), tuple("shop/front", null));
        assertThat(asking.snapshot(WINDOW, new GraphScope(null, true)).nodes())
                .extracting(NodeSummary::kubernetes)
                .containsExactly((KubernetesWorkload) null);
    }

    @Test
    void whatArrivesLateIsShownWhenItHappenedNotAsASpike() {
        traffic.ended(sent(EDGE), 100, 0.01, START - 1000, START);
        traffic.clock.advance(Duration.ofSeconds(100));
        traffic.ended(sent(EDGE), 10_000, 0.01, START, START + 100_000);

        Series series = traffic.reader.edgeSeries(EDGE, Duration.ofSeconds(60)).orElseThrow();
        assertThat(series.points())
                .hasSize(60)
                .allSatisfy(point -> assertThat(point.requestRate()).isCloseTo(100, within(1.0)));
        assertThat(edge().requests()).isEqualTo(10_100);
    }

    @Test
    void aSingleRequestAfterALongSilenceHappenedAtItsEnd() {
        traffic.ended(sent(EDGE), 1, 0.01, START - 1000, START);
        traffic.clock.advance(Duration.ofSeconds(25));
        traffic.ended(sent(EDGE), 1, 0.01, START, START + 25_000);

        traffic.clock.advance(Duration.ofSeconds(7));
        assertThat(traffic.reader.edgeSeries(EDGE, WINDOW).orElseThrow().points())
                .filteredOn(point -> point.t() >= START && point.requestRate() > 0)
                .singleElement()
                .satisfies(point -> assertThat(point.t()).isEqualTo(START + 24_000));
    }

    @Test
    void quantilesOverAnyWindowAreThoseOfAllValues() {
        Random random = new Random(11);
        double[] all = new double[60 * 200];
        for (int second = 0; second < 60; second++) {
            ExponentialHistogram histogram = new ExponentialHistogram();
            for (int i = 0; i < 200; i++) {
                double value = Math.exp(random.nextGaussian() - 5);
                all[second * 200 + i] = value;
                histogram.record(value);
            }
            traffic.clock.set(START + (second + 1) * 1000L);
            traffic.ended(sent(EDGE), histogram, START + second * 1000L, START + (second + 1) * 1000L);
        }
        Arrays.sort(all);

        EdgeSummary edge =
                traffic.reader.edge(EdgeKey.parse(EDGE), Duration.ofMinutes(2)).orElseThrow();
        assertThat(edge.p50()).isCloseTo(all[all.length / 2] * 1000, within(all[all.length / 2] * 50));
        assertThat(edge.p99())
                .isCloseTo(all[(int) (all.length * 0.99)] * 1000, within(all[(int) (all.length * 0.99)] * 60));
    }

    @Test
    void sharesAndNodesAreOfTheWindowAndCountsOfAllTime() {
        for (int second = 1; second <= 60; second++) {
            long now = START + second * 1000L;
            traffic.clock.set(now);
            // Failures only in the first half minute.
            traffic.ended(
                    labels(EDGE, View.SENDER, "v1", second <= 20 ? "app_error" : "served"), 10, 0.1, now - 1000, now);
            traffic.ended(labels("shop/web>shop/cart:grpc", View.SENDER, "v2", "served"), 30, 0.2, now - 1000, now);
        }

        assertThat(edge().successShare()).isEqualTo(1.0);
        assertThat(edge().fates()).containsEntry("app_error", 200L).containsEntry("served", 400L);
        NodeSummary cart = traffic.reader.snapshot(WINDOW).nodes().stream()
                .filter(node -> node.id().equals("shop/cart"))
                .findFirst()
                .orElseThrow();
        assertThat(cart.requestRate()).isCloseTo(40, within(0.5));
        assertThat(cart.versions()).containsExactly("v1", "v2");
        assertThat(cart.p99()).isCloseTo(200, within(20.0));
    }

    @Test
    void theSendersWordReplacesTheReceiversWhenItComes() {
        traffic.ended(received(EDGE), 7, 0.01, START - 1000, START);
        assertThat(edge().requests()).isEqualTo(7);
        assertThat(edge().received()).isEqualTo(7);

        traffic.ended(sent(EDGE), 9, 0.02, START - 1000, START);
        assertThat(edge().requests()).isEqualTo(9);
        assertThat(edge().received()).isEqualTo(7);
        assertThat(edge().p50()).isCloseTo(20, within(2.0));
        assertThat(edge().routes()).containsExactly("shop/cart/0");
    }

    @Test
    void aProxyWhoseClockIsAheadDoesNotMoveTheGraphIntoTheFuture() {
        traffic.ended(sent(EDGE), 5, 0.01, START + 59_000, START + 60_000);

        assertThat(traffic.reader.newestData()).isEqualTo(START);
        assertThat(edge().lastSeen()).isEqualTo(START);
        assertThat(edge().successShare()).isEqualTo(1.0);
    }

    @Test
    void anEdgeGoesStaleThenLeavesAndComesBackWithItsCounts() {
        traffic.ended(sent(EDGE), 5, 0.01, START - 1000, START);
        traffic.clock.set(START + 30_000);
        assertThat(edge().stale()).isFalse();
        traffic.clock.set(START + 30_001);
        assertThat(edge().stale()).isTrue();
        assertThat(traffic.reader.snapshot(WINDOW).nodes()).allMatch(NodeSummary::stale);
        traffic.clock.set(START + 600_001);
        assertThat(traffic.reader.snapshot(WINDOW).edges()).isEmpty();

        traffic.ended(sent(EDGE), 1, 0.01, START + 600_000, START + 600_001);
        assertThat(edge().requests()).isEqualTo(6);
    }

    @Test
    void tellsOfALargeGraphALittleAtATimeAndOfEachEdgeOnce() {
        for (int i = 0; i < 2_500; i++) {
            traffic.ended(sent("shop/front>shop/s" + i + ":http"), 1, 0.01, START - 1000, START);
        }

        List<EdgeChange> told = new ArrayList<>(traffic.graph.takeChanges());
        assertThat(told).hasSize(2_000);
        assertThat(traffic.graph.takeChanges()).isEmpty();
        traffic.clock.advance(Duration.ofSeconds(1));
        told.addAll(traffic.graph.takeChanges());
        assertThat(told).extracting(EdgeChange::edge).hasSize(2_500).doesNotHaveDuplicates();
    }

    @Test
    void tellsOfAnEdgeOnceASecondWithEverythingUntilThen() {
        traffic.ended(sent(EDGE), 5, 0.01, START - 1000, START);
        assertThat(told()).containsExactly(5L);
        traffic.ended(sent(EDGE), 2, 0.01, START, START);
        assertThat(told()).isEmpty();
        traffic.ended(sent(EDGE), 3, 0.01, START, START);
        traffic.clock.advance(Duration.ofSeconds(1));
        assertThat(told()).containsExactly(10L);
        traffic.clock.advance(Duration.ofSeconds(1));
        assertThat(told()).isEmpty();
    }

    private List<Long> told() {
        return traffic.graph.takeChanges().stream()
                .map(change -> Objects.requireNonNull(change.now()).requests())
                .toList();
    }

    @Test
    void sharesTheRoomForHistoryAmongEdges() {
        Traffic small = new Traffic(new GraphLimits(1000, 100, 10_000));
        for (int i = 0; i < 50; i++) {
            small.ended(sent("shop/a>shop/b" + i + ":http"), 1, 0.01, START - 1000, START);
        }
        small.graph.trim();
        assertThat(small.graph.historySeconds()).isEqualTo(200);
        for (int i = 50; i < 1000; i++) {
            small.ended(sent("shop/a>shop/b" + i + ":http"), 1, 0.01, START - 1000, START);
        }
        small.graph.trim();
        assertThat(small.graph.historySeconds()).isEqualTo(GraphLimits.MIN_HISTORY_SECONDS);
        assertThat(small.graph.admit(0, sent("shop/a>shop/one-more:http"))).isEqualTo(Graph.Admission.EDGE_BUDGET);
    }

    @Test
    void showsABoundedNumberOfVersionsAndRoutesAndCountsThemAll() {
        for (int i = 0; i < 200; i++) {
            SeriesLabels one = labels(EDGE, View.SENDER, "v" + i, "served");
            SeriesLabels other =
                    new SeriesLabels(one.edge(), one.view(), one.version(), "none", "route-" + i, one.fate(), "", "");
            traffic.ended(other, 1, 0.01, START - 1000, START);
        }

        assertThat(edge().requests()).isEqualTo(200);
        assertThat(edge().versions()).hasSize(GraphLimits.MAX_VERSIONS);
        assertThat(edge().routes()).hasSize(GraphLimits.MAX_ROUTES);
        traffic.clock.advance(Duration.ofSeconds(7));
        assertThat(traffic.reader.edgeSeries(EDGE, WINDOW).orElseThrow().points().stream()
                        .mapToDouble(Series.Point::requestRate)
                        .sum())
                .isEqualTo(200);
    }

    @Test
    void saysMixedWhereOnlySomeOfTheTrafficIsMutual() {
        SeriesLabels mutual = sent(EDGE);
        SeriesLabels plain = new SeriesLabels(mutual.edge(), mutual.view(), "v1", "none", "", "served", "", "");
        traffic.ended(plain, 1, 0.01, START - 1000, START);
        assertThat(edge().tls()).isEqualTo("none");
        traffic.ended(mutual, 1, 0.01, START - 1000, START);
        assertThat(edge().tls()).isEqualTo("mixed");
        traffic.clock.advance(Duration.ofSeconds(60));
        long now = START + 60_000;
        traffic.ended(mutual, 1, 0.01, now - 1000, now);
        assertThat(edge().tls()).isEqualTo("mtls");
    }

    @Test
    void withdrawnCountsComeBackFromTheirOwnerOnly() {
        traffic.ended(sent(EDGE), 5, 0.01, START - 1000, START);
        traffic.graph.restoration(1).complete();
        assertThat(edge().requests()).isEqualTo(5);
        traffic.graph.restoration(0).complete();
        assertThat(traffic.reader.snapshot(WINDOW).edges()).isEmpty();
    }

    private EdgeSummary edge() {
        return traffic.reader.edge(EdgeKey.parse(EDGE), WINDOW).orElseThrow();
    }
}
