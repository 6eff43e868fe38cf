package io.tracery.search.ingest;

import static io.tracery.search.store.Spans.TRACE_A;
import static io.tracery.search.store.Spans.TRACE_B;
import static io.tracery.search.store.Spans.batch;
import static io.tracery.search.store.Spans.entry;
import static io.tracery.search.store.Spans.span;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tracery.search.store.CallSeries;
import io.tracery.search.store.Dependency;
import io.tracery.search.store.Kind;
import io.tracery.search.store.LuceneTraceStore;
import io.tracery.search.store.Operation;
import io.tracery.search.store.SpanEntry;
import io.tracery.search.store.Spans;
import io.tracery.search.store.StoreLimits;
import io.tracery.search.store.TraceQuery;
import io.tracery.search.store.TraceStore;
import io.tracery.search.store.Window;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SpanIngestTest {

    private static final String TOPIC = "otlp_spans";
    private static final TopicPartition PARTITION_0 = new TopicPartition(TOPIC, 0);
    private static final TopicPartition PARTITION_1 = new TopicPartition(TOPIC, 1);
    private static final long NOW = 1_704_067_200_000L;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final List<WatchedConsumer> consumers = new ArrayList<>();

    @TempDir
    Path folder = Path.of("unset");

    private WatchedStore store;
    private WatchedConsumer consumer;
    private SpanIngest ingest;

    @BeforeEach
    void open() {
        store = new WatchedStore(
                LuceneTraceStore.open(folder, StoreLimits.keeping(Duration.ofDays(9_999), Long.MAX_VALUE), () -> NOW));
        consumer = consumer();
        ingest = ingest();
    }

    @AfterEach
    void close() {
        ingest.close();
        store.close();
    }

    @Test
    void storesSpansAndCommitsTheirPositionWithThem() {
        ingest.start();
        await().until(ingest::ready);
        deliver(
                0,
                0,
                batch(entry("front", span(TRACE_A, 1, "GET /", 0)), entry("cart", span(TRACE_A, 2, "get", 1)))
                        .toByteArray());
        deliver(1, 0, batch(entry("cart", span(TRACE_B, 3, "get", 2))).toByteArray());

        await().until(() -> store.positions().equals(Map.of(0, 1L, 1, 1L)));
        await().until(() -> store.trace(TRACE_B).isPresent());
        assertThat(store.trace(TRACE_A).orElseThrow().spans()).hasSize(2);
        await().until(() -> committed(PARTITION_0) == 1);
        assertThat(count("records", "accepted", "")).isEqualTo(2);
        assertThat(count("records", "passed", "")).isEqualTo(2);
        assertThat(count("spans", "accepted", "")).isEqualTo(3);
        assertThat(count("spans", "passed", "")).isEqualTo(3);
    }

    @Test
    void tellsKafkaOnlyWhatTheStoreHasCommitted() {
        store.failCommits = true;
        ingest.start();
        await().until(ingest::ready);
        deliver(0, 0, batch(entry("front", span(TRACE_A, 1, "GET /", 0))).toByteArray());

        await().until(() -> store.recoveries.get() > 0);
        assertThat(consumers.getFirst().closed()).isTrue();
        assertThat(consumers.getFirst().commits).hasValue(0);
        assertThat(store.positions()).isEmpty();
        assertThat(registry.get("tracery.search.ingest.failures").counter().count())
                .isPositive();
    }

    @Test
    void readsAgainFromTheStoresPositionAfterAFailure() {
        ingest.start();
        await().until(ingest::ready);
        deliver(0, 0, batch(entry("front", span(TRACE_A, 1, "GET /", 0))).toByteArray());
        await().until(() -> store.positions().equals(Map.of(0, 1L)));

        WatchedConsumer failed = consumer;
        consumer = consumer();
        failed.setPollException(new KafkaException("broken"));
        await().until(() -> !consumer.assignment().isEmpty() && ingest.ready());

        assertThat(consumer.position(PARTITION_0)).isEqualTo(1);
        deliver(0, 1, batch(entry("cart", span(TRACE_B, 2, "get", 0))).toByteArray());
        await().until(() -> store.positions().equals(Map.of(0, 2L)));
        await().until(() -> store.trace(TRACE_B).isPresent());
    }

    @Test
    void beginsWhereTheStoreStandsAfterARestart() {
        Spans.add(store, List.of(entry("front", span(TRACE_A, 1, "GET /", 0))), NOW);
        store.commit(Map.of(0, 5L));
        ingest.start();
        await().until(ingest::ready);

        assertThat(consumer.position(PARTITION_0)).isEqualTo(5);
        assertThat(consumer.position(PARTITION_1)).isZero();
    }

    @Test
    void buriesWhatItCannotReadAndGoesOn() {
        byte[] poison = "not protobuf at all".getBytes(StandardCharsets.UTF_8);
        ingest.start();
        await().until(ingest::ready);
        deliver(0, 0, poison);
        deliver(0, 1, batch(entry("front", span(TRACE_A, 1, "GET /", 0))).toByteArray());

        await().until(() -> store.positions().equals(Map.of(0, 2L)));
        ProducerRecord<byte[], byte[]> letter = producer.history().getFirst();
        assertThat(letter.topic()).isEqualTo("otlp_spans_dead");
        assertThat(letter.value()).isEqualTo(poison);
        assertThat(header(letter, DeadLetters.REASON)).startsWith("not OTLP TracesData");
        assertThat(header(letter, DeadLetters.ORIGIN)).isEqualTo("otlp_spans/0/0");
        assertThat(count("records", "accepted", "")).isEqualTo(2);
        assertThat(count("records", "passed", "")).isEqualTo(1);
        assertThat(count("records", "dropped", "malformed")).isEqualTo(1);
    }

    @Test
    void leavesOutSpansWithoutProperIdsAndCountsThem() {
        SpanEntry withoutId = entry("cart", span(TRACE_A, 1, "op", 0).setSpanId(ByteString.EMPTY));
        ingest.start();
        await().until(ingest::ready);
        deliver(0, 0, batch(withoutId, entry("cart", span(TRACE_B, 2, "op", 0))).toByteArray());

        await().until(() -> store.positions().equals(Map.of(0, 1L)));
        assertThat(count("spans", "accepted", "")).isEqualTo(2);
        assertThat(count("spans", "passed", "")).isEqualTo(1);
        assertThat(count("spans", "dropped", "invalid_id")).isEqualTo(1);
    }

    @Test
    void waitsForTheTopicWithoutBeingReady() {
        consumer.updatePartitions(TOPIC, List.of());
        ingest.start();
        await().during(Duration.ofMillis(200)).until(() -> !ingest.ready());

        consumer.updatePartitions(TOPIC, partitions());
        await().until(ingest::ready);
    }

    @Test
    void commitsWhatItHasReadWhenItCloses() {
        ingest.close();
        SpanIngest patient =
                new SpanIngest(TOPIC, store, Duration.ofHours(1), () -> consumer, () -> producer, () -> NOW, registry);
        patient.start();
        await().until(patient::ready);
        deliver(0, 0, batch(entry("front", span(TRACE_A, 1, "GET /", 0))).toByteArray());
        await().until(() -> store.trace(TRACE_A).isPresent());
        assertThat(store.positions()).isEmpty();

        patient.close();
        assertThat(store.positions()).isEqualTo(Map.of(0, 1L));
        assertThat(patient.ready()).isFalse();
    }

    private SpanIngest ingest() {
        return new SpanIngest(
                TOPIC,
                store,
                Duration.ofMillis(50),
                () -> {
                    consumers.add(consumer);
                    return consumer;
                },
                () -> producer,
                () -> NOW,
                registry);
    }

    private static WatchedConsumer consumer() {
        WatchedConsumer consumer = new WatchedConsumer();
        consumer.updatePartitions(TOPIC, partitions());
        consumer.updateBeginningOffsets(Map.of(PARTITION_0, 0L, PARTITION_1, 0L));
        consumer.updateEndOffsets(Map.of(PARTITION_0, 0L, PARTITION_1, 0L));
        return consumer;
    }

    private static List<PartitionInfo> partitions() {
        Node[] replicas = {Node.noNode()};
        return List.of(
                new PartitionInfo(TOPIC, 0, Node.noNode(), replicas, replicas),
                new PartitionInfo(TOPIC, 1, Node.noNode(), replicas, replicas));
    }

    private void deliver(int partition, long offset, byte[] value) {
        consumer.addRecord(new ConsumerRecord<>(
                TOPIC,
                partition,
                offset,
                NOW,
                TimestampType.CREATE_TIME,
                0,
                value.length,
                new byte[0],
                value,
                new RecordHeaders(),
                Optional.empty()));
    }

    private long committed(TopicPartition partition) {
        OffsetAndMetadata offset = consumer.committed(Set.of(partition)).get(partition);
        return offset == null ? -1 : offset.offset();
    }

    private static String header(ProducerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private double count(String unit, String outcome, String reason) {
        return registry.get("tracery.search." + unit)
                .tags("outcome", outcome, "reason", reason)
                .counter()
                .count();
    }

    /** Counts what Kafka is told. */
    private static final class WatchedConsumer extends MockConsumer<byte[], byte[]> {
        private final AtomicInteger commits = new AtomicInteger();

        WatchedConsumer() {
            super("earliest");
        }

        @Override
        public synchronized void commitAsync(
                Map<TopicPartition, OffsetAndMetadata> offsets, OffsetCommitCallback callback) {
            commits.incrementAndGet();
            super.commitAsync(offsets, callback);
        }
    }

    /** A real store whose commits can be made to fail. */
    private static final class WatchedStore implements TraceStore {
        private final TraceStore real;
        private volatile boolean failCommits;
        private final AtomicInteger recoveries = new AtomicInteger();

        WatchedStore(TraceStore real) {
            this.real = real;
        }

        @Override
        public Added add(byte[] otlp, long receivedMillis) throws InvalidProtocolBufferException {
            return real.add(otlp, receivedMillis);
        }

        @Override
        public void commit(Map<Integer, Long> positions) {
            if (failCommits && !positions.isEmpty()) {
                throw new UncheckedIOException(new IOException("disk full"));
            }
            real.commit(positions);
        }

        @Override
        public Map<Integer, Long> positions() {
            return real.positions();
        }

        @Override
        public void recover() {
            real.recover();
            recoveries.incrementAndGet();
        }

        @Override
        public Optional<Trace> trace(String traceId) {
            return real.trace(traceId);
        }

        @Override
        public List<String> find(TraceQuery query) {
            return real.find(query);
        }

        @Override
        public List<String> services() {
            return real.services();
        }

        @Override
        public List<Dependency> dependencies(TraceQuery.Range started) {
            return real.dependencies(started);
        }

        @Override
        public Map<String, CallSeries> calls(String service, Set<Kind> kinds, Window window, boolean byOperation) {
            return real.calls(service, kinds, window, byOperation);
        }

        @Override
        public List<Operation> operations(String service) {
            return real.operations(service);
        }

        @Override
        public void close() {
            real.close();
        }
    }
}
