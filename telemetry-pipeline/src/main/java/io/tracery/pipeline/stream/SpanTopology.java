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
 * {@code mesh_spans} → pieces of traces, and the exemplars of {@code otlp_metrics} → marks; both by trace id → whole traces,
 * decided upon → {@code otlp_spans}. What cannot be read → {@code mesh_spans_dead}.
 */
final class SpanTopology {

    static final String PIECES = "pieces";
    static final String DEAD = "dead";

    /** A record without a time must not stop the stream, which is what Kafka Streams does with one by default. */
    private static final TimestampExtractor NEVER_NEGATIVE =
            (message, partitionTime) -> Math.max(0, message.timestamp());

    private SpanTopology() {}

    static Topology build(MeterRegistry registry, int maxRecordBytes, Supplier<Policies> policies) {
        SplitByTrace.Accounts splits = SplitByTrace.Accounts.in(registry);
        Decisions decisions = new Decisions(registry);
        Serde<byte[]> bytes = Serdes.ByteArray();
        StreamsBuilder builder = new StreamsBuilder();
        KStream<byte[], byte[]> split = builder.stream(
                        Topic.MESH_SPANS.topicName(), read("batches", AutoOffsetReset.earliest()))
                .process(() -> new SplitByTrace(splits, maxRecordBytes), Named.as("split-by-trace"));
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
                        .withName("by-trace")
                        .withNumberOfPartitions(Topic.OTLP_SPANS.partitions()))
                .process(
                        new DecideOnTraces.Factory(() -> new Judge(policies), decisions, maxRecordBytes),
                        Named.as("decide"))
                .to(Topic.OTLP_SPANS.topicName(), Produced.with(bytes, bytes).withName("kept"));
        return builder.build();
    }

    private static Consumed<byte[], byte[]> read(String name, AutoOffsetReset from) {
        return Consumed.with(Serdes.ByteArray(), Serdes.ByteArray())
                .withTimestampExtractor(NEVER_NEGATIVE)
                .withOffsetResetPolicy(from)
                .withName(name);
    }
}
