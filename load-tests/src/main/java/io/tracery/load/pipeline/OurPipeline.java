package io.tracery.load.pipeline;

import io.tracery.load.endurance.MetricsPage;
import io.tracery.load.lab.host.Commands;
import io.tracery.load.lab.host.Server;
import io.tracery.load.mesh.Ports;
import io.tracery.pipeline.PipelineApp;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The telemetry pipeline of this source tree, told to keep as the Collector is: what failed, what is slow, a tenth of the rest. */
final class OurPipeline implements Decider {

    private static final String SPANS = "tracery_pipeline_spans_total";

    private final int adminPort = Ports.free();
    private final int round;

    OurPipeline(int round) {
        this.round = round;
    }

    @Override
    public String name() {
        return "tracery";
    }

    @Override
    public String version() {
        return "of this tree";
    }

    @Override
    public Server.Launch launch(Path directory, String kafka) throws IOException {
        Path policies = Files.writeString(directory.resolve("policies.yaml"), """
                share: 0.1
                floorPerSecond: 0
                off: [first_seen]
                bytesPerSecond: 1000000000
                """);
        Path config = Files.writeString(directory.resolve("pipeline.yaml"), """
                kafka: %s
                applicationId: pipeline-%d
                dataDir: %s
                otlpGrpcPort: 0
                otlpHttpPort: 0
                adminPort: %d
                policies: %s
                """.formatted(
                        kafka, round, directory.resolve("state"), adminPort, policies));
        return new Server.Launch(
                List.of(
                        Commands.java(),
                        "-Xmx768m",
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        PipelineApp.class.getName(),
                        "--config",
                        config.toString()),
                Map.of(),
                adminPort,
                directory.resolve("pipeline.log"));
    }

    @Override
    public URI metrics() {
        return URI.create("http://127.0.0.1:" + adminPort + "/metrics");
    }

    @Override
    public double decided(MetricsPage page) {
        return kept(page)
                + page.sum(SPANS, "stage=\"decide\"", "outcome=\"dropped\"")
                - page.sum("tracery_pipeline_spans_revived_total");
    }

    @Override
    public double kept(MetricsPage page) {
        return page.sum(SPANS, "stage=\"decide\"", "outcome=\"passed\"");
    }
}
