package io.tracery.search.jaeger;

import static io.tracery.search.store.Spans.EPOCH;
import static io.tracery.search.store.Spans.TRACE_A;
import static io.tracery.search.store.Spans.TRACE_B;
import static io.tracery.search.store.Spans.TRACE_C;
import static io.tracery.search.store.Spans.attribute;
import static io.tracery.search.store.Spans.entry;
import static io.tracery.search.store.Spans.hex;
import static io.tracery.search.store.Spans.lasting;
import static io.tracery.search.store.Spans.number;
import static io.tracery.search.store.Spans.span;
import static io.tracery.search.store.Spans.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.tracery.search.store.LuceneTraceStore;
import io.tracery.search.store.SpanEntry;
import io.tracery.search.store.Spans;
import io.tracery.search.store.StoreLimits;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The API as a client sees it: golden answers ({@code -Dgolden.update=true} rewrites them), errors, search semantics. */
@Timeout(60)
class JaegerApiTest {

    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long NOW = EPOCH + 3_600_000_000_000L;
    private static final String TRACE_FLAWED = "e".repeat(32);
    private static final String WARNINGS = "@jaeger@warnings";
    private static final String FROM_THE_FUTURE = "the span began in the future";

    @TempDir
    static Path folder = Path.of("unset");

    private static LuceneTraceStore store;
    private static JaegerApi api;
    private static WebClient client;

    @BeforeAll
    static void start() {
        StoreLimits limits = StoreLimits.keeping(Duration.ofDays(9_999), Long.MAX_VALUE);
        store = LuceneTraceStore.open(folder, limits, () -> NOW / 1_000_000);
        api = new JaegerApi(new InetSocketAddress("127.0.0.1", 0), store, () -> NOW, new SimpleMeterRegistry());
        api.start();
        client = WebClient.of("http://127.0.0.1:" + api.port());
        Spans.add(
                store,
                List.of(frontOfA(), cartOfA(), sharedClientOfC(), sharedServerOfC(), childOfC()),
                NOW / 1_000_000);
        Spans.add(
                store,
                List.of(entry(
                        "cart", lasting(span(TRACE_B, 7, "POST /cart", 50), 200).addAttributes(text("a:b", "c:d")))),
                NOW / 1_000_000);
        List<SpanEntry> many = new ArrayList<>(List.of(flawed()));
        for (int i = 1; i <= 1_500; i++) {
            Span.Builder span = span("f%031x".formatted(i), i, "op", i);
            many.add(entry("many", span.addAttributes(text("fill", "x".repeat(500)))));
        }
        Spans.add(store, many, NOW / 1_000_000);
        // Added last, and so the last to be seen.
        await().until(() -> client.get("/api/traces/f%031x".formatted(1_500))
                        .aggregate()
                        .join()
                        .status()
                        .code()
                == 200);
        assertThat(store.services()).hasSize(4);
    }

    @AfterAll
    static void stop() {
        api.close();
        store.close();
    }

    private static SpanEntry frontOfA() {
        return entry(
                "front",
                lasting(span(TRACE_A, 1, "GET /", 0), 10)
                        .addAttributes(text("url.path", "/"))
                        .addAttributes(number("http.response.status_code", 200)),
                text("service.namespace", "shop"),
                text("host.name", "node-1"));
    }

