package io.tracery.load.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracery.load.mesh.Ports;
import io.tracery.pipeline.decide.Policies;
import io.tracery.pipeline.stream.SpanStream;
import io.tracery.pipeline.stream.TopicSetup;
import io.tracery.standalone.EmbeddedKafka;
import io.tracery.tracing.topic.Topic;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
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

/** An operator made {@code otlp_spans} before, and lets it take small records only. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class SmallRecordsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int MOST_BYTES = 30_000;
    private static final int OURS = 900_000;
    private static final int VALUE_CHARS = 5_000;
    private static final int LARGE = 1;
    private static final int MANY = 2;
    private static final int SMALL = 3;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final SplittableRandom random = new SplittableRandom(1);

    @TempDir
    private Path directory;

    private EmbeddedKafka kafka;

    @BeforeEach
    void begin() throws Exception {
        kafka = new EmbeddedKafka(directory.resolve("kafka"), "127.0.0.1", "127.0.0.1", Ports.free(), Ports.free());
        kafka.start();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(
                            List.of(new NewTopic(Topic.OTLP_SPANS.topicName(), Topic.OTLP_SPANS.partitions(), (short) 1)
                                    .configs(Map.of("max.message.bytes", String.valueOf(MOST_BYTES)))))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
        try (TopicSetup topics = new TopicSetup(kafka.bootstrapServers(), (short) 1, PATIENCE)) {
            topics.start();
        }
    }

    @AfterEach
    void end() {
        kafka.close();
    }

    /** Of three traces one has a span that is larger, one is larger as a whole. */
    @Test
    void largeTracesAreManyRecordsAndLargerSpansAreDroppedAndTheStreamGoesOn() throws Exception {
        SpanStream.Settings settings = new SpanStream.Settings(
                kafka.bootstrapServers(), "pipeline", directory.resolve("pipeline"), 1, 0, OURS, PATIENCE);
        try (SpanStream stream = new SpanStream(settings, () -> Policies.DEFAULT, registry);
                KafkaProducer<byte[], byte[]> proxy = new KafkaProducer<>(
                        Map.of("bootstrap.servers", kafka.bootstrapServers()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
                KafkaConsumer<byte[], byte[]> reader = reader()) {
            stream.start();
            send(proxy, spans(LARGE, 1, /* values= */ 8));
            send(proxy, spans(MANY, 20, /* values= */ 1));
            send(proxy, spans(SMALL, 1, /* values= */ 1));

            List<Long> kept = new ArrayList<>();
            await().atMost(PATIENCE).until(() -> {
                for (ConsumerRecord<byte[], byte[]> record : reader.poll(Duration.ofMillis(200))) {
                    assertThat(record.value()).hasSizeLessThan(MOST_BYTES);
                    kept.addAll(traces(record.value()));
                }
                return kept.size() >= 21;
            });
            assertThat(kept).hasSize(21).containsOnly((long) MANY, (long) SMALL);
        }
        assertThat(registry.get("tracery.pipeline.stream.failures").counter().count())
                .isZero();
        assertThat(registry.get("tracery.pipeline.spans")
                        .tags("stage", "mesh", "outcome", "dropped", "reason", "too_large")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    private static void send(KafkaProducer<byte[], byte[]> proxy, TracesData spans) throws Exception {
        proxy.send(new ProducerRecord<>(Topic.MESH_SPANS.topicName(), spans.toByteArray()))
                .get(30, TimeUnit.SECONDS);
    }

    /** Values that nothing packs. */
    private TracesData spans(long trace, int count, int values) {
        ScopeSpans.Builder scope = ScopeSpans.newBuilder();
        for (int i = 1; i <= count; i++) {
            Span.Builder span = scope.addSpansBuilder()
                    .setTraceId(id(trace, trace))
                    .setSpanId(id(i))
                    .setParentSpanId(id(i + 1));
            for (int value = 0; value < values; value++) {
                span.addAttributes(KeyValue.newBuilder()
                        .setKey("value" + value)
                        .setValue(AnyValue.newBuilder().setStringValue(text())));
            }
        }
        return TracesData.newBuilder()
                .addResourceSpans(ResourceSpans.newBuilder().addScopeSpans(scope))
                .build();
    }

    private String text() {
        return IntStream.range(0, VALUE_CHARS)
                .collect(
                        StringBuilder::new,
                        (text, i) -> text.append((char) random.nextInt('!', '~')),
                        StringBuilder::append)
                .toString();
    }

    private static ByteString id(long... parts) {
        ByteBuffer id = ByteBuffer.allocate(Long.BYTES * parts.length);
        for (long part : parts) {
            id.putLong(part);
        }
        return ByteString.copyFrom(id.array());
    }

    private static List<Long> traces(byte[] record) throws Exception {
        return TracesData.parseFrom(record).getResourceSpansList().stream()
                .flatMap(resource -> resource.getScopeSpansList().stream())
                .flatMap(scope -> scope.getSpansList().stream())
                .map(span -> span.getTraceId().asReadOnlyByteBuffer().getLong())
                .toList();
    }

    private KafkaConsumer<byte[], byte[]> reader() {
        KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = IntStream.range(0, Topic.OTLP_SPANS.partitions())
                .mapToObj(i -> new TopicPartition(Topic.OTLP_SPANS.topicName(), i))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        return consumer;
    }
}
