package io.tracery.search.ingest;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracery.search.store.LuceneTraceStore;
import io.tracery.search.store.SpanEntry;
import io.tracery.search.store.Spans;
import io.tracery.search.store.StoreLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A process that reads spans into a store until it is killed, and says what Kafka was told. */
final class KilledIngest {

    static final int SPANS_PER_TRACE = 4;
    private static final String TOPIC = "otlp_spans";
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
    private static final int RECORDS_PER_POLL = 20;

    private KilledIngest() {}

    public static void main(String[] args) throws IOException {
        SpanIngest ingest = new SpanIngest(
                TOPIC,
                open(Path.of(args[0])),
                Duration.ofMillis(15),
                EndlessTopic::new,
                () -> new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer()),
                System::currentTimeMillis,
                new SimpleMeterRegistry());
        ingest.start();
        // Until it is killed, or whoever started it is gone.
        System.exit(System.in.read());
    }

    static LuceneTraceStore open(Path folder) {
        StoreLimits limits = StoreLimits.keeping(Duration.ofDays(1), Long.MAX_VALUE);
        return LuceneTraceStore.open(folder, limits, System::currentTimeMillis);
    }

    static String traceId(long offset) {
        return "%032x".formatted(offset + 1);
    }

    /** What stands at an offset: always the same. */
    static List<SpanEntry> trace(long offset) {
        Random random = new Random(offset);
        return IntStream.range(0, SPANS_PER_TRACE)
                .mapToObj(number -> {
                    Span.Builder span = Spans.span(traceId(offset), number + 1, "GET /cart", number);
                    for (int i = 0; i < 8; i++) {
                        span.addAttributes(Spans.text("key-" + i, "value " + random.nextInt(1_000_000)));
                    }
                    return Spans.entry("cart", span);
                })
                .toList();
    }

    /** A topic that always has more. */
    private static final class EndlessTopic extends MockConsumer<byte[], byte[]> {

        EndlessTopic() {
            super("earliest");
            Node[] replicas = {Node.noNode()};
            updatePartitions(TOPIC, List.of(new PartitionInfo(TOPIC, 0, Node.noNode(), replicas, replicas)));
            updateBeginningOffsets(Map.of(PARTITION, 0L));
            updateEndOffsets(Map.of(PARTITION, Long.MAX_VALUE));
        }

        @Override
        public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
            long next = position(PARTITION);
            for (long offset = next; offset < next + RECORDS_PER_POLL; offset++) {
                TracesData data = Spans.batch(trace(offset).toArray(SpanEntry[]::new));
                addRecord(new ConsumerRecord<>(
                        TOPIC,
                        0,
                        offset,
                        System.currentTimeMillis(),
                        TimestampType.CREATE_TIME,
                        0,
                        0,
                        new byte[0],
                        data.toByteArray(),
                        new RecordHeaders(),
                        Optional.empty()));
            }
            System.out.println("polled " + next);
            return super.poll(timeout);
        }

        @Override
        public synchronized void commitAsync(
                Map<TopicPartition, OffsetAndMetadata> offsets, OffsetCommitCallback callback) {
            offsets.values().forEach(next -> System.out.println("told " + next.offset()));
            super.commitAsync(offsets, callback);
        }
    }
}