    /** Every kind of value and every field that Jaeger shows in its own way. */
    private static SpanEntry cartOfA() {
        AnyValue.Builder list = AnyValue.newBuilder();
        list.getArrayValueBuilder()
                .addValues(AnyValue.newBuilder().setStringValue("x"))
                .addValues(AnyValue.newBuilder().setIntValue(2));
        AnyValue.Builder map = AnyValue.newBuilder();
        map.getKvlistValueBuilder().addValues(number("b", 1)).addValues(text("a", "q\"uoted"));
        Span.Builder span = lasting(span(TRACE_A, 2, "GET /cart", 1), 5)
                .setParentSpanId(hex("0000000000000001"))
                .setTraceState("k=v")
                .addAttributes(attribute("z.list", list))
                .addAttributes(attribute("z.map", map))
                .addAttributes(attribute("bytes", AnyValue.newBuilder().setBytesValue(ByteString.copyFromUtf8("hi"))))
                .addAttributes(attribute("flag", AnyValue.newBuilder().setBoolValue(true)))
                .addAttributes(attribute("ratio", AnyValue.newBuilder().setDoubleValue(0.5)))
                .addAttributes(number("exact", 9_007_199_254_740_991L))
                .addAttributes(number("beyond", 9_007_199_254_740_992L))
                .addAttributes(KeyValue.newBuilder().setKey("nothing"))
                .addLinks(Span.Link.newBuilder().setTraceId(hex(TRACE_B)).setSpanId(hex("0000000000000007")))
                .addLinks(Span.Link.newBuilder()
                        .setTraceId(hex(TRACE_C))
                        .setSpanId(hex("0000000000000005"))
                        .addAttributes(text("opentracing.ref_type", "child_of")))
                .addLinks(Span.Link.newBuilder())
                .setStatus(Status.newBuilder()
                        .setCode(Status.StatusCode.STATUS_CODE_ERROR)
                        .setMessage("no such cart"));
        span.addEventsBuilder()
                .setTimeUnixNano(EPOCH + 3_000_999)
                .setName("tracery.retry")
                .addAttributes(text("tracery.retry.reason", "reset"))
                .addAttributes(number("tracery.attempt", 1));
        span.addEventsBuilder()
                .setTimeUnixNano(EPOCH + 2_000_000)
                .setName("unused")
                .addAttributes(text("event", "own"));
        SpanEntry plain = entry("cart", span);
        var scoped = plain.otlp().toBuilder();
        scoped.getScopeSpansBuilder(0)
                .getScopeBuilder()
                .setName("io.tracery.proxy")
                .setVersion("0.1");
        return new SpanEntry(scoped.build());
    }

    private static SpanEntry flawed() {
        AnyValue.Builder told = AnyValue.newBuilder();
        told.getArrayValueBuilder().addValuesBuilder().setStringValue(FROM_THE_FUTURE);
        return entry("many", span(TRACE_FLAWED, 1, "op", 0).addAttributes(attribute(WARNINGS, told)));
    }

    private static SpanEntry sharedClientOfC() {
        return entry("front", span(TRACE_C, 5, "call", 100).setKind(Span.SpanKind.SPAN_KIND_CLIENT));
    }

    private static SpanEntry sharedServerOfC() {
        return entry("kv", span(TRACE_C, 5, "serve", 101));
    }

