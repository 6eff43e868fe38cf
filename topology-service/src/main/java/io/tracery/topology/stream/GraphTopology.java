package io.tracery.topology.stream;

import io.tracery.tracing.topic.Topic;
import java.time.Duration;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.WallclockTimestampExtractor;
import org.apache.kafka.streams.state.Stores;

/** {@code otlp_metrics} → graph, with the series in one store and the past in another → {@code service_graph}. */
final class GraphTopology {

    /**
     * Where a graph without a past begins: early enough to fill the history, and since counts are cumulative and every
     * series is sent twice a minute, early enough for all counts.
     */
    private static final Duration LOOK_BACK = Duration.ofMinutes(16);

    private GraphTopology() {}

    static Topology build(StreamParts parts) {
        Topology topology = new Topology();
        topology.addSource(
                AutoOffsetReset.byDuration(LOOK_BACK),
                "metrics",
                // Points have times of their own. That of a record may be missing, which would stop the stream at it
                // for ever.
                new WallclockTimestampExtractor(),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer(),
                Topic.OTLP_METRICS.topicName());
        topology.addProcessor("graph", () -> new GraphProcessor(parts), "metrics");
        topology.addStateStore(
                Stores.keyValueStoreBuilder(
                        Stores.persistentKeyValueStore(GraphProcessor.STORE), Serdes.String(), Serdes.ByteArray()),
                "graph");
        topology.addStateStore(
                Stores.keyValueStoreBuilder(
                        Stores.persistentKeyValueStore(KafkaWindowStore.NAME), Serdes.Bytes(), Serdes.ByteArray()),
                "graph");
        topology.addSink(
                "edges", Topic.SERVICE_GRAPH.topicName(), new StringSerializer(), new ByteArraySerializer(), "graph");
        return topology;
    }
}
