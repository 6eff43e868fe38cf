package io.tracery.topology.api;

import static io.tracery.topology.SettableClock.START;
import static io.tracery.topology.graph.Traffic.labels;
import static io.tracery.topology.graph.Traffic.received;
import static io.tracery.topology.graph.Traffic.sent;
import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.topology.Golden;
import io.tracery.topology.graph.Measure;
import io.tracery.topology.graph.View;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class GraphApiTest {

    private static final String EDGE = "shop/front>shop/cart:http";

    /** Shared by the tests that only read: a server takes its time to close. */
    private static final ApiKit kit = new ApiKit();

    @BeforeAll
    static void begin() {
        seed(kit);
    }

    @AfterAll
    static void close() {
        kit.close();
    }

    @Test
    void showsTheGraph() {
        HttpResponse<String> answer = kit.get("/api/graph?window=30s");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-type")).contains("application/json; charset=utf-8");
        assertThat(answer.headers().firstValue("x-content-type-options")).contains("nosniff");
        assertThat(answer.headers().firstValue("content-security-policy"))
                .hasValueSatisfying(policy -> assertThat(policy).startsWith("default-src 'self'"));
        Golden.assertJson("graph.json", answer.body());
    }

    @Test
    void compressesOnceForWhoAsks() throws Exception {
        String path = "/api/graph?window=30s";
        HttpRequest.Builder plain = HttpRequest.newBuilder(kit.uri(path));
        HttpResponse<byte[]> small =
                kit.client.send(plain.copy().header("accept-encoding", "gzip").build(), BodyHandlers.ofByteArray());

        assertThat(small.headers().allValues("content-encoding")).containsExactly("gzip");
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(small.body()))) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo(kit.get(path).body());
        }
    }

    @Test
    void showsAnEmptyGraph() {
        try (ApiKit empty = new ApiKit()) {
            Golden.assertJson("graph-empty.json", empty.get("/api/graph").body());
            Golden.assertJson("health-empty.json", empty.get("/api/health").body());
        }
    }

    @Test
    void showsTheLastSecondsOfAnEdgeAndOfANode() {
        Golden.assertJson(
                "edge-series.json",
                kit.get("/api/edges/series?range=5s&id=shop%2Ffront%3Eshop%2Fcart%3Ahttp")
                        .body());
        Golden.assertJson(
                "node-series.json",
                kit.get("/api/nodes/series?range=5s&id=shop/cart").body());
        Golden.assertJson(
                "node-series-uncalled.json",
                kit.get("/api/nodes/series?range=5s&id=external/clients").body());
    }

    @Test
    void showsItsHealth() {
        try (ApiKit own = new ApiKit()) {
            seed(own);
            own.lag.record(START - 120, START);
            own.lag.record(START - 80, START);
            Golden.assertJson("health-ok.json", own.get("/api/health").body());
            own.flowing = false;
            assertThat(own.get("/api/health").body()).contains("\"status\":\"stale\"");
            own.flowing = true;
            own.traffic.clock.advance(Duration.ofSeconds(41));
            assertThat(own.get("/api/health").body()).contains("\"status\":\"stale\"");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /api/graph?window=1s                     | 400 | window=1s is out of range: from 5s to 10m
            /api/graph?window=11m                    | 400 | window=11m is out of range: from 5s to 10m
            /api/graph?window=soon                   | 400 | window=soon is not a duration: write a number and ms, s, m or h, like 30s
            /api/graph?windows=30s                   | 400 | there is no parameter windows here; there is window, at, from, to, namespace, collapse
            /api/graph/stream?window=99h             | 400 | window=99h is out of range: from 5s to 10m
            /api/edges/series                        | 400 | the parameter id is missing: add id=shop/front>shop/cart:http
            /api/edges/series?id=a/b%3Ec/d:http      | 404 | the graph has no edge a/b>c/d:http; /api/graph lists those it has
            /api/nodes/series?id=a/b&range=16m       | 400 | range=16m is out of range: from 5s to 15m
            /api/nodes/series?id=a/b                 | 404 | the graph has no node a/b; /api/graph lists those it has
            /api/graph?at=tea                        | 400 | at=tea is not a time: write Unix milliseconds, 2026-01-31T13:00:00Z, now, or -15m for so long before now
            /api/graph?at=-2m&from=-1m               | 400 | at and from or to exclude each other: leave one out
            /api/graph?from=-1m&to=-2m               | 400 | from=-1m is an interval that ends before it begins
            /api/graph?at=2026-01-01T00:01:00Z       | 400 | at=2026-01-01T00:01:00Z lies ahead: it is 2026-01-01T00:00:00Z now
            /api/graph?at=2026-01-01T00:00:30.001Z   | 400 | at=2026-01-01T00:00:30.001Z lies ahead: it is 2026-01-01T00:00:00Z now
            /api/graph?from=2026-01-01T00:00:00Z&to=2026-01-01T00:01:00Z | 400 | from=2026-01-01T00:00:00Z lies ahead: it is 2026-01-01T00:00:00Z now
            /api/graph?collapse=all                  | 400 | collapse=all is not known: write collapse=namespace
            /api/nothing                             | 404 | there is no GET /api/nothing; there are GET /api/graph, /api/graph/stream, /api/graph/diff, /api/edges, /api/edges/series, /api/nodes/series, /api/services, /api/services/{namespace}/{name}, /api/routes, /api/events, /api/mesh, /api/limits, /api/tap and /api/health
            """)
    void saysWhatIsWrongWithARequest(String path, int status, String message) {
        HttpResponse<String> answer = kit.get(path);

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.body())
                .isEqualTo("{\"error\":{\"status\":%d,\"message\":\"%s\"}}".formatted(status, message));
    }

    @Test
    void onlyReads() {
        HttpResponse<String> answer =
                kit.send(HttpRequest.newBuilder(kit.uri("/api/graph")).DELETE());

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).contains("there is no DELETE /api/graph");
    }

    /** A minute of traffic: a caller outside, two versions, some failures, one edge that has gone quiet. */
    private static void seed(ApiKit kit) {
        kit.traffic.ended(sent("shop/cart>shop/kv:tcp"), 1, 3.0, START - 61_000, START - 60_000);
        for (long to = START - 50_000; to <= START; to += 1000) {
            long from = to - 1000;
            kit.traffic.ended(received("external/clients>shop/front:http"), 10, 0.030, from, to);
            kit.traffic.ended(labels(EDGE, View.SENDER, "v1", "served"), 9, 0.012, from, to);
            kit.traffic.ended(labels(EDGE, View.SENDER, "v2", "served"), 4, 0.006, from, to);
            kit.traffic.ended(labels(EDGE, View.SENDER, "v2", "deadline"), 1, 0.250, from, to);
            kit.traffic.counted(sent(EDGE), Measure.RETRIES, 1, from, to);
            kit.traffic.counted(sent(EDGE), Measure.REQUEST_BYTES, 100, from, to);
            kit.traffic.counted(sent(EDGE), Measure.RESPONSE_BYTES, 5000, from, to);
            kit.traffic.ended(received(EDGE), 13, 0.008, from, to);
        }
    }
}
