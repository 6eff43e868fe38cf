package io.tracery.cli.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.tracery.cli.check.FreshnessProbe.Sighting;
import io.tracery.cli.demo.DataDir;
import io.tracery.cli.demo.DemoPlan;
import io.tracery.cli.demo.Installation;
import io.tracery.cli.demo.MeshFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The load generator's account against the graph's. */
class CountsTest {

    private static final String EDGE = "shop/front>shop/cart:http";

    private final List<String> problems = new ArrayList<>();

    @Test
    void comparesWhatWasCountedSinceTheLoadBegan() throws Exception {
        GraphView before = graph(100, 100, "mtls", "front", "cart");
        GraphView after = graph(107, 108, "mtls", "front", "cart");

        CheckReport.Graph report = check(counts(7, 8)).counts(after.since(before));

        assertThat(report.countsEqual()).isTrue();
        assertThat(report.edgesSeen()).containsExactly(EDGE);
        assertThat(problems).isEmpty();
    }

    @Test
    void saysWhichEdgeCountsDifferently() throws Exception {
        CheckReport.Graph report =
                check(counts(7, 8)).counts(graph(7, 7, "mtls", "front", "cart").since(graph(0, 0, "mtls", "a", "b")));

        assertThat(report.countsEqual()).isFalse();
        assertThat(problems).containsExactly(EDGE + " shows 7 requests and 7 received, expected are 7 and 8");
    }

    @Test
    void verifiesTheIdentitiesOfBothSides() throws Exception {
        assertThat(check(counts(7, 8)).mtls(graph(7, 8, "mtls", "front", "cart"), List.of()))
                .isEqualTo(new CheckReport.Mtls(1, 1));
        assertThat(problems).isEmpty();

        assertThat(check(counts(7, 8)).mtls(graph(7, 8, "mtls", "front", "thief"), List.of()))
                .isEqualTo(new CheckReport.Mtls(1, 0));
        assertThat(check(counts(7, 8)).mtls(graph(7, 8, "none", "front", "cart"), List.of()))
                .isEqualTo(new CheckReport.Mtls(1, 0));
        assertThat(check(counts(7, 8))
                        .mtls(graph(7, 8, "mtls", "front", "cart"), List.of("cart: port 21003 speaks TLS 1.2")))
                .isEqualTo(new CheckReport.Mtls(1, 0));
        assertThat(problems).hasSize(3);
    }

    @Test
    void measuresFromARequestsEndToTheFirstLookThatCountsIt() {
        List<Long> ends = List.of(1000L, 1100L, 1200L, 1300L);
        List<Sighting> sightings = List.of(new Sighting(2, 1500), new Sighting(3, 1900));

        assertThat(FreshnessProbe.delays(sightings, ends, 0)).containsExactly(400L, 500L, 700L);
        assertThat(FreshnessProbe.delays(sightings, ends, 1100)).containsExactly(400L, 700L);
        assertThat(FreshnessProbe.quantile(List.of(1L, 2L, 3L, 4L), 0.5)).isEqualTo(2);
        assertThat(FreshnessProbe.quantile(List.of(1L, 2L, 3L, 4L), 0.99)).isEqualTo(4);
    }

    @Test
    void printsTheObjectThatWasPromised() throws Exception {
        CheckReport report = new CheckReport(
                true,
                12.5,
                new CheckReport.Requests(10, 10, 0),
                new CheckReport.Mtls(13, 13),
                new CheckReport.Graph(List.of(EDGE), List.of(EDGE), true),
                new CheckReport.Freshness(700, 1300),
                new CheckReport.Trace(8, true),
                new CheckReport.Prometheus(13, 13),
                new CheckReport.Memory(81.2, 80.1, 612.9),
                97.5,
                new CheckReport.Spans(100, 102, 5, 95, 11, 1, 95),
                new CheckReport.Canaries(4, 4, 0),
                List.of());

        assertThat(json(report.json())).isEqualTo(json("""
                {"ok": true, "startup_seconds": 12.5,
                 "requests": {"sent": 10, "answered": 10, "lost": 0},
                 "mtls": {"hops": 13, "verified": 13},
                 "graph": {"edges_expected": ["shop/front>shop/cart:http"], "edges_seen": ["shop/front>shop/cart:http"],
                           "counts_equal": true},
                 "freshness_ms": {"p50": 700.0, "p99": 1300.0},
                 "trace": {"hops": 8, "complete": true},
                 "prometheus": {"targets": 13, "parsed": 13},
                 "memory_mib": {"sidecar_max": 81.2, "sidecar_median": 80.1, "standalone": 612.9},
                 "span_bytes": 97.5,
                 "spans": {"exchanges": 100, "recorded": 102, "applications": 5,
                           "kept": 95, "not_kept": 11, "dropped": 1, "stored": 95},
                 "canaries": {"sent": 4, "arrived": 4, "lost": 0},
                 "problems": []}"""));
    }

    @Test
    void readsTheProportionalSize() {
        assertThat(ProcessMemory.pss("5581 rollup\nRss: 1 kB\nPss:               83148 kB\nPss_Anon: 2 kB\n"))
                .hasValue(81.19921875);
    }

