package io.tracery.load.pipeline;

import io.tracery.load.endurance.MetricsPage;
import io.tracery.load.lab.host.Server;
import io.tracery.load.lab.peer.Installs;
import io.tracery.load.mesh.Ports;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** OpenTelemetry's Collector: Kafka receiver, tail-sampling processor, Kafka exporter, nothing else. */
final class OtelCollector implements Decider {

    private static final String SAMPLED = "otelcol_processor_tail_sampling_global_count_traces_sampled";

    private final Path program;
    private final int round;
    private final int metricsPort = Ports.free();

    /** @param program made by {@link Installs#collector()} */
    OtelCollector(Path program, int round) {
        this.program = program;
        this.round = round;
    }

    @Override
    public String name() {
        return "otelcol";
    }

    @Override
    public String version() throws IOException, InterruptedException {
        return Installs.COLLECTOR_VERSION;
    }

    @Override
    public Server.Launch launch(Path directory, String kafka) throws IOException {
        Path config = Files.writeString(directory.resolve("otelcol.yaml"), """
                receivers:
                  kafka:
                    brokers: ["%1$s"]
                    group_id: otelcol-%3$d
                    initial_offset: earliest
                    traces: {topics: [mesh_spans], encoding: otlp_proto}
                processors:
                  tail_sampling:
                    decision_wait: 2s
                    num_traces: 200000
                    policies:
                      - {name: error, type: status_code, status_code: {status_codes: [ERROR]}}
                      - {name: slow, type: latency, latency: {threshold_ms: 500}}
                      - {name: share, type: probabilistic, probabilistic: {sampling_percentage: 10}}
                exporters:
                  kafka:
                    brokers: ["%1$s"]
                    traces: {topic: otlp_spans, encoding: otlp_proto}
                service:
                  telemetry:
                    metrics:
                      level: normal
                      readers: [{pull: {exporter: {prometheus: {host: 127.0.0.1, port: %2$d}}}}]
                  pipelines:
                    traces: {receivers: [kafka], processors: [tail_sampling], exporters: [kafka]}
                """.formatted(kafka, metricsPort, round));
        return new Server.Launch(
                List.of(program.toString(), "--config", config.toString()),
                Map.of(),
                metricsPort,
                directory.resolve("otelcol.log"));
    }

    @Override
    public URI metrics() {
        return URI.create("http://127.0.0.1:" + metricsPort + "/metrics");
    }

    /** It counts traces; all of ours have as many spans. */
    @Override
    public double decided(MetricsPage page) {
        return ShopTraces.SPANS_PER_TRACE * page.sum(SAMPLED);
    }

    @Override
    public double kept(MetricsPage page) {
        return ShopTraces.SPANS_PER_TRACE * page.sum(SAMPLED, "sampled=\"true\"");
    }
}
