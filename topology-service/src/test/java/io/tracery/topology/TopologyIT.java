package io.tracery.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The whole process against a real broker. */
@Timeout(180)
class TopologyIT {

    private static final Logger log = LoggerFactory.getLogger(TopologyIT.class);
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final JsonMapper MAPPER = new JsonMapper();

    @TempDir
    Path directory;

    private final HttpClient client = HttpClient.newHttpClient();
    private final SimulatedProxy front =
            new SimulatedProxy("shop/front", "v1", "sidecar~shop/front-1", System.currentTimeMillis());

    @Test
    void waitsForKafkaCatchesUpAndCountsExactlyOverRestartsAndOutages() throws Exception {
        try (TestKafka kafka = new TestKafka(directory.resolve("kafka"))) {
            TopologyConfig config = TopologyConfig.of(directory.resolve("topology"))
                    .withKafka(kafka.bootstrapServers())
                    .withAddress("127.0.0.1", TopologyConfig.ANY_PORT);
            try (TopologyApp app = app(config)) {
                assertThat(app.ready()).isFalse();
                assertThat(get(app, "/api/health").get("status").asText()).isEqualTo("empty");
                kafka.start();
                kafka.createTopics();
                report(kafka, 10);
                await().atMost(SOON).until(app::ready);
                awaitRequests(app, 10);
                kafka.stop();
                await().atMost(SOON)
                        .until(() ->
                                get(app, "/api/health").get("status").asText().equals("stale"));
                assertThat(requests(app)).isEqualTo(10);
                kafka.start();
                report(kafka, 5);
                awaitRequests(app, 15);
            }
            report(kafka, 7);
            try (TopologyApp app = app(config)) {
                awaitRequests(app, 22);
                awaitRemembered(app, 22);
            }
            delete(directory.resolve("topology"));
            try (TopologyApp app = app(config)) {
                await().atMost(SOON).until(app::ready);
                awaitRequests(app, 22);
                // Folder gone, and the past is still there: Kafka has it, too.
                awaitRemembered(app, 22);
                report(kafka, 1);
                awaitRequests(app, 23);
                awaitRemembered(app, 23);
            }
        }
    }

    @Test
    void showsAnEdgeSoonAfterItsReportAndTellsTheTopicOfEdges() throws Exception {
        try (TestKafka kafka = new TestKafka(directory.resolve("kafka"))) {
            kafka.start();
            kafka.createTopics();
            TopologyConfig config = TopologyConfig.of(directory.resolve("topology"))
                    .withKafka(kafka.bootstrapServers())
                    .withAddress("127.0.0.1", TopologyConfig.ANY_PORT);
            try (TopologyApp app = app(config)) {
                await().atMost(SOON).until(app::ready);
                try (KafkaProducer<String, byte[]> producer = producer(kafka)) {
                    for (int i = 1; i <= 100; i++) {
                        front.exchanges(Call.to("shop/cart"), 1, 0.01);
                        send(producer);
                        awaitRequests(app, i);
                    }
                }
                JsonNode health = get(app, "/api/health");
                log.info("report to visible edge: {}", health);
                assertThat(health.get("status").asText()).isEqualTo("ok");
                assertThat(health.get("edgeLag").get("p50").asDouble()).isPositive();
                assertThat(edgesTopic(kafka)).contains("\"id\":\"shop/front>shop/cart:http\"");
            }
        }
    }

    private static TopologyApp app(TopologyConfig config) throws Exception {
        TopologyApp app = TopologyApp.build(config, new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
        app.start();
        return app;
    }

    private void report(TestKafka kafka, int exchanges) throws Exception {
        front.exchanges(Call.to("shop/cart"), exchanges, 0.01);
        try (KafkaProducer<String, byte[]> producer = producer(kafka)) {
            send(producer);
        }
    }

    private void send(KafkaProducer<String, byte[]> producer) throws Exception {
        byte[] payload = front.reportChanged(System.currentTimeMillis()).toByteArray();
        producer.send(new ProducerRecord<>("otlp_metrics", front.key(), payload))
                .get(30, TimeUnit.SECONDS);
    }

    private static KafkaProducer<String, byte[]> producer(TestKafka kafka) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "linger.ms", 0),
                new StringSerializer(),
                new ByteArraySerializer());
    }

    private void awaitRequests(TopologyApp app, long requests) {
        await().atMost(SOON)
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(() -> assertThat(requests(app)).isEqualTo(requests));
    }

    /** What is remembered of the last hour: counts once what each life of the process wrote down. */
    private void awaitRemembered(TopologyApp app, long requests) {
        await().atMost(SOON)
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(
                        () -> assertThat(requests(app, "/api/graph?from=-1h")).isEqualTo(requests));
    }

    private long requests(TopologyApp app) throws Exception {
        return requests(app, "/api/graph");
    }

    private long requests(TopologyApp app, String path) throws Exception {
        for (JsonNode edge : get(app, path).get("edges")) {
            if (edge.get("id").asText().equals("shop/front>shop/cart:http")) {
                return edge.get("requests").asLong();
            }
        }
        return 0;
    }

    private JsonNode get(TopologyApp app, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + app.port() + path))
                .timeout(Duration.ofSeconds(10))
                .build();
        return MAPPER.readTree(client.send(request, BodyHandlers.ofString()).body());
    }

    private static String edgesTopic(TestKafka kafka) {
        StringBuilder all = new StringBuilder();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new StringDeserializer(),
                new StringDeserializer())) {
            List<TopicPartition> partitions = Stream.of(0, 1, 2, 3)
                    .map(partition -> new TopicPartition("service_graph", partition))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            await().atMost(SOON).until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> all.append(record.value()));
                return !all.isEmpty();
            });
        }
        return all.toString();
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
