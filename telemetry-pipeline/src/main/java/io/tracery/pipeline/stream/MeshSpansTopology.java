package io.tracery.pipeline.stream;

import io.micrometer.core.instrument.MeterRegistry;
import io.tracery.tracing.topic.Topic;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.TimestampExtractor;

/** {@code mesh_spans} → split by trace → {@code otlp_spans}; what cannot be read → {@code mesh_spans_dead}. */
final class MeshSpansTopology {

    static final String KEPT = "kept";
    static final String DEAD = "dead";
    private static final String BATCHES = "batches";
    private static final String SPLIT = "split-by-trace";

    /** A record without a time must not stop the stream, which is what Kafka Streams does with one by default. */
    private static final TimestampExtractor NEVER_NEGATIVE =
            (message, partitionTime) -> Math.max(0, message.timestamp());

    private MeshSpansTopology() {}

    static Topology build(MeterRegistry registry, int maxRecordBytes) {
        SplitByTrace.Accounts accounts = SplitByTrace.Accounts.in(registry);
        ByteArraySerializer bytes = new ByteArraySerializer();
        ByteArrayDeserializer asBytes = new ByteArrayDeserializer();
        return new Topology()
                .addSource(
                        AutoOffsetReset.earliest(),
                        BATCHES,
                        NEVER_NEGATIVE,
                        asBytes,
                        asBytes,
                        Topic.MESH_SPANS.topicName())
                .addProcessor(SPLIT, () -> new SplitByTrace(accounts, maxRecordBytes), BATCHES)
                .addSink(KEPT, Topic.OTLP_SPANS.topicName(), bytes, bytes, SPLIT)
                .addSink(DEAD, DeadLetters.topicOf(Topic.MESH_SPANS), bytes, bytes, SPLIT);
    }
}
