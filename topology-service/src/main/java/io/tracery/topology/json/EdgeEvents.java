package io.tracery.topology.json;

import io.tracery.topology.graph.EdgeKey;
import io.tracery.topology.graph.GraphReader;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Edges as the topic {@code service_graph} shows them: as they are now, with rates of the last half minute. */
public final class EdgeEvents implements Function<EdgeKey, byte @Nullable []> {

    private static final Duration WINDOW = Duration.ofSeconds(30);

    private final GraphReader reader;
    private final InstantSource clock;

    public EdgeEvents(GraphReader reader, InstantSource clock) {
        this.reader = reader;
        this.clock = clock;
    }

    /** UTF-8; null when the graph does not hold the edge. */
    @Override
    public byte @Nullable [] apply(EdgeKey key) {
        return reader.edge(key, WINDOW)
                .map(edge -> GraphJson.write(new GraphJson.EdgeEvent(clock.millis(), WINDOW.toSeconds(), edge)))
                .orElse(null);
    }
}
