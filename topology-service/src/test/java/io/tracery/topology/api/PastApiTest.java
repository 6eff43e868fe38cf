package io.tracery.topology.api;

import static io.tracery.topology.SettableClock.START;
import static io.tracery.topology.graph.Traffic.labels;
import static io.tracery.topology.graph.Traffic.received;
import static io.tracery.topology.graph.Traffic.sent;
import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.topology.Golden;
import io.tracery.topology.fleet.BalancedEndpoints;
import io.tracery.topology.fleet.ProxyReport;
import io.tracery.topology.fleet.UndeclaredPorts;
import io.tracery.topology.graph.EdgeKey;
import io.tracery.topology.graph.Exemplar;
import io.tracery.topology.graph.Increment;
import io.tracery.topology.graph.Measure;
import io.tracery.topology.graph.SeriesLabels;
import io.tracery.topology.graph.View;
import io.tracery.tracing.metric.ExponentialHistogram;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Twenty minutes of a shop: after ten of them version 2 of the cart appears, with an edge of its own, slower and without its store. */
@Timeout(60)
class PastApiTest {

    private static final String FRONT_CART = "shop/front>shop/cart:http";
    private static final String CART_KV = "shop/cart>shop/kv:tcp";
    private static final String CART_RECO = "shop/cart>data/reco:grpc";
    private static final long BEGIN = START - 1_200_000;
    private static final long DEPLOY = START - 600_000;

    private static final ApiKit kit = new ApiKit();

    @BeforeAll
    static void begin() {
        kit.traffic.clock.set(BEGIN);
        kit.proxies.heard(proxy("sidecar~shop/cart-1", "v1", BEGIN, BEGIN + 1000));
        for (long to = BEGIN + 1000; to <= START; to += 1000) {
            kit.traffic.clock.set(to);
            second(to - 1000, to);
            kit.remembered.tick(to);
            kit.proxies.tick(to, time -> kit.traffic.clock.millis() - time);
        }
    }

    private static void second(long from, long to) {
        kit.traffic.ended(received("external/clients>shop/front:http"), 10, 0.030, from, to);
        kit.traffic.ended(received(FRONT_CART), 10, 0.008, from, to);
        kit.traffic.counted(sent(FRONT_CART), Measure.RESPONSE_BYTES, 5000, from, to);
        if (to <= DEPLOY) {
            kit.traffic.ended(labels(FRONT_CART, View.SENDER, "v1", "served"), 10, 0.010, from, to);
            SeriesLabels store = tcp();
            kit.traffic.counted(store, Measure.STARTED, to == BEGIN + 1000 ? 1 : 0, from, to);
            kit.traffic.counted(store, Measure.REQUEST_BYTES, 100, from, to);
            kit.proxies.heard(proxy("sidecar~shop/cart-1", "v1", BEGIN, to));
        } else {
            kit.traffic.ended(labels(FRONT_CART, View.SENDER, "v2", "served"), 9, 0.025, from, to);
            failed(from, to);
            kit.traffic.ended(sent(CART_RECO), 2, 0.004, from, to);
            kit.proxies.heard(proxy("sidecar~shop/cart-2", "v2", DEPLOY, to));
        }
    }

    private static void failed(long from, long to) {
        ExponentialHistogram one = new ExponentialHistogram();
        one.record(0.5);
        kit.traffic.count(new Increment(
                labels(FRONT_CART, View.SENDER, "v2", "deadline"),
                Measure.DURATION,
                "",
                1,
                one,
                from,
                to,
                new Exemplar(to - 1, 500 + (to / 1000 % 10), "%032x".formatted(to), "00f067aa0ba902b7")));
    }

    private static SeriesLabels tcp() {
        return new SeriesLabels(EdgeKey.parse(CART_KV), View.SENDER, "", "none", "outbound/kv.shop/6379", "", "", "");
    }

