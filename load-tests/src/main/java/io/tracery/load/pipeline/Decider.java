package io.tracery.load.pipeline;

import io.tracery.load.endurance.MetricsPage;
import io.tracery.load.lab.host.Server;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;

/** A process that reads {@code mesh_spans}, decides upon whole traces, and writes those that are kept to {@code otlp_spans}. */
interface Decider {

    String name();

    /** The version it says it has. */
    String version() throws IOException, InterruptedException;

    /** Writes its configuration and answers what to start. */
    Server.Launch launch(Path directory, String kafka) throws IOException;

    /** Where it tells its counters as Prometheus text. */
    URI metrics();

    /** Spans of traces that were decided upon, kept or not. */
    double decided(MetricsPage page);

    /** Of them, spans of traces that were kept. */
    double kept(MetricsPage page);
}
