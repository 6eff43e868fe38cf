package io.tracery.pipeline.stream;

import io.micrometer.core.instrument.MeterRegistry;
import io.tracery.pipeline.decide.Judge;
import io.tracery.pipeline.decide.Policies;
import io.tracery.tracing.topic.Topic;
import java.util.function.Supplier;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * {@code mesh_spans} → batches of spans, and the exemplars of {@code otlp_metrics} → marks; both to where their traces are kept → whole traces, kept → {@code otlp_spans}. What cannot be read → {@code mesh_spans_dead}.
 */
final class SpanTopology {

    static final String PIECES = "pieces";
    static final String DEAD = "dead";

    /**
     * A record without a time would stop the stream; one from the future would too, because brokers refuse what is written
     * with its time (message.timestamp.after.max.ms).
     */
    private static final TimestampExtractor NEVER_AHEAD = (message, partitionTime) -> {
        long now = System.currentTimeMillis();
        return message.timestamp() < 0 || message.timestamp() > now ? now : message.timestamp();
    };

    private SpanTopology() {}

    static Topology build(MeterRegistry registry, DecideOnTraces.Bounds bounds, Supplier<Policies> policies) {
        SplitByPartition.Accounts splits = SplitByPartition.Accounts.in(registry);
        Decisions decisions = new Decisions(registry);
        Serde<byte[]> bytes = Serdes.ByteArray();
        StreamsBuilder builder = new StreamsBuilder();
        KStream<byte[], byte[]> split = builder.stream(
                        Topic.MESH_SPANS.topicName(), read("batches", AutoOffsetReset.earliest()))
                .process(() -> new SplitByPartition(splits, bounds.recordBytes()), Named.as("split-by-partition"));
        split.to(
                DeadLetters.topicOf(Topic.MESH_SPANS),
                Produced.with(bytes, bytes).withName(DEAD));
        // Exemplars of the past speak of traces that have been decided upon.
        KStream<byte[], byte[]> marks = builder.stream(
                        Topic.OTLP_METRICS.topicName(), read("metrics", AutoOffsetReset.latest()))
                .process(MarkExemplars::new, Named.as("mark-exemplars"));
        split.filter((trace, piece) -> true, Named.as(PIECES))
                .merge(marks, Named.as("pieces-and-marks"))
                .repartition(Repartitioned.with(bytes, bytes)
                        .withName("batches")
                        .withNumberOfPartitions(Partitions.COUNT)
                        .withStreamPartitioner((topic, key, value, count) -> Partitions.of(key)))
                .process(new DecideOnTraces.Factory(() -> new Judge(policies), decisions, bounds), Named.as("decide"))
                .to(Topic.OTLP_SPANS.topicName(), Produced.with(bytes, bytes).withName("kept"));
        return builder.build();
    }

    private static Consumed<byte[], byte[]> read(String name, AutoOffsetReset from) {
        return Consumed.with(Serdes.ByteArray(), Serdes.ByteArray())
                .withTimestampExtractor(NEVER_AHEAD)
                .withOffsetResetPolicy(from)
                .withName(name);
    }
}
