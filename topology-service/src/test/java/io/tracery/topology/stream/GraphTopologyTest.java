package io.tracery.topology.stream;

import static io.tracery.topology.SettableClock.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.MetricsData;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.tracery.topology.Call;
import io.tracery.topology.SimulatedProxy;
import io.tracery.topology.graph.EdgeSummary;
import io.tracery.topology.graph.GraphLimits;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.KeyValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class GraphTopologyTest {

    private static final String EDGE = "shop/front>shop/cart:http";

    @TempDir
    Path directory;

    private final SimulatedProxy front = new SimulatedProxy("shop/front", "v1", "sidecar~shop/front-1", START - 10_000);
    private final SimulatedProxy cart = new SimulatedProxy("shop/cart", "v2", "sidecar~shop/cart-1", START - 10_000);

    @Test
    void showsAnEdgeAsBothOfItsEndsSawIt() {
        try (StreamKit kit = new StreamKit(directory)) {
            front.exchanges(Call.to("shop/cart").version("v2"), 8, 0.004);
            front.exchanges(Call.to("shop/cart").version("v2").failing(), 2, 0.1);
            front.retry(Call.to("shop/cart").version("v2"), 3);
            front.io(Call.to("shop/cart").version("v2"), 100, 2000);
            cart.exchanges(Call.from("shop/front"), 9, 0.002);
            kit.send(front.reportAll(START));
            kit.send(cart.reportAll(START));

            EdgeSummary edge = StreamKit.edge(kit.reader, EDGE);
            assertThat(edge.requests()).isEqualTo(10);
            assertThat(edge.received()).isEqualTo(9);
            assertThat(edge.fates()).isEqualTo(Map.of("served", 8L, "app_error", 2L));
            assertThat(edge.retries()).isEqualTo(3);
            assertThat(edge.bytesReceived()).isEqualTo(100);
            assertThat(edge.bytesSent()).isEqualTo(2000);
            assertThat(edge.tls()).isEqualTo("mtls");
            assertThat(edge.sourceIdentity()).isEqualTo("spiffe://tracery.local/ns/shop/sa/front");
            assertThat(edge.targetIdentity()).isEqualTo("spiffe://tracery.local/ns/shop/sa/cart");
            assertThat(edge.routes()).containsExactly("shop/cart/0");
            assertThat(edge.versions()).singleElement().satisfies(version -> {
                assertThat(version.version()).isEqualTo("v2");
                assertThat(version.requests()).isEqualTo(10);
            });
        }
    }

    @Test
    void countsOnlyWhatIsNewInEachReport() {
        try (StreamKit kit = new StreamKit(directory)) {
            for (int second = 1; second <= 20; second++) {
                front.exchanges(Call.to("shop/cart"), 5, 0.01);
                kit.send(front.reportChanged(START + second * 1000L));
                kit.pass(Duration.ofSeconds(1));
            }

            EdgeSummary edge = StreamKit.edge(kit.reader, EDGE);
            assertThat(edge.requests()).isEqualTo(100);
            assertThat(edge.requestRate()).isBetween(4.5, 5.5);
            assertThat(edge.p50()).isBetween(9.0, 11.0);
        }
    }

    @Test
    void countsAnewWhenAProxyHasStartedAnew() {
        try (StreamKit kit = new StreamKit(directory)) {
            front.exchanges(Call.to("shop/cart"), 5, 0.01);
            kit.send(front.reportAll(START));
            front.restart(START + 500);
            front.exchanges(Call.to("shop/cart"), 3, 0.01);
            kit.send(front.reportAll(START + 1000));

            assertThat(StreamKit.edge(kit.reader, EDGE).requests()).isEqualTo(8);
            assertThat(StreamKit.edge(kit.restored(), EDGE).requests()).isEqualTo(8);
        }
    }

    @Test
    void countsASeriesOnceInWhateverOrderItsAttributesStand() {
        try (StreamKit kit = new StreamKit(directory)) {
            for (int second = 0; second < 6; second++) {
                front.exchanges(Call.to("shop/cart"), 5, 0.01);
                MetricsData report = front.reportAll(START + second * 1000L);
                kit.send(second % 2 == 0 ? report : reordered(report, second % 3 == 0));
            }

            assertThat(StreamKit.edge(kit.reader, EDGE).requests()).isEqualTo(30);
            assertThat(StreamKit.edge(kit.restored(), EDGE).requests()).isEqualTo(30);
        }
    }

    @Test
    void countsDuplicatesAndOlderRecordsOnceAndSaysSo() {
        try (StreamKit kit = new StreamKit(directory)) {
            front.exchanges(Call.to("shop/cart"), 5, 0.01);
            MetricsData first = front.reportAll(START);
            front.exchanges(Call.to("shop/cart"), 5, 0.01);
            MetricsData second = front.reportAll(START + 1000);
            kit.send(second);
            kit.send(first);
            kit.send(second);

            assertThat(StreamKit.edge(kit.reader, EDGE).requests()).isEqualTo(10);
            assertThat(kit.dropped("topology.points.dropped", "out_of_order")).isEqualTo(2);
            assertThat(kit.dropped("topology.points.dropped", "duplicate")).isEqualTo(2);
        }
    }

    @Test
    void doesNotBelieveACounterThatFallsWithoutAStart() {
        try (StreamKit kit = new StreamKit(directory)) {
            front.exchanges(Call.to("shop/cart"), 5, 0.01);
            kit.send(front.reportAll(START));
            SimulatedProxy liar = new SimulatedProxy("shop/front", "v1", "sidecar~shop/front-1", START - 10_000);
            liar.exchanges(Call.to("shop/cart"), 2, 0.01);
            kit.send(liar.reportAll(START + 1000));

            assertThat(StreamKit.edge(kit.reader, EDGE).requests()).isEqualTo(5);
            assertThat(kit.dropped("topology.points.dropped", "decreased")).isEqualTo(2);
        }
    }

    @Test
    void attributesCallersWithoutIdentityToTheOutside() {
        try (StreamKit kit = new StreamKit(directory)) {
            front.exchanges(Call.fromOutside(), 7, 0.01);
            kit.send(front.reportAll(START));

            EdgeSummary edge = StreamKit.edge(kit.reader, "external/clients>shop/front:http");
            assertThat(edge.requests()).isEqualTo(7);
            assertThat(edge.received()).isEqualTo(7);
            assertThat(edge.tls()).isEqualTo("none");
            assertThat(kit.reader.snapshot(Duration.ofSeconds(30)).nodes())
                    .filteredOn(node -> node.id().equals("external/clients"))
                    .singleElement()
                    .satisfies(node -> {
                        assertThat(node.kind()).isEqualTo("client");
                        assertThat(node.requestRate()).isNull();
                    });
        }
    }

    @Test
    void accountsForEveryRecordAndEveryPoint() {
        try (StreamKit kit = new StreamKit(directory, new GraphLimits(1, 3, 1000))) {
            front.exchanges(Call.to("shop/cart"), 5, 0.01);
            front.exchanges(Call.to("shop/cart").failing(), 5, 0.01);
            front.exchanges(Call.to("shop/other"), 5, 0.01);
            front.retry(Call.to("shop/cart"), 1);
            MetricsData report = front.reportAll(START);
            kit.send(report);
            kit.send(report);
            kit.send("not metrics at all".getBytes(StandardCharsets.UTF_8));
            kit.send(foreign());
            kit.send(withoutInstance(report));
            kit.send((byte[]) null);

            assertThat(kit.counter("topology.records")).isEqualTo(6);
            assertThat(kit.counter("topology.records"))
                    .isEqualTo(kit.counter("topology.records.applied") + kit.sum("topology.records.dropped"));
            assertThat(kit.counter("topology.points"))
                    .isEqualTo(kit.counter("topology.points.applied") + kit.sum("topology.points.dropped"));
            assertThat(kit.dropped("topology.records.dropped", "malformed")).isEqualTo(1);
            assertThat(kit.dropped("topology.points.dropped", "foreign")).isEqualTo(1);
            assertThat(kit.dropped("topology.points.dropped", "invalid")).isEqualTo(6);
            assertThat(kit.dropped("topology.points.dropped", "edge_budget")).isEqualTo(4);
            assertThat(kit.dropped("topology.points.dropped", "series_budget")).isEqualTo(2);
            assertThat(kit.counter("topology.points.applied")).isEqualTo(3);
        }
    }

    @Test
    void keepsWhatItCannotReadForWhoeverLooksForItsAuthor() {
        try (StreamKit kit = new StreamKit(directory)) {
            byte[] poison = {(byte) 0xff, (byte) 0xff, 1, 2, 3};
            for (int i = 0; i < DeadLetters.MAX_FILES + 5; i++) {
                kit.send(poison);
            }
            front.exchanges(Call.to("shop/cart"), 5, 0.01);
            kit.send(front.reportAll(START));

            assertThat(StreamKit.edge(kit.reader, EDGE).requests()).isEqualTo(5);
            assertThat(kit.deadLetters).isDirectoryContaining("glob:**/otlp_metrics-0-*.bin");
            assertThat(kit.deadLetters.toFile().list()).hasSize(DeadLetters.MAX_FILES);
        }
    }

    @Test
    void keepsTheBeginningOfWhatIsTooLargeToBeKeptWhole() {
        try (StreamKit kit = new StreamKit(directory)) {
            byte[] poison = new byte[3 << 20];
            Arrays.fill(poison, (byte) 0xff);
            kit.send(poison);
            assertThat(kit.deadLetters.toFile().listFiles())
                    .hasSize(1)
                    .allSatisfy(file -> assertThat(file).hasSize(1 << 20));
        }
    }

    @Test
    void countsARecordThatHasNoTimeOfItsOwn() {
        try (StreamKit kit = new StreamKit(directory)) {
            front.exchanges(Call.to("shop/cart"), 5, 0.01);
            kit.sendWithoutTime(front.reportAll(START));

            assertThat(StreamKit.edge(kit.reader, EDGE).requests()).isEqualTo(5);
        }
    }

    @Test
    void tellsOfAChangedEdgeOnceASecondAndOfItsLeaving() {
        try (StreamKit kit = new StreamKit(directory)) {
            front.exchanges(Call.to("shop/cart"), 5, 0.01);
            kit.send(front.reportAll(START));
            front.exchanges(Call.to("shop/cart"), 5, 0.01);
            kit.send(front.reportAll(START + 300));
            kit.pass(Duration.ofSeconds(5));

            assertThat(kit.edges().readKeyValuesToList()).singleElement().satisfies(edge -> {
                assertThat(edge.key).isEqualTo(EDGE);
                assertThat(new String(edge.value, StandardCharsets.UTF_8)).contains("\"requests\":10,");
            });

            kit.pass(Duration.ofMinutes(11));
            assertThat(kit.edges().readKeyValuesToList()).containsExactly(new KeyValue<>(EDGE, null));
            assertThat(kit.reader.snapshot(Duration.ofSeconds(30)).edges()).isEmpty();
        }
    }

    @Test
    void anEdgeWithExchangesInFlightLivesOnWordOfThem() {
        Call kv = Call.to("shop/kv").protocol("tcp");
        try (StreamKit kit = new StreamKit(directory)) {
            front.begin(kv, 1);
            kit.send(front.reportAll(START));
            for (int half = 1; half <= 30; half++) {
                kit.pass(Duration.ofSeconds(30));
                assertThat(StreamKit.edge(kit.reader, "shop/front>shop/kv:tcp").stale())
                        .isFalse();
                kit.send(front.reportAll(START + half * 30_000L));
            }
            front.end(kv, 1, 900);
            kit.send(front.reportAll(START + 901_000L));
            kit.pass(Duration.ofSeconds(32));

            assertThat(StreamKit.edge(kit.reader, "shop/front>shop/kv:tcp").requests())
                    .isEqualTo(1);
            assertThat(StreamKit.edge(kit.reader, "shop/front>shop/kv:tcp").stale())
                    .isTrue();
        }
    }

    private static MetricsData foreign() {
        return MetricsData.newBuilder()
                .addResourceMetrics(ResourceMetrics.newBuilder()
                        .addScopeMetrics(ScopeMetrics.newBuilder()
                                .addMetrics(Metric.newBuilder()
                                        .setName("jvm.memory.used")
                                        .setGauge(Gauge.newBuilder()
                                                .addDataPoints(NumberDataPoint.newBuilder()
                                                        .setAsInt(1))))))
                .build();
    }

    private static MetricsData reordered(MetricsData report, boolean resource) {
        MetricsData.Builder data = report.toBuilder();
        ResourceMetrics.Builder metrics = data.getResourceMetricsBuilder(0);
        if (resource) {
            List<io.opentelemetry.proto.common.v1.KeyValue> own =
                    List.copyOf(metrics.getResource().getAttributesList());
            metrics.getResourceBuilder().clearAttributes().addAllAttributes(own.reversed());
        }
        for (Metric.Builder metric : metrics.getScopeMetricsBuilder(0).getMetricsBuilderList()) {
            if (metric.hasExponentialHistogram()) {
                metric.getExponentialHistogramBuilder()
                        .getDataPointsBuilderList()
                        .forEach(point -> {
                            List<io.opentelemetry.proto.common.v1.KeyValue> attributes =
                                    List.copyOf(point.getAttributesList());
                            point.clearAttributes().addAllAttributes(attributes.reversed());
                        });
            }
        }
        return data.build();
    }

    private static MetricsData withoutInstance(MetricsData report) {
        ResourceMetrics.Builder metrics = report.getResourceMetrics(0).toBuilder();
        metrics.getResourceBuilder().clearAttributes();
        return MetricsData.newBuilder().addResourceMetrics(metrics).build();
    }
}
