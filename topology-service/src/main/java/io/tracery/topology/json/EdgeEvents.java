package io.tracery.topology.json;

import io.tracery.topology.graph.EdgeSummary;
import io.tracery.topology.graph.Graph;
import java.time.InstantSource;
import java.util.function.Function;

/** Edges as the topic {@code service_graph} shows them, in UTF-8. */
public final class EdgeEvents implements Function<EdgeSummary, byte[]> {

    private final InstantSource clock;

    public EdgeEvents(InstantSource clock) {
        this.clock = clock;
    }

    /** @param edge with rates of {@link Graph#TOLD_WINDOW} */
    @Override
    public byte[] apply(EdgeSummary edge) {
        return GraphJson.write(new GraphJson.EdgeEvent(clock.millis(), Graph.TOLD_WINDOW.toSeconds(), edge));
    }
}