    private static SpanEntry childOfC() {
        return entry(
                "kv",
                span(TRACE_C, 6, "inner", 102)
                        .setParentSpanId(hex("0000000000000005"))
                        .setKind(Span.SpanKind.SPAN_KIND_UNSPECIFIED));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "services           | /api/services",
                "operation-names    | /api/services/cart/operations",
                "operations         | /api/operations?service=kv",
                "operations-by-kind | /api/operations?service=kv&spanKind=server",
                "operations-unknown | /api/services/unknown/operations",
                "trace              | /api/traces/0af7651916cd43dd8448eb211c80319c",
                "trace-raw          | /api/traces/0af7651916cd43dd8448eb211c80319c?raw=true",
                "trace-shared-ids   | /api/traces/0cf7651916cd43dd8448eb211c80319c",
                "search             | /api/traces?service=cart",
                "search-empty       | /api/traces?service=nobody",
                "search-by-id       | /api/traces?traceID=0bf7651916cd43dd8448eb211c80319c&traceID=1",
                "pretty             | /api/services/nobody/operations?prettyPrint=true",
                "not-found          | /api/traces/00000000000000000000000000000001",
                "service-required   | /api/traces?operation=x",
                "v3-services        | /api/v3/services",
                "v3-operations      | /api/v3/operations?service=kv",
                "v3-operations-kind | /api/v3/operations?service=kv&spanKind=server",
                "v3-trace           | /api/v3/traces/0af7651916cd43dd8448eb211c80319c",
                "v3-trace-raw       | /api/v3/traces/0cf7651916cd43dd8448eb211c80319c?rawTraces=true",
                "v3-search          | /api/v3/traces?query.serviceName=cart&query.startTimeMin=2024-01-01T00:00:00.000Z&query.startTimeMax=2024-01-01T01:00:00.000Z",
                "v3-search-empty    | /api/v3/traces?query.service_name=nobody&query.start_time_min=2024-01-01T00:00:00+00:00&query.start_time_max=2024-01-01T01:00:00Z",
                "v3-summaries       | /api/v3/trace-summaries?query.serviceName=kv&query.startTimeMin=2024-01-01T00:00:00.000Z&query.startTimeMax=2024-01-01T01:00:00.000Z&query.searchDepth=20",
                "v3-summaries-all   | /api/v3/trace-summaries?query.startTimeMin=2024-01-01T00:00:00Z&query.startTimeMax=2024-01-01T01:00:00Z&query.durationMin=5ms&query.attributes=%7B%22error%22:%22true%22%7D",
                "v3-summaries-none  | /api/v3/trace-summaries?query.startTimeMin=2023-01-01T00:00:00Z&query.startTimeMax=2023-01-01T01:00:00Z",
                "v3-times-required  | /api/v3/traces?query.serviceName=cart",
                "v3-filter          | /api/v3/traces?query.filter=x",
                "v3-not-found       | /api/v3/traces/00000000000000000000000000000001",
                "analysis           | /api/traces/0af7651916cd43dd8448eb211c80319c/analysis",
                "compare            | /api/traces/compare?a=0af7651916cd43dd8448eb211c80319c&b=0cf7651916cd43dd8448eb211c80319c",
                "dependencies       | /api/dependencies?endTs=1704070800000&lookback=86400000",
                "dependencies-none  | /api/dependencies?endTs=1704000000000",
                "metrics-calls      | /api/metrics/calls?service=cart,kv&endTs=1704067200250&lookback=10000&step=5000&ratePer=10000",
                "metrics-errors     | /api/metrics/errors?service=cart&endTs=1704067210000&lookback=5000&step=5000&ratePer=10000&groupByOperation=true",
                "metrics-latencies  | /api/metrics/latencies?service=cart&quantile=0.95&endTs=1704067210000&lookback=5000&step=5000&ratePer=10000&spanKind=SPAN_KIND_SERVER",
                "metrics-minstep    | /api/metrics/minstep",
                "compare-missing    | /api/traces/compare?a=0af7651916cd43dd8448eb211c80319c"
            })
    void answersAsTheGoldenFileSays(String name, String path) throws IOException {
        String answer = get(path).contentUtf8();
        if (!name.startsWith("v3")
                && !name.startsWith("metrics")
                && !Set.of("analysis", "compare").contains(name)) {
            assertThat(JSON.readTree(answer).fieldNames())
                    .toIterable()
                    .containsExactly("data", "total", "limit", "offset", "errors");
        }
        // Golden files are indented to be read; the pretty one is as it came.
        String shown = name.equals("pretty")
                ? answer
                : JSON.writerWithDefaultPrettyPrinter().writeValueAsString(JSON.readTree(answer)) + "\n";
        Path golden = GOLDEN.resolve(name + ".json");
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(golden, shown);
        }
        assertThat(shown).isEqualTo(Files.readString(golden));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/api/traces                                              | 400 | parameter 'service' is required",
                "/api/operations                                          | 400 | parameter 'service' is required",
                "/api/operations?service=a&spanKind=x                     | 400 | unable to parse param 'spanKind'",
                "/api/traces?service=a&start=x                            | 400 | unable to parse param 'start'",
                "/api/traces?service=a&limit=0                            | 400 | unable to parse param 'limit'",
                "/api/traces?service=a&limit=1000000                      | 400 | unable to parse param 'limit'",
                "/api/traces?service=a&minDuration=5                      | 400 | unable to parse param 'minDuration'",
                "/api/traces?service=a&minDuration=2s&maxDuration=1s      | 400 | 'maxDuration' should be greater than",
                "/api/traces?service=a&tag=x                              | 400 | malformed 'tag' parameter",
                "/api/traces?service=a&tags=x                             | 400 | malformed 'tags' parameter",
                "/api/traces?service=a&raw=maybe                          | 400 | unable to parse param 'raw'",
                "/api/traces/xyz                                          | 400 | unable to parse trace id 'xyz'",
                "/api/traces/0af7651916cd43dd8448eb211c80319d             | 404 | trace not found"
            })
    void refusesWithJaegersErrorEnvelope(String path, int status, String message) throws JsonProcessingException {
        AggregatedHttpResponse response = get(path);
        assertThat(response.status().code()).isEqualTo(status);
        assertThat(response.headers().get("content-type")).startsWith("text/plain");
        JsonNode body = JSON.readTree(response.contentUtf8());
        assertThat(body.get("data").isNull()).isTrue();
        assertThat(body.at("/errors/0/code").asInt()).isEqualTo(status);
        assertThat(body.at("/errors/0/msg").asText()).contains(message);
    }

    @Test
    void findsByEveryParameter() throws IOException {
        assertThat(found("service=cart")).containsExactly(TRACE_B, TRACE_A);
        assertThat(found("service=cart&limit=1")).containsExactly(TRACE_B);
        assertThat(found("service=cart&lookback=1h")).containsExactly(TRACE_B, TRACE_A);
        assertThat(found("service=cart&operation=" + encoded("GET /cart"))).containsExactly(TRACE_A);
        assertThat(found("service=cart&minDuration=100ms")).containsExactly(TRACE_B);
        assertThat(found("service=cart&maxDuration=100ms")).containsExactly(TRACE_A);
        assertThat(found("service=cart&tag=error:true")).containsExactly(TRACE_A);
        assertThat(found("service=cart&tags=" + encoded("{\"error\":\"true\",\"ratio\":\"0.5\"}")))
                .containsExactly(TRACE_A);
        assertThat(found("service=cart&tags=" + encoded("{\"a:b\":\"c:d\"}"))).containsExactly(TRACE_B);
        assertThat(found("service=cart&start=" + (EPOCH / 1_000 + 20_000))).containsExactly(TRACE_B);
        assertThat(found("service=cart&end=" + (EPOCH / 1_000 + 20_000))).containsExactly(TRACE_A);
    }

    @Test
    void showsWhatTheirSendersSayOfSpansAmongTheirWarnings() throws IOException {
        JsonNode span =
                JSON.readTree(get("/api/traces/" + TRACE_FLAWED).contentUtf8()).at("/data/0/spans/0");
        assertThat(span.at("/warnings/0").asText()).isEqualTo(FROM_THE_FUTURE);
        assertThat(span.get("tags").findValuesAsText("key")).doesNotContain(WARNINGS);
        JsonNode raw = JSON.readTree(
                        get("/api/traces/" + TRACE_FLAWED + "?raw=true").contentUtf8())
                .at("/data/0/spans/0");
        assertThat(raw.get("tags").findValuesAsText("key")).contains(WARNINGS);

        JsonNode attributes = JSON.readTree(
                        get("/api/v3/traces/" + TRACE_FLAWED).contentUtf8())
                .at("/result/resourceSpans/0/scopeSpans/0/spans/0/attributes");
        assertThat(attributes).as("of a key there is one").hasSize(1);
        assertThat(attributes.at("/0/value").findValuesAsText("stringValue"))
                .containsExactly(
                        "1 of its spans were flawed when they came; their own warnings say how", FROM_THE_FUTURE);
    }

    @Test
    void takesTraceIdsInEveryFormThatJaegerTakes() {
        for (String id :
                List.of(TRACE_A, TRACE_A.toUpperCase(java.util.Locale.ROOT), encoded("CvdlGRbNQ92ESOshHIAxnA=="))) {
            assertThat(get("/api/traces/" + id).status().code()).as(id).isEqualTo(200);
        }
        assertThat(TRACE_A.substring(1)).hasSize(31);
        assertThat(get("/api/traces/" + TRACE_A.substring(1)).status().code()).isEqualTo(200);
    }

    @Test
    void answersJsonAndNothingElseThanGet() {
        assertThat(get("/api/services").headers().get("content-type")).isEqualTo("application/json");
        assertThat(client.post("/api/services", "").aggregate().join().status().code())
                .isEqualTo(405);
    }

    @Test
    void answersManyTracesWithoutHoldingThemAll() throws IOException {
        JsonNode answer = JSON.readTree(client.prepare()
                .get("/api/traces?service=many&limit=1500")
                .execute()
                .aggregate()
                .join()
                .contentUtf8());
        assertThat(answer.get("total").asInt()).isEqualTo(1_500);
        assertThat(answer.get("data").get(0).get("traceID").asText()).isEqualTo("f%031x".formatted(1_500));
    }

    private static List<String> found(String query) throws IOException {
        AggregatedHttpResponse response = get("/api/traces?" + query);
        assertThat(response.status().code()).as(response.contentUtf8()).isEqualTo(200);
        List<String> ids = new ArrayList<>();
        JSON.readTree(response.contentUtf8())
                .get("data")
                .forEach(trace -> ids.add(trace.get("traceID").asText()));
        return ids;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static AggregatedHttpResponse get(String path) {
        return client.get(path).aggregate().join();
    }
}
