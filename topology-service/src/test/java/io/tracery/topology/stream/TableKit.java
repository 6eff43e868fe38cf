package io.tracery.topology.stream;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.metrics.v1.MetricsData;
import io.tracery.topology.SettableClock;
import io.tracery.topology.graph.EdgeKey;
import io.tracery.topology.graph.EdgeSummary;
import io.tracery.topology.graph.Graph;
import io.tracery.topology.graph.GraphLimits;
import io.tracery.topology.graph.GraphReader;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** A table, its sweeper and its graph over one store; they can be restarted, cleanly or not. */
final class TableKit {

    /** So few that some are forgotten. */
    private static final int KNOWN_SERIES = 30;

    final SettableClock clock = new SettableClock();
    final MemoryStore store = new MemoryStore();
    GraphReader reader;
    private MetricsDecoder decoder;
    private SeriesTable table;
    private SeriesSweeper sweeper;
    private Listening listening;

    TableKit() {
        Graph graph = new Graph(GraphLimits.DEFAULT, clock);
        Lives lives = new Lives();
        listening = new Listening();
        reader = new GraphReader(graph, clock);
        decoder = new MetricsDecoder(new Reporters(KNOWN_SERIES));
        table = new SeriesTable(store, graph, 0, lives, clock, counted -> {});
        sweeper = new SeriesSweeper(store, graph, 0, lives, listening);
    }

    void restart() {
        Graph graph = new Graph(GraphLimits.DEFAULT, clock);
        Lives lives = new Lives();
        listening = new Listening();
        reader = new GraphReader(graph, clock);
        decoder = new MetricsDecoder(new Reporters(KNOWN_SERIES));
        table = new SeriesTable(store, graph, 0, lives, clock, counted -> {});
        sweeper = new SeriesSweeper(store, graph, 0, lives, listening);
        table.restore();
        store.commitAll();
    }

    void apply(MetricsData data) {
        Decoded decoded;
        try {
            decoded = decoder.decode(data.toByteArray());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
        if (decoded.invalid() + decoded.foreign() > 0) {
            throw new IllegalStateException("the simulated proxy does not keep to the contract");
        }
        listening.heard(clock.millis());
        decoded.points().forEach(table::apply);
    }

    void sweep() {
        sweeper.sweep();
    }

    /** Requests by edge, sent and received, of every edge that is kept, whether or not it was seen lately. */
    Map<String, Long> requests() {
        Map<String, Long> requests = new TreeMap<>();
        for (EdgeKey key : store.edges()) {
            EdgeSummary edge = reader.edge(key, Duration.ofSeconds(30)).orElseThrow();
            requests.put(edge.id(), edge.requests());
            requests.put(edge.id() + " received", edge.received());
        }
        return requests;
    }
}