    private static ProxyReport proxy(String instance, String version, long started, long time) {
        return new ProxyReport(
                instance,
                "shop/cart",
                version,
                "spiffe://tracery.local/ns/shop/sa/cart",
                started,
                time,
                time < started + 120_000 ? 3L : 4L,
                time < started + 120_000 ? started + 2_000 : started + 120_000,
                started + 1_000,
                started + 3_601_000,
                0L,
                2L,
                0L,
                balanced(time),
                undeclared(time));
    }

    private static UndeclaredPorts undeclared(long time) {
        return new UndeclaredPorts(
                time,
                List.of(
                        new UndeclaredPorts.Port("inbound/21003", Map.of("http_1", 600L), 200),
                        new UndeclaredPorts.Port("outbound/kv.shop/6379", Map.of("server_first", 3L), 200)),
                0);
    }

    /** Each sees the cart's second endpoint, and leaves it out in the first half. */
    private static BalancedEndpoints balanced(long time) {
        String ejected = time < DEPLOY ? "consecutive_5xx" : "";
        return new BalancedEndpoints(
                time,
                List.of(
                        new BalancedEndpoints.Endpoint(
                                "shop/kv", "", "outbound/kv.shop/6379", "10.0.0.9:6379", 0.001, 2, ""),
                        new BalancedEndpoints.Endpoint(
                                "shop/cart", "v2", "outbound/cart.shop/80", "10.0.0.7:8080", 0.025, 1, ejected)),
                time < DEPLOY ? 0 : 3);
    }

    @AfterAll
    static void close() {
        kit.close();
    }

    @Test
    void showsTheGraphAsItWas() {
        Golden.assertJson("graph-at.json", get("/api/graph?at=" + DEPLOY + "&window=1m"));
        assertThat(get("/api/graph?at=2025-12-31T23:50:00Z&window=1m")).isEqualTo(get("/api/graph?at=-10m&window=1m"));
        assertThat(get("/api/graph?from=-20m&to=-10m")).contains("\"requests\":6000,\"received\":6000");
    }

    @Test
    void takesWhatLiesALittleAheadForNow() {
        assertThat(get("/api/graph?at=" + (START + 30_000) + "&window=1m"))
                .isEqualTo(get("/api/graph?at=now&window=1m"))
                .contains("\"to\":" + START);
        assertThat(get("/api/graph/diff?a=-10m&b=" + (START + 30_000))).isEqualTo(get("/api/graph/diff?a=-10m&b=now"));
    }

    @Test
    void answersForAnIntervalThatAnAnswerNamed() {
        kit.traffic.clock.set(START + 3_000);
        try {
            assertThat(get("/api/graph/diff?a=-10m&b=now&window=1m")).contains("\"to\":" + (START + 10_000));
            assertThat(get("/api/graph?from=" + (START - 60_000) + "&to=" + (START + 10_000)))
                    .contains("\"from\":" + (START - 60_000) + ",\"to\":" + (START + 10_000))
                    .contains(CART_RECO);
        } finally {
            kit.traffic.clock.set(START);
        }
    }

    @Test
    void collapsesNamespaces() {
        Golden.assertJson("graph-collapsed.json", get("/api/graph?collapse=namespace&window=30s"));
        Golden.assertJson("graph-collapsed-at.json", get("/api/graph?collapse=namespace&at=-1m&window=30s"));
        assertThat(get("/api/graph?namespace=data")).contains(CART_RECO).doesNotContain(FRONT_CART);
    }

    @Test
    void saysWhatDiffersBetweenTwoMoments() {
        Golden.assertJson("diff.json", get("/api/graph/diff?a=" + DEPLOY + "&b=" + START));
    }

    @Test
    void saysWhatDiffersBetweenTwoVersions() {
        Golden.assertJson("diff-versions.json", get("/api/graph/diff?node=shop/cart&a=v1&b=v2&from=-20m"));
    }

