package io.tracery.pipeline;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tracery.pipeline.forward.Forwarder;
import io.tracery.pipeline.ingest.OtlpReceivers;
import io.tracery.pipeline.raw.RawApi;
import io.tracery.pipeline.stream.SpanStream;
import io.tracery.pipeline.stream.TopicSetup;
import io.tracery.process.AdminServer;
import io.tracery.process.Component;
import io.tracery.process.Components;
import io.tracery.process.Main;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Composition root of the telemetry pipeline: topics, what is kept, the span stream, then the OTLP ports. */
public final class PipelineApp implements Component {

    /**
     * Largest record it writes, before compression: under the megabyte that brokers and stock consumers take without
     * being configured.
     */
    private static final int MAX_RECORD_BYTES = 900_000;

    private final OtlpReceivers receivers;
    private final Components parts;

    private PipelineApp(OtlpReceivers receivers, List<Component> before) {
        this.receivers = receivers;
        this.parts = new Components(
                "telemetry-pipeline",
                Stream.concat(before.stream(), Stream.of(receivers)).toList());
    }

    public static void main(String[] args) {
        Main.run(args, PipelineConfig.class, config -> {
            PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            PipelineApp pipeline = build(config, registry);
            InetSocketAddress adminAddress = new InetSocketAddress(config.host(), config.adminPort());
            AdminServer admin = new AdminServer(adminAddress, registry, List.of(pipeline));
            return new Components(pipeline.name(), List.of(admin, pipeline));
        });
    }

    /** Builds the pipeline; nothing is opened before {@link #start()}. */
    public static PipelineApp build(PipelineConfig config, MeterRegistry registry) {
        Duration startDeadline = Duration.ofSeconds(config.startDeadlineSeconds());
        TopicSetup topics =
                new TopicSetup(config.kafka(), config.replicationFactor().shortValue(), startDeadline);
        PolicyFile policies = new PolicyFile(config.policies());
        SpanStream stream = new SpanStream(
                new SpanStream.Settings(
                        config.kafka(),
                        config.applicationId(),
                        config.dataDir(),
                        config.streamThreads(),
                        config.standbys(),
                        MAX_RECORD_BYTES,
                        startDeadline),
                policies,
                registry);
        OtlpReceivers receivers = new OtlpReceivers(
                new InetSocketAddress(config.host(), config.otlpGrpcPort()),
                new InetSocketAddress(config.host(), config.otlpHttpPort()),
                new OtlpReceivers.Limits(config.maxRequestBytes(), MAX_RECORD_BYTES, config.maxExportsInFlight()),
                config.kafka(),
                Map.of(RawApi.PATH, new RawApi(config.kafka())),
                registry);
        List<Component> forwarders = Forwarder.all(config.kafka(), config.applicationId(), config.forward(), registry);
        return new PipelineApp(
                receivers,
                Stream.concat(Stream.of(topics, policies, stream), forwarders.stream())
                        .toList());
    }

    @Override
    public String name() {
        return parts.name();
    }

    @Override
    public void start() throws Exception {
        parts.start();
    }

    @Override
    public boolean ready() {
        return parts.ready();
    }

    /** The OTLP gRPC port in use. */
    public int otlpGrpcPort() {
        return receivers.grpcPort();
    }

    /** The OTLP HTTP port in use. */
    public int otlpHttpPort() {
        return receivers.httpPort();
    }

    @Override
    public void close() {
        parts.close();
    }
}
