package io.tracery.topology.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.tracery.topology.graph.EdgeLag;
import java.time.Duration;

/** How far the graph is behind the proxies, for who asks the API and as {@code topology_edge_lag_seconds}. */
public final class EdgeLagMeter {

    private final EdgeLag lastMinute;
    private final Timer timer;

    public EdgeLagMeter(EdgeLag lastMinute, MeterRegistry registry) {
        this.lastMinute = lastMinute;
        this.timer = Timer.builder("topology.edge.lag")
                .description("From a data point's time to its edge being visible")
                .serviceLevelObjectives(
                        Duration.ofMillis(50),
                        Duration.ofMillis(100),
                        Duration.ofMillis(200),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(30),
                        Duration.ofMinutes(5))
                .register(registry);
    }

    /** Notes that data of a time became visible: Unix milliseconds. */
    public void record(long dataMillis, long nowMillis) {
        lastMinute.record(dataMillis, nowMillis);
        timer.record(Duration.ofMillis(Math.max(0, nowMillis - dataMillis)));
    }
}