    @Test
    void nothingDiffersBetweenTwoMomentsOfTheSame() {
        assertThat(get("/api/graph/diff?a=-15m&b=-12m&window=2m"))
                .contains("\"change\":\"same\"")
                .doesNotContain("\"changed\"", "\"came\"", "\"left\"");
    }

    @Test
    void showsServicesRoutesAndEdges() {
        Golden.assertJson("services.json", get("/api/services?at=" + DEPLOY));
        Golden.assertJson("service.json", get("/api/services/shop/cart?from=-1m"));
        Golden.assertJson("routes.json", get("/api/routes?service=shop/cart&from=-20m"));
        Golden.assertJson("edge.json", get("/api/edges?id=" + FRONT_CART.replace(">", "%3E") + "&from=-30s"));
        Golden.assertJson(
                "edge-series-past.json",
                get("/api/edges/series?id=" + FRONT_CART.replace(">", "%3E") + "&from=" + (DEPLOY - 20_000) + "&to="
                        + (DEPLOY + 20_000)));
    }

    @Test
    void advisesWhereNoProtocolIsDeclared() {
        String advice = "the server speaks first; with the protocol declared as tcp the first connection need not wait"
                + " 200 ms: write appProtocol: tcp at port 6379 of the Service shop/kv";
        assertThat(get("/api/services/shop/kv?from=-20m"))
                .contains("\"undeclared\":[{\"service\":\"shop/kv\",\"port\":6379,\"direction\":\"outbound\","
                        + "\"connections\":{\"server_first\":3},\"declare\":\"tcp\",\"waitMillis\":200,"
                        + "\"sidecars\":1,\"advice\":\"" + advice + "\"}]");
        assertThat(get("/api/services?namespace=data")).contains("\"undeclared\":[]");
    }

    @Test
    void tellsWhatHappened() {
        Golden.assertJson("events.json", get("/api/events?from=-30m&service=shop/cart"));
        assertThat(get("/api/events?kind=deploy&from=-30m"))
                .contains("shop/cart v1 is gone")
                .doesNotContain("issued");
    }

    @Test
    void showsTheMesh() {
        Golden.assertJson("mesh.json", get("/api/mesh"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /api/graph?at=-3h                           | 400 | at=-3h is not remembered: what is begins at 2025-12-31T23:40:00Z
            /api/graph/diff?a=-3h&b=now                 | 400 | a=-3h is not remembered: what is begins at 2025-12-31T23:40:00Z
            /api/graph/diff?a=-1m                       | 400 | the parameter b is missing: add b=now
            /api/services/shop/none                     | 404 | there was no service shop/none then; /api/services with the same time lists those there were
            /api/edges?id=a/b%3Ec/d:http                | 404 | nothing happened on an edge a/b>c/d:http then; /api/graph with the same time lists those it did on
            """)
    void saysWhatIsWrongWithARequest(String path, int status, String message) {
        HttpResponse<String> answer = kit.get(path);

        assertThat(answer.body())
                .isEqualTo("{\"error\":{\"status\":%d,\"message\":\"%s\"}}".formatted(status, message));
    }

    @Test
    void chartsOfDaysHaveNoMorePointsThanFit() {
        assertThat(kit.past
                        .interval(START - Duration.ofHours(1).toMillis(), START)
                        .step())
                .isEqualTo(10_000);
        assertThat(kit.past
                        .interval(START - Duration.ofHours(6).toMillis(), START)
                        .step())
                .isEqualTo(60_000);
        assertThat(kit.past
                        .interval(START - Duration.ofDays(1).toMillis(), START)
                        .step())
                .isEqualTo(300_000);
        assertThat(kit.past
                        .interval(START - Duration.ofDays(30).toMillis(), START)
                        .step())
                .isEqualTo(21_600_000);
    }

    private static String get(String path) {
        HttpResponse<String> answer = kit.get(path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }
}
