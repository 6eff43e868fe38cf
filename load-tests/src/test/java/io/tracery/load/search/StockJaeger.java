package io.tracery.load.search;

import static org.awaitility.Awaitility.await;

import io.tracery.load.mesh.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A Jaeger process as its makers made it, with a configuration of this test's. */
final class StockJaeger implements AutoCloseable {

    private final int port = Ports.free();
    private final int grpcPort;
    private final Path output;
    private final Process process;
    private final QueryApi api = new QueryApi(port);

    private StockJaeger(Path folder, int grpcPort, String receiver, String exporter, String backend, String more)
            throws IOException {
        this.grpcPort = grpcPort;
        Path config = folder.resolve("jaeger.yaml");
        Files.writeString(config, common(receiver, exporter, backend) + more);
        this.output = folder.resolve("jaeger.log");
        this.process = new ProcessBuilder(program(), "--config", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    /** Where it answers, and nothing of what it does with itself. */
    private String common(String receiver, String exporter, String backend) {
        return """
                service:
                  extensions: [jaeger_storage, jaeger_query]
                  telemetry: {metrics: {level: none}, logs: {level: warn}}
                  pipelines: {traces: {receivers: [%s], exporters: [%s]}}
                extensions:
                  jaeger_query:
                    storage: {traces: some}
                    http: {endpoint: "127.0.0.1:%d"}
                    grpc: {endpoint: "127.0.0.1:%d"}
                  jaeger_storage: {backends: {some: %s}}
                """.formatted(receiver, exporter, port, grpcPort, backend);
    }

    /** The environment's {@code JAEGER}; empty where there is none. */
    static String program() {
        return System.getenv().getOrDefault("JAEGER", "");
    }

    /** One that fills its own memory from the topic, by its own Kafka receiver. */
    static StockJaeger readingKafka(Path folder, String bootstrapServers) throws IOException {
        return readingKafka(folder, bootstrapServers, Ports.free());
    }

    /** The same, with its gRPC API where somebody expects it. */
    static StockJaeger readingKafka(Path folder, String bootstrapServers, int grpcPort) throws IOException {
        return new StockJaeger(
                folder, grpcPort, "kafka", "jaeger_storage_exporter", "{memory: {max_traces: 10000}}", """
                receivers:
                  kafka: {brokers: ["%s"], initial_offset: earliest, traces: {topic: otlp_spans, encoding: otlp_proto}}
                exporters: {jaeger_storage_exporter: {trace_storage: some}}
                """.formatted(
                                bootstrapServers));
    }

    /** One that has no store but ours. */
    static StockJaeger readingRemoteStorage(Path folder, int remotePort) throws IOException {
        return new StockJaeger(
                folder,
                Ports.free(),
                "nop",
                "nop",
                "{grpc: {endpoint: \"127.0.0.1:%d\", tls: {insecure: true}}}".formatted(remotePort),
                "receivers: {nop: }\nexporters: {nop: }\n");
    }

    /** Waits until it answers. */
    StockJaeger ready() {
        await().atMost(Duration.ofSeconds(60)).ignoreExceptions().until(() -> {
            if (!process.isAlive()) {
                throw new AssertionError("Jaeger has ended:\n" + Files.readString(output));
            }
            return !api.get("/api/services").isMissingNode();
        });
        return this;
    }

    /** Its HTTP API. */
    QueryApi api() {
        return api;
    }

    /** Where its gRPC API is, {@code host:port}. */
    String grpcAddress() {
        return "127.0.0.1:" + grpcPort;
    }

    @Override
    public void close() {
        api.close();
        process.destroy();
        process.onExit().orTimeout(20, TimeUnit.SECONDS).join();
    }
}