    @Test
    void reckonsWhatASpanTakes(@TempDir Path kafka) throws IOException {
        Files.createDirectories(kafka.resolve("mesh_spans-0"));
        Files.createDirectories(kafka.resolve("mesh_spans_dead-0"));
        Files.write(kafka.resolve("mesh_spans-0/0.log"), new byte[900]);
        Files.write(kafka.resolve("mesh_spans-0/0.index"), new byte[10]);
        Files.write(kafka.resolve("mesh_spans_dead-0/0.log"), new byte[10]);

        assertThat(SpanBytes.size(kafka)).isEqualTo(900);
        assertThat(new SpanBytes(900, 12).since(new SpanBytes(300, 2))).isEqualTo(60);
        assertThat(new SpanBytes(900, 12).since(new SpanBytes(1000, 2))).isNull();
    }

    /** Ten exchanges, one of which was tried twice, two canaries, one span of an application; one too many for the exporter, one of no use. */
    @Test
    void addsUpWhereSpansWent() {
        MetricsPages sidecars = new MetricsPages(List.of("""
                # TYPE tracery_exchange_duration_seconds histogram
                tracery_exchange_duration_seconds_count{tracery_fate="served"} 9
                tracery_exchange_duration_seconds_count{tracery_fate="app_error"} 1
                tracery_exchange_retries_total{tracery_direction="outbound"} 1
                tracery_telemetry_accepted_total{signal="spans"} 12.0
                tracery_telemetry_dropped_total{signal="spans",reason="queue_full"} 1.0
                tracery_telemetry_queued{signal="spans"} 0
                """, """
                tracery_telemetry_accepted_total{signal="canaries"} 2.0 # {trace_id="a"} 1.0
                """));
        String standalone = """
                tracery_pipeline_spans_total{outcome="passed",reason="",stage="otlp"} 1.0
                tracery_pipeline_spans_total{outcome="accepted",reason="",stage="mesh"} 14.0
                tracery_pipeline_spans_total{outcome="dropped",reason="invalid_id",stage="mesh"} 1.0
                tracery_pipeline_spans_total{outcome="dropped",reason="not_kept",stage="decide"} 6.0
                tracery_pipeline_spans_total{outcome="passed",reason="",stage="decide"} 9.0
                tracery_pipeline_spans_revived_total 2.0
                tracery_search_spans_total{outcome="passed",reason=""} 7.0
                tracery_search_canaries_total{outcome="arrived"} 2.0
                """;
        SpanAccount account = SpanAccount.of(sidecars, new MetricsPages(List.of(standalone)));

        assertThat(account.problems()).isEmpty();
        assertThat(account.spans()).isEqualTo(new CheckReport.Spans(10, 12, 1, 7, 4, 2, 7));
        assertThat(account.canariesSeen()).isEqualTo(new CheckReport.Canaries(2, 2, 0));
        assertThat(account.since(account).problems()).isEmpty();

        String lossy = standalone.replace("stage=\"mesh\"} 14.0", "stage=\"mesh\"} 13.0")
                + "tracery_search_canaries_total{outcome=\"lost\"} 1.0\n";
        assertThat(SpanAccount.of(sidecars, new MetricsPages(List.of(lossy))).problems())
                .containsExactly(
                        "14 spans and canaries that sidecars and applications sent, but 13 the pipeline took",
                        "13 spans that the pipeline took, but 14 it kept, did not keep and could not let pass",
                        "1 canaries of sidecars were lost, and 0 sidecars are overdue");
    }

    private EdgeCheck check(LoadCounts counts) {
        Path root = Path.of("").toAbsolutePath().resolve("..").normalize();
        Path mesh = root.resolve("examples/shop/mesh");
        DemoPlan plan = new DemoPlan(
                new Installation(root), mesh, new DataDir(root.resolve("data")), MeshFolder.sidecars(mesh), 20);
        return new EdgeCheck(plan, counts, problems);
    }

    private static LoadCounts counts(int requests, int received) throws Exception {
        return LoadCounts.parse(json("""
                {"sent": 7, "answered": 7, "lost": 0, "underWay": 0, "skipped": 0, "firstAnsweredMillis": 1, "losses": [],
                 "edges": [{"source": "front", "target": "cart", "protocol": "http", "requests": %d, "received": %d}]}""".formatted(requests, received)));
    }

    private static GraphView graph(int requests, int received, String tls, String from, String to) throws Exception {
        String identity = "spiffe://tracery.local/ns/shop/sa/";
        return GraphView.parse(json("""
                {"edges": [{"id": "%s", "source": "shop/front", "target": "shop/cart", "requests": %d, "received": %d,
                            "tls": "%s", "sourceIdentity": "%s", "targetIdentity": "%s"}]}""".formatted(EDGE, requests, received, tls, identity + from, identity + to)));
    }

    private static JsonNode json(String text) throws Exception {
        return JsonMapper.builder().build().readTree(text);
    }
}
