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
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Two processes share the work; each answers for both, and goes on alone when the other is killed. */
@Timeout(180)
class SharedWorkIT {

    private static final Logger log = LoggerFactory.getLogger(SharedWorkIT.class);
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final int WORKLOADS = 12;

    @TempDir
    Path directory;

    private final HttpClient client = HttpClient.newHttpClient();
    private final List<SimulatedProxy> proxies = new ArrayList<>();

    /** By edge: what the sender counted, and what the receiver counted. */
    private final Map<String, List<Long>> truth = new TreeMap<>();

    @Test
    void eachAnswersForBothAndGoesOnAloneWhenTheOtherIsKilled() throws Exception {
        for (int i = 0; i < WORKLOADS; i++) {
            proxies.add(new SimulatedProxy(workload(i), "v1", "sidecar~" + workload(i), System.currentTimeMillis()));
        }
        try (TestKafka kafka = new TestKafka(directory.resolve("kafka"))) {
            kafka.start();
            kafka.createTopics();
            int port = TestKafka.freePort();
            Process other = process(kafka, port);
            try (TopologyApp app = app(kafka);
                    KafkaProducer<String, byte[]> producer = producer(kafka)) {
                awaitPartitions(app.port(), 2, 2);
                awaitPartitions(port, 2, 2);

                for (int round = 0; round < 10; round++) {
                    traffic(producer);
                }
                awaitCounts(app.port(), "/api/graph");
                awaitCounts(port, "/api/graph");
                awaitCounts(app.port(), "/api/graph?from=-1h");
                awaitCounts(port, "/api/graph?from=-1h");
                awaitTold(kafka);
                assertThat(instances(app.port())).isEqualTo(WORKLOADS);
                assertThat(get(port, "/api/mesh").get("proxies")).hasSize(WORKLOADS);

                other.destroyForcibly().waitFor();
                assertThat(counts(app.port(), "/api/graph")).isEqualTo(truth);
                long killed = System.nanoTime();
                traffic(producer);
                awaitCounts(app.port(), "/api/graph");
                log.info("all counts again {} ms after the kill", (System.nanoTime() - killed) / 1_000_000);
                awaitPartitions(app.port(), 4);
                await().atMost(SOON)
                        .untilAsserted(() -> assertThat(get(app.port(), "/api/health")
                                        .get("status")
                                        .asText())
                                .isEqualTo("ok"));
                assertThat(counts(app.port(), "/api/graph?from=-1h").keySet()).isEqualTo(truth.keySet());
            } finally {
                other.destroyForcibly().waitFor();
            }
        }
    }

    private static String workload(int i) {
        return "shop/w" + i;
    }

    /** Every workload calls the next one, and both of them report it. */
    private void traffic(KafkaProducer<String, byte[]> producer) throws Exception {
        for (int i = 0; i < WORKLOADS; i++) {
            int next = (i + 1) % WORKLOADS;
            proxies.get(i).exchanges(Call.to(workload(next)), i + 2, 0.01);
            proxies.get(next).exchanges(Call.from(workload(i)), i + 1, 0.008);
            truth.merge(
                    workload(i) + ">" + workload(next) + ":http",
                    List.of(i + 2L, i + 1L),
                    (one, more) -> List.of(one.get(0) + more.get(0), one.get(1) + more.get(1)));
        }
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (SimulatedProxy proxy : proxies) {
            byte[] payload = proxy.reportChanged(System.currentTimeMillis()).toByteArray();
            sent.add(producer.send(new ProducerRecord<>("otlp_metrics", proxy.key(), payload)));
        }
        for (Future<RecordMetadata> one : sent) {
            one.get();
        }
    }

    private TopologyApp app(TestKafka kafka) throws Exception {
        TopologyConfig config = TopologyConfig.of(directory.resolve("a"))
                .withKafka(kafka.bootstrapServers())
                .withAddress("127.0.0.1", TopologyConfig.ANY_PORT)
                .withSharing(new SharingConfig("a", null));
        TopologyApp app = TopologyApp.build(config, new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
        app.start();
        return app;
    }

    /** The other one can be killed as only a process can. */
    private Process process(TestKafka kafka, int port) throws IOException {
        Path config = Files.writeString(
                directory.resolve("b.yaml"), """
                kafka: %s
                dataDir: %s
                port: %d
                adminPort: -1
                sharing: {instance: b}
                """.formatted(kafka.bootstrapServers(), directory.resolve("b"), port));
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.tracery.topology.TopologyApp",
                        "--config",
                        config.toString())
                .inheritIO()
                .start();
    }

    /** The topic of edges ends with the truth, and nothing is told twice. */
    private void awaitTold(TestKafka kafka) {
        Map<String, List<List<Long>>> told = new TreeMap<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new StringDeserializer(),
                new StringDeserializer())) {
            List<TopicPartition> partitions = Stream.of(0, 1, 2, 3)
                    .map(partition -> new TopicPartition("service_graph", partition))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            await().atMost(SOON).untilAsserted(() -> {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                    JsonNode edge = MAPPER.readTree(record.value()).get("edge");
                    told.computeIfAbsent(record.key(), any -> new ArrayList<>())
                            .add(List.of(
                                    edge.get("requests").asLong(),
                                    edge.get("received").asLong()));
                }
                Map<String, List<Long>> newest = new TreeMap<>();
                told.forEach((id, counts) -> newest.put(id, counts.getLast()));
                assertThat(newest).isEqualTo(truth);
            });
        }
        assertThat(told.values()).allSatisfy(counts -> assertThat(counts).doesNotHaveDuplicates());
    }

    private static KafkaProducer<String, byte[]> producer(TestKafka kafka) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "linger.ms", 0),
                new StringSerializer(),
                new ByteArraySerializer());
    }

    /** How many partitions each of the processes counts, as one of them says. */
    private void awaitPartitions(int port, int... partitions) {
        await().atMost(SOON).ignoreExceptions().untilAsserted(() -> {
            List<Integer> counted = new ArrayList<>();
            for (JsonNode instance : get(port, "/api/mesh").at("/pipeline/instances")) {
                assertThat(instance.get("answers").asBoolean()).isTrue();
                counted.add(instance.get("partitions").size());
            }
            assertThat(counted)
                    .containsExactly(Arrays.stream(partitions).boxed().toArray(Integer[]::new));
        });
    }

    private void awaitCounts(int port, String path) {
        await().atMost(SOON)
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> assertThat(counts(port, path)).isEqualTo(truth));
    }

    private Map<String, List<Long>> counts(int port, String path) throws Exception {
        Map<String, List<Long>> counts = new TreeMap<>();
        for (JsonNode edge : get(port, path).get("edges")) {
            counts.put(
                    edge.get("id").asText(),
                    List.of(edge.get("requests").asLong(), edge.get("received").asLong()));
        }
        return counts;
    }

    /** How many proxies speak for all services. */
    private int instances(int port) throws Exception {
        int instances = 0;
        for (JsonNode service : get(port, "/api/services?window=1m").get("services")) {
            instances += service.get("instances").asInt();
        }
        return instances;
    }

    private JsonNode get(int port, String path) throws Exception {
        HttpResponse<String> answer = client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .timeout(Duration.ofSeconds(10))
                        .build(),
                BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return MAPPER.readTree(answer.body());
    }
}
