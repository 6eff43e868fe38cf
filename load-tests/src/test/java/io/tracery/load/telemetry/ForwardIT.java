package io.tracery.load.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.metrics.v1.MetricsData;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracery.load.mesh.Ports;
import io.tracery.pipeline.forward.ForwardSettings;
import io.tracery.pipeline.forward.Forwarder;
import io.tracery.pipeline.stream.TopicSetup;
import io.tracery.process.Component;
import io.tracery.process.Components;
import io.tracery.standalone.EmbeddedKafka;
import io.tracery.tracing.topic.Topic;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What was kept goes on to an OTLP endpoint that is slow, full, away or of another opinion. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ForwardIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Set<Long> spans = ConcurrentHashMap.newKeySet();
    private final AtomicInteger points = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();
    private volatile int refusals;
    private volatile int status = 200;
    private volatile long rejected;
    private EmbeddedKafka kafka;
    private HttpServer endpoint;
    private long next;

    @BeforeAll
    void startKafka(@TempDir Path directory) throws Exception {
        kafka = new EmbeddedKafka(directory, "127.0.0.1", "127.0.0.1", Ports.free(), Ports.free());
        kafka.start();
        try (TopicSetup topics = new TopicSetup(kafka.bootstrapServers(), (short) 1, PATIENCE)) {
            topics.start();
        }
    }

    @AfterAll
    void stopKafka() {
        kafka.close();
    }

    @BeforeEach
    void startEndpoint() throws IOException {
        registry.clear();
        spans.clear();
        points.set(0);
        requests.set(0);
        refusals = 0;
        rejected = 0;
        status = 200;
        endpoint = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        endpoint.createContext(
                "/v1/traces",
                exchange -> answer(exchange, request -> {
                    ExportTraceServiceRequest.parseFrom(request)
                            .getResourceSpansList()
                            .forEach(resource -> resource.getScopeSpansList()
                                    .forEach(scope -> scope.getSpansList()
                                            .forEach(span -> spans.add(span.getSpanId()
                                                    .asReadOnlyByteBuffer()
                                                    .getLong()))));
                }));
        endpoint.createContext(
                "/v1/metrics",
                exchange -> answer(exchange, request -> {
                    points.addAndGet(ExportMetricsServiceRequest.parseFrom(request)
                            .getResourceMetrics(0)
                            .getScopeMetrics(0)
                            .getMetrics(0)
                            .getSum()
                            .getDataPointsCount());
                }));
        endpoint.start();
    }

    @AfterEach
    void stopEndpoint() {
        endpoint.stop(0);
    }

    private interface Taking {
        void take(InputStream request) throws IOException;
    }

    private void answer(HttpExchange exchange, Taking taking) throws IOException {
        // Read before any answer: a connection closed on what was not read takes the answer with it.
        byte[] request = exchange.getRequestBody().readAllBytes();
        int now = requests.incrementAndGet() <= refusals ? 503 : status;
        byte[] body = {};
        if (now == 200) {
            taking.take(new GZIPInputStream(new ByteArrayInputStream(request)));
            body = ExportTraceServiceResponse.newBuilder()
                    .setPartialSuccess(ExportTracePartialSuccess.newBuilder().setRejectedSpans(rejected))
                    .build()
                    .toByteArray();
        }
        exchange.sendResponseHeaders(now, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }

    @Test
    void sendsAgainWhatWasNotTakenAndThenAllOfItIsThere() throws Exception {
        refusals = 2;
        write(50);
        try (Components forwarding = forwarding("again")) {
            forwarding.start();
            await().atMost(PATIENCE).until(() -> spans.size() >= 50 && points.get() >= 1);
            await().atMost(PATIENCE).until(() -> count("spans", "passed", "") >= 50);
        }
        assertThat(count("spans", "accepted", "")).isEqualTo(count("spans", "passed", ""));
        assertThat(count("spans", "dropped", "refused")).isZero();
        assertThat(registry.find("tracery.pipeline.forward.retries").counters().stream()
                        .mapToDouble(counter -> counter.count())
                        .sum())
                .isEqualTo(2);
    }

    @Test
    void aRestartLosesNothing() throws Exception {
        refusals = Integer.MAX_VALUE;
        write(50);
        try (Components forwarding = forwarding("restart")) {
            forwarding.start();
            await().atMost(PATIENCE).until(() -> requests.get() >= 2);
        }
        assertThat(spans).isEmpty();
        refusals = 0;
        registry.clear();
        try (Components forwarding = forwarding("restart")) {
            forwarding.start();
            await().atMost(PATIENCE).until(() -> spans.size() >= 50);
        }
    }

    @Test
    void whatTheEndpointWillNotHaveIsCountedAndDoesNotHoldUpTheRest() throws Exception {
        status = 400;
        write(10);
        try (Components forwarding = forwarding("refused")) {
            forwarding.start();
            await().atMost(PATIENCE).until(() -> count("spans", "dropped", "refused") >= 10);
            double refused = count("spans", "dropped", "refused");
            status = 200;
            rejected = 3;
            write(10);
            await().atMost(PATIENCE).untilAsserted(() -> {
                assertThat(count("spans", "passed", "")).isPositive();
                assertThat(count("spans", "dropped", "refused")).isGreaterThanOrEqualTo(refused + 3);
                assertThat(count("spans", "accepted", ""))
                        .isGreaterThanOrEqualTo(refused + 10)
                        .isEqualTo(count("spans", "passed", "") + count("spans", "dropped", "refused"));
            });
        }
    }

    @Test
    void whatTheTopicForgetsWhileTheEndpointIsAwayIsCounted() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            hasReadAll(admin, "expired-forward-spans", Topic.OTLP_SPANS);
            write(40);
            admin.deleteRecords(partitions(Topic.OTLP_SPANS)
                            .collect(Collectors.toMap(partition -> partition, any -> RecordsToDelete.beforeOffset(-1))))
                    .all()
                    .get();
        }
        write(1);
        try (Components forwarding = forwarding("expired")) {
            forwarding.start();
            await().atMost(PATIENCE).until(() -> count("spans", "passed", "") == 1);
            await().atMost(PATIENCE).until(() -> count("records", "dropped", "expired") == 40);
        }
        assertThat(spans).containsExactly(next);
    }

    private static void hasReadAll(Admin admin, String group, Topic topic) throws Exception {
        Map<TopicPartition, OffsetAndMetadata> ends = new HashMap<>();
        admin.listOffsets(
                        partitions(topic).collect(Collectors.toMap(partition -> partition, any -> OffsetSpec.latest())))
                .all()
                .get()
                .forEach((partition, end) -> ends.put(partition, new OffsetAndMetadata(end.offset())));
        admin.alterConsumerGroupOffsets(group, ends).all().get();
    }

    private static Stream<TopicPartition> partitions(Topic topic) {
        return IntStream.range(0, topic.partitions())
                .mapToObj(partition -> new TopicPartition(topic.topicName(), partition));
    }

    @Test
    void anAnswerThatCannotBeTrueChangesNoCount() throws Exception {
        rejected = -3;
        write(10);
        try (Components forwarding = forwarding("liar")) {
            forwarding.start();
            await().atMost(PATIENCE).until(() -> count("spans", "accepted", "") >= 10);
        }
        assertThat(count("spans", "passed", "")).isEqualTo(count("spans", "accepted", ""));
        assertThat(count("spans", "dropped", "refused")).isZero();
    }

    private Components forwarding(String group) {
        URI url = URI.create("http://127.0.0.1:" + endpoint.getAddress().getPort());
        List<Component> all = Forwarder.all(
                kafka.bootstrapServers(), group, new ForwardSettings(url, Map.of("x-api-key", "k")), registry);
        return new Components("forwarding", all);
    }

    /** One trace of so many spans, and a metric. */
    private void write(int count) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int i = 0; i < count; i++) {
                TracesData.Builder trace = TracesData.newBuilder();
                trace.addResourceSpansBuilder()
                        .addScopeSpansBuilder()
                        .addSpans(Span.newBuilder().setSpanId(id(++next)).setName("GET /"));
                producer.send(new ProducerRecord<>(
                        Topic.OTLP_SPANS.topicName(), trace.build().toByteArray()));
            }
            MetricsData.Builder metrics = MetricsData.newBuilder();
            metrics.addResourceMetricsBuilder()
                    .addScopeMetricsBuilder()
                    .addMetricsBuilder()
                    .getSumBuilder()
                    .addDataPointsBuilder();
            producer.send(new ProducerRecord<>(
                    Topic.OTLP_METRICS.topicName(), metrics.build().toByteArray()));
        }
    }

    private static ByteString id(long id) {
        return ByteString.copyFrom(ByteBuffer.allocate(Long.BYTES).putLong(id).flip());
    }

    private double count(String unit, String outcome, String reason) {
        var counter = registry.find("tracery.pipeline." + unit)
                .tags("stage", "forward", "outcome", outcome, "reason", reason)
                .counter();
        return counter == null ? 0 : counter.count();
    }
}
