package io.tracery.topology.stream;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.proto.metrics.v1.MetricsData;
import io.tracery.topology.SettableClock;
import io.tracery.topology.fleet.Fleet;
import io.tracery.topology.graph.EdgeLag;
import io.tracery.topology.graph.EdgeSummary;
import io.tracery.topology.graph.Graph;
import io.tracery.topology.graph.GraphLimits;
import io.tracery.topology.graph.GraphReader;
import io.tracery.topology.history.History;
import io.tracery.topology.history.HistorySettings;
import io.tracery.topology.json.EdgeEvents;
import io.tracery.topology.metrics.EdgeLagMeter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/** The whole stream without Kafka: records in, graph and edges out, at a time that the test sets. */
final class StreamKit implements AutoCloseable {

    /** As Kafka writes it. */
    private static final long NO_TIME = -1;

    final SettableClock clock = new SettableClock();
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final Graph graph;
    final GraphReader reader;
    final EdgeLag lag = new EdgeLag();
    final History history = new History();
    final Fleet fleet = new Fleet();
    final Path deadLetters;
    private final TopologyTestDriver driver;
    private final TestInputTopic<String, byte[]> metrics;
    private final TestOutputTopic<String, byte[]> edges;

    StreamKit(Path directory) {
        this(directory, GraphLimits.DEFAULT);
    }

    StreamKit(Path directory, GraphLimits limits) {
        graph = new Graph(limits, clock);
        reader = new GraphReader(graph, clock);
        deadLetters = directory.resolve("dead-letters");
        Lives lives = new Lives();
        StreamParts parts = new StreamParts(
                graph,
                new EdgeLagMeter(lag, registry),
                new Accounting(registry),
                new DeadLetters(deadLetters),
                lives,
                new Listening(),
                new Housekeeping(graph, lives),
                history,
                fleet,
                HistorySettings.DEFAULT,
                new EdgeEvents(clock),
                clock);
        Properties properties = new StreamSettings(
                        "unused:1",
                        "test",
                        "one",
                        () -> "unused:2",
                        directory.resolve("streams"),
                        HistorySettings.DEFAULT)
                .properties();
        properties.put(
                StreamsConfig.STATE_DIR_CONFIG, directory.resolve("streams").toString());
        driver = new TopologyTestDriver(GraphTopology.build(parts), properties, clock.instant());
        metrics = driver.createInputTopic("otlp_metrics", new StringSerializer(), new ByteArraySerializer());
        edges = driver.createOutputTopic("service_graph", new StringDeserializer(), new ByteArrayDeserializer());
    }

    void send(MetricsData data) {
        send(data.toByteArray());
    }

    void send(byte @Nullable [] payload) {
        metrics.pipeInput("key", payload);
    }

    /** As a producer does that leaves a record's time out, which brokers take. */
    void sendWithoutTime(MetricsData data) {
        driver.createInputTopic(
                        "otlp_metrics",
                        new StringSerializer(),
                        new ByteArraySerializer(),
                        Instant.ofEpochMilli(NO_TIME),
                        Duration.ZERO)
                .pipeInput("key", data.toByteArray());
    }

    /** Lets time pass, with what the stream does once a second. */
    void pass(Duration duration) {
        for (long second = 0; second < duration.toSeconds(); second++) {
            clock.advance(Duration.ofSeconds(1));
            driver.advanceWallClockTime(Duration.ofSeconds(1));
        }
    }

    TestOutputTopic<String, byte[]> edges() {
        return edges;
    }

    KeyValueStore<String, byte[]> store() {
        return driver.getKeyValueStore(GraphProcessor.STORE);
    }

    long stored() {
        long count = 0;
        try (KeyValueIterator<String, byte[]> entries = store().all()) {
            while (entries.hasNext()) {
                entries.next();
                count++;
            }
        }
        return count;
    }

    /** What the store alone says: a graph that begins with it. */
    GraphReader restored() {
        Graph fresh = new Graph(GraphLimits.DEFAULT, clock);
        new SeriesTable(store(), fresh, 0, new Lives(), clock, counted -> {}).restore();
        return new GraphReader(fresh, clock);
    }

    static EdgeSummary edge(GraphReader reader, String id) {
        List<EdgeSummary> found = reader.snapshot(Duration.ofSeconds(30)).edges().stream()
                .filter(edge -> edge.id().equals(id))
                .toList();
        if (found.isEmpty()) {
            throw new AssertionError("the graph has no edge " + id);
        }
        return found.getFirst();
    }

    double counter(String name) {
        return registry.get(name).counter().count();
    }

    double dropped(String name, String reason) {
        return registry.get(name).tag("reason", reason).counter().count();
    }

    double sum(String name) {
        return registry.find(name).counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    @Override
    public void close() {
        driver.close();
    }
}
