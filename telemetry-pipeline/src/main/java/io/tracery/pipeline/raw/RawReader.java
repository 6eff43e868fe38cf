package io.tracery.pipeline.raw;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracery.tracing.topic.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code mesh_spans} from where a time begins to where it ended when it was asked, and keeps the newest of what matches. Joins no
 * consumer group and commits nothing. Used for one query.
 */
final class RawReader {

    private static final Duration POLL = Duration.ofMillis(250);
    private static final int REQUEST_MILLIS = 5_000;

    private final String kafka;
    private final Duration patience;

    /**
     * What was found.
     *
     * @param spans the newest first
     * @param examined all spans that were looked at
     * @param unreadable records that are no spans
     * @param sinceMillis the oldest record that was looked at; 0 where there was none
     * @param complete false where there was no time for all of it
     */
    record Found(List<RawSpan> spans, long examined, long unreadable, long sinceMillis, boolean complete) {}

    /** @param patience how long a query may take */
    RawReader(String kafka, Duration patience) {
        this.kafka = kafka;
        this.patience = patience;
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        kafka,
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false,
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest",
                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                        1_000,
                        ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                        REQUEST_MILLIS,
                        ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                        REQUEST_MILLIS,
                        ConsumerConfig.ENABLE_METRICS_PUSH_CONFIG,
                        false),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    /** @throws org.apache.kafka.common.KafkaException where Kafka does not answer */
    Found read(RawQuery query, long nowMillis) {
        long deadline = System.nanoTime() + patience.toNanos();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            Map<TopicPartition, Long> ends =
                    begin(consumer, nowMillis - query.since().toMillis());
            Search search = new Search(query);
            while (!reached(consumer, ends) && System.nanoTime() < deadline) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    search.record(record.timestamp(), record.value());
                }
            }
            return search.found(reached(consumer, ends));
        }
    }

    /** Goes to where the time begins; answers where each partition ends now. */
    private static Map<TopicPartition, Long> begin(KafkaConsumer<byte[], byte[]> consumer, long sinceMillis) {
        Map<TopicPartition, Long> times = new HashMap<>();
        for (PartitionInfo partition : consumer.partitionsFor(Topic.MESH_SPANS.topicName())) {
            times.put(new TopicPartition(partition.topic(), partition.partition()), Math.max(0, sinceMillis));
        }
        Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(times.keySet()));
        Map<TopicPartition, OffsetAndTimestamp> firsts = consumer.offsetsForTimes(times);
        // Of those for which there is none, nothing of that time is there.
        ends.keySet().removeIf(partition -> firsts.get(partition) == null);
        consumer.assign(ends.keySet());
        ends.keySet()
                .forEach(partition -> consumer.seek(
                        partition, Objects.requireNonNull(firsts.get(partition)).offset()));
        return ends;
    }

    private static boolean reached(KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    /** The newest of what matches, of what was looked at so far. */
    private static final class Search {
        private final RawQuery query;
        private final PriorityQueue<RawSpan> newest =
                new PriorityQueue<>(Comparator.comparingLong(RawSpan::startNanos));
        private long examined;
        private long unreadable;
        private long sinceMillis;

        Search(RawQuery query) {
            this.query = query;
        }

        void record(long timestamp, byte @Nullable [] value) {
            sinceMillis = sinceMillis == 0 ? timestamp : Math.min(sinceMillis, timestamp);
            TracesData data;
            try {
                data = TracesData.parseFrom(value == null ? new byte[0] : value);
            } catch (InvalidProtocolBufferException e) {
                unreadable++;
                return;
            }
            for (ResourceSpans resource : data.getResourceSpansList()) {
                for (ScopeSpans scope : resource.getScopeSpansList()) {
                    for (Span span : scope.getSpansList()) {
                        add(RawSpan.of(resource.getResource(), span));
                    }
                }
            }
        }

        private void add(RawSpan span) {
            examined++;
            if (query.matches(span)) {
                newest.add(span);
                if (newest.size() > query.limit()) {
                    newest.poll();
                }
            }
        }

        Found found(boolean complete) {
            List<RawSpan> spans = new ArrayList<>(newest);
            spans.sort(Comparator.comparingLong(RawSpan::startNanos).reversed());
            return new Found(List.copyOf(spans), examined, unreadable, sinceMillis, complete);
        }
    }
}
