package io.tracery.load.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracery.load.mesh.Ports;
import io.tracery.search.SearchApp;
import io.tracery.search.SearchConfig;
import io.tracery.search.TracesConfig;
import io.tracery.standalone.EmbeddedKafka;
import io.tracery.tracing.topic.Topic;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A stock Jaeger beside ours. It runs where the environment variable {@code JAEGER} names the program;
 * {@code load-tests/conformance/jaeger} builds it.
 */
@Timeout(180)
class JaegerIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int TRACES = 40;

    @TempDir
    private Path folder;

    private EmbeddedKafka kafka;
    private final List<TracesData> traces = new ArrayList<>();

    @BeforeEach
    void begin() throws Exception {
        assumeTrue(
                !StockJaeger.program().isEmpty(),
                "SKIPPED: JAEGER names no Jaeger program; load-tests/conformance/jaeger builds and runs it");
        kafka = new EmbeddedKafka(folder.resolve("kafka"), "127.0.0.1", "127.0.0.1", Ports.free(), Ports.free());
        kafka.start();
        Topic topic = Topic.OTLP_SPANS;
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(topic.topicName(), topic.partitions(), (short) 1)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
        StoredTraces shop = new StoredTraces(7);
        long now = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int i = 0; i < TRACES; i++) {
                TracesData trace = shop.next(now - TimeUnit.SECONDS.toNanos(TRACES - i));
                traces.add(trace);
                producer.send(new ProducerRecord<>(topic.topicName(), trace.toByteArray()));
            }
        }
    }

    @AfterEach
    void end() {
        if (kafka != null) {
            kafka.close();
        }
    }

    @Test
    void readsOurTopicByItsOwnKafkaReceiver() throws Exception {
        try (StockJaeger jaeger =
                StockJaeger.readingKafka(folder, kafka.bootstrapServers()).ready()) {
            for (TracesData trace : traces) {
                awaitWhole(jaeger.api(), trace);
            }
            assertThat(texts(jaeger.api().get("/api/services").path("data"))).containsAll(services());
        }
    }

    @Test
    void readsOurStoreByRemoteStorage() throws Exception {
        int remotePort = Ports.free();
        SearchConfig config = new SearchConfig(
                TracesConfig.OWN,
                kafka.bootstrapServers(),
                "127.0.0.1",
                0,
                remotePort,
                0,
                folder.resolve("search"),
                "tracery-search",
                72,
                1L << 30,
                1);
        SearchApp search = SearchApp.build(config, new SimpleMeterRegistry());
        search.start();
        try (StockJaeger jaeger =
                StockJaeger.readingRemoteStorage(folder, remotePort).ready()) {
            for (TracesData trace : traces) {
                awaitWhole(jaeger.api(), trace);
            }
            assertThat(texts(jaeger.api().get("/api/services").path("data"))).containsExactlyElementsOf(services());
            assertFindsByAll(jaeger.api());
            assertThat(jaeger.api()
                            .get("/api/operations?service=front&spanKind=server")
                            .path("data")
                            .findValuesAsText("name"))
                    .contains("GET /", "GET /cart");
            assertThat(jaeger.api()
                            .get("/api/dependencies?lookback=3600000&endTs=" + System.currentTimeMillis())
                            .path("data")
                            .findValuesAsText("parent"))
                    .contains("front", "cart");
        } finally {
            search.close();
        }
    }

    @Test
    void ourSearchReadsFromAJaegerThatFillsItself() throws Exception {
        try (StockJaeger jaeger =
                StockJaeger.readingKafka(folder, kafka.bootstrapServers()).ready()) {
            SearchApp search =
                    SearchApp.build(SearchConfig.reading(jaeger.grpcAddress()).withPort(0), new SimpleMeterRegistry());
            search.start();
            try (QueryApi ours = new QueryApi(search.port())) {
                for (TracesData trace : traces) {
                    awaitWhole(ours, trace);
                }
                assertThat(texts(ours.get("/api/services").path("data"))).containsAll(services());
                assertFindsByAll(ours);
                assertThat(ours.get("/api/operations?service=front&spanKind=server")
                                .path("data")
                                .findValuesAsText("name"))
                        .contains("GET /", "GET /cart");
                assertThat(ours.get("/api/traces/" + id(traces.getFirst()) + "/analysis")
                                .path("criticalPath"))
                        .isNotEmpty();
                assertThat(ours.ask("/api/traces/" + "f".repeat(32)).statusCode())
                        .isEqualTo(404);
                assertThat(ours.ask("/api/metrics/calls?service=front").statusCode())
                        .isEqualTo(501);
            } finally {
                search.close();
            }
        }
    }

    /** Service, operation, duration, attributes: exactly the traces that have such a span. */
    private void assertFindsByAll(QueryApi jaeger) throws Exception {
        assertThat(found(jaeger, "service=kv&limit=100")).isEqualTo(matching("kv", span -> true));
        assertThat(found(jaeger, "service=front&operation=" + encoded("GET /cart") + "&limit=100"))
                .isEqualTo(matching("front", span -> span.getName().equals("GET /cart")));
        assertThat(found(jaeger, "service=front&minDuration=3ms&limit=100"))
                .isEqualTo(matching(
                        "front", span -> span.getEndTimeUnixNano() - span.getStartTimeUnixNano() >= 3_000_000));
        String path = path(traces.getFirst());
        assertThat(found(jaeger, "service=front&limit=100&tags=" + encoded("{\"url.path\":\"" + path + "\"}")))
                .isEqualTo(matching(
                        "front",
                        span -> span.getAttributesList().stream()
                                .anyMatch(attribute ->
                                        attribute.getValue().getStringValue().equals(path))));
    }

    private static String path(TracesData trace) {
        return trace.getResourceSpans(0).getScopeSpans(0).getSpans(0).getAttributesList().stream()
                .filter(attribute -> attribute.getKey().equals("url.path"))
                .findFirst()
                .orElseThrow()
                .getValue()
                .getStringValue();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static Set<String> found(QueryApi jaeger, String query) throws Exception {
        Set<String> ids = new TreeSet<>();
        jaeger.get("/api/traces?lookback=1h&" + query)
                .path("data")
                .forEach(trace -> ids.add(trace.path("traceID").asText()));
        return ids;
    }

    private Set<String> matching(String service, Predicate<Span> wanted) {
        Set<String> ids = new TreeSet<>();
        for (TracesData trace : traces) {
            boolean matches = trace.getResourceSpansList().stream()
                    .filter(spans -> service(spans).equals(service))
                    .flatMap(spans -> spans.getScopeSpans(0).getSpansList().stream())
                    .anyMatch(wanted);
            if (matches) {
                ids.add(id(trace));
            }
        }
        return ids;
    }

    private static void awaitWhole(QueryApi jaeger, TracesData trace) {
        long spans = spans(trace).count();
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(jaeger.get("/api/traces/" + id(trace))
                                .path("data")
                                .path(0)
                                .path("spans")
                                .size())
                        .isEqualTo((int) spans));
    }

    private static Stream<Span> spans(TracesData trace) {
        return trace.getResourceSpansList().stream().flatMap(spans -> spans.getScopeSpans(0).getSpansList().stream());
    }

    private static String id(TracesData trace) {
        return HexFormat.of()
                .formatHex(spans(trace).findFirst().orElseThrow().getTraceId().toByteArray());
    }

    private static String service(ResourceSpans spans) {
        return spans.getResource().getAttributes(0).getValue().getStringValue();
    }

    private List<String> services() {
        TreeSet<String> names = new TreeSet<>();
        traces.forEach(trace -> trace.getResourceSpansList().forEach(spans -> names.add(service(spans))));
        return List.copyOf(names);
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(element -> texts.add(element.asText()));
        texts.sort(String::compareTo);
        return texts;
    }
}
