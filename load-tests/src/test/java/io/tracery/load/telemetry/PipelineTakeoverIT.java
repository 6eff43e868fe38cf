package io.tracery.load.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracery.load.mesh.AppProcess;
import io.tracery.load.mesh.Ports;
import io.tracery.pipeline.PipelineApp;
import io.tracery.standalone.EmbeddedKafka;
import io.tracery.tracing.topic.Topic;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two instances of the pipeline share the traces; one is killed in the middle of them. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class PipelineTakeoverIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String GROUP = "pipeline";
    private static final int TRACES = 2_000;
    private static final int PER_BATCH = 50;

    @TempDir
    private Path directory;

    private EmbeddedKafka kafka;
    private final List<AppProcess> instances = new ArrayList<>();

    @BeforeEach
    void begin() throws Exception {
        kafka = new EmbeddedKafka(directory.resolve("kafka"), "127.0.0.1", "127.0.0.1", Ports.free(), Ports.free());
        kafka.start();
        for (String name : List.of("a", "b")) {
            instances.add(started(name));
        }
        await().atMost(PATIENCE).ignoreExceptions().until(() -> members() == 2);
    }

    @AfterEach
    void end() {
        instances.forEach(AppProcess::close);
        kafka.close();
    }

    @Test
    void noTraceIsLostOrSeenTwiceWhenAnInstanceIsKilled() throws Exception {
        try (KafkaProducer<byte[], byte[]> proxies = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            // What is below the roots has been taken by both instances, and not decided upon, or not kept.
            send(proxies, PipelineTakeoverIT::child);
            await().atMost(PATIENCE).until(() -> unread() == 0);
            instances.getFirst().kill();
            // Each root is a failure, for which its trace is kept.
            send(proxies, PipelineTakeoverIT::root);
            proxies.flush();
        }
        Map<String, Integer> seen = new HashMap<>();
        try (KafkaConsumer<byte[], byte[]> reader = reader()) {
            await().atMost(PATIENCE).until(() -> {
                for (ConsumerRecord<byte[], byte[]> record : reader.poll(Duration.ofMillis(200))) {
                    spans(record).forEach(span -> seen.merge(span, 1, Integer::sum));
                }
                return seen.size() >= 2 * TRACES;
            });
            for (ConsumerRecord<byte[], byte[]> record : reader.poll(Duration.ofSeconds(2))) {
                spans(record).forEach(span -> seen.merge(span, 1, Integer::sum));
            }
        }
        assertThat(seen).hasSize(2 * TRACES);
        assertThat(seen.values()).containsOnly(1);
    }

    private AppProcess started(String name) throws IOException {
        Path policies = Files.writeString(directory.resolve("policies.yaml"), """
                share: 0
                floorPerSecond: 0
                off: [first_seen, slow]
                """);
        Path config = Files.writeString(directory.resolve(name + ".yaml"), """
                kafka: %s
                applicationId: %s
                dataDir: %s
                otlpGrpcPort: 0
                otlpHttpPort: 0
                adminPort: 0
                standbys: 1
                policies: %s
                """.formatted(
                        kafka.bootstrapServers(), GROUP, directory.resolve(name), policies));
        AppProcess instance = new AppProcess(PipelineApp.class, config, directory.resolve(name + ".log"));
        instance.start();
        return instance;
    }

    private long members() throws Exception {
        try (Admin admin = admin()) {
            ConsumerGroupDescription group = Objects.requireNonNull(admin.describeConsumerGroups(List.of(GROUP))
                    .all()
                    .get(10, TimeUnit.SECONDS)
                    .get(GROUP));
            return group.members().stream()
                    .filter(member -> !member.assignment().topicPartitions().isEmpty())
                    .map(member -> member.consumerId())
                    .distinct()
                    .count();
        }
    }

    /** Records of both topics that come before a decision. */
    private long unread() throws Exception {
        try (Admin admin = admin();
                KafkaConsumer<byte[], byte[]> ends = reader()) {
            var committed = admin.listConsumerGroupOffsets(GROUP)
                    .partitionsToOffsetAndMetadata()
                    .get(10, TimeUnit.SECONDS);
            long unread = committed.isEmpty() ? 1 : 0;
            for (Map.Entry<TopicPartition, Long> end :
                    ends.endOffsets(committed.keySet()).entrySet()) {
                // Behind the last record a transaction's end may stand, which nobody commits.
                OffsetAndMetadata read = Objects.requireNonNull(committed.get(end.getKey()));
                unread += Math.max(0, end.getValue() - read.offset() - 1);
            }
            return unread;
        }
    }

    private Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    }

    private KafkaConsumer<byte[], byte[]> reader() {
        KafkaConsumer<byte[], byte[]> reader = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", kafka.bootstrapServers(),
                        "isolation.level", "read_committed",
                        "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        reader.assign(IntStream.range(0, Topic.OTLP_SPANS.partitions())
                .mapToObj(partition -> new TopicPartition(Topic.OTLP_SPANS.topicName(), partition))
                .toList());
        return reader;
    }

    private interface SpanOf {
        Span.Builder of(int trace);
    }

    private static void send(KafkaProducer<byte[], byte[]> proxies, SpanOf spans) {
        byte[] proxy = "sidecar~shop/cart-1".getBytes(StandardCharsets.US_ASCII);
        for (int from = 0; from < TRACES; from += PER_BATCH) {
            ScopeSpans.Builder scope = ScopeSpans.newBuilder();
            for (int trace = from; trace < from + PER_BATCH; trace++) {
                scope.addSpans(spans.of(trace));
            }
            TracesData batch = TracesData.newBuilder()
                    .addResourceSpans(ResourceSpans.newBuilder().addScopeSpans(scope))
                    .build();
            proxies.send(new ProducerRecord<>(Topic.MESH_SPANS.topicName(), proxy, batch.toByteArray()));
        }
        proxies.flush();
    }

    private static Span.Builder child(int trace) {
        return Span.newBuilder()
                .setTraceId(id(trace + 1L, trace + 1L))
                .setSpanId(id(2L * trace + 1))
                .setParentSpanId(id(2L * trace + 2))
                .setName("GET /items");
    }

    private static Span.Builder root(int trace) {
        Span.Builder root = Span.newBuilder()
                .setTraceId(id(trace + 1L, trace + 1L))
                .setSpanId(id(2L * trace + 2))
                .setName("GET /");
        root.getStatusBuilder().setCode(StatusCode.STATUS_CODE_ERROR);
        return root;
    }

    private static ByteString id(long... parts) {
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES * parts.length);
        for (long part : parts) {
            bytes.putLong(part);
        }
        return ByteString.copyFrom(bytes.flip());
    }

    private static List<String> spans(ConsumerRecord<byte[], byte[]> record) throws IOException {
        List<String> ids = new ArrayList<>();
        for (ResourceSpans resource : TracesData.parseFrom(record.value()).getResourceSpansList()) {
            for (ScopeSpans scope : resource.getScopeSpansList()) {
                for (Span span : scope.getSpansList()) {
                    ids.add(HexFormat.of().formatHex(span.getSpanId().toByteArray()));
                }
            }
        }
        return ids;
    }
}
