package io.tracery.standalone;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tracery.controlplane.ControlPlaneApp;
import io.tracery.controlplane.ControlPlaneConfig;
import io.tracery.pipeline.PipelineApp;
import io.tracery.pipeline.PipelineConfig;
import io.tracery.process.AdminServer;
import io.tracery.process.Component;
import io.tracery.process.Components;
import io.tracery.process.Main;
import io.tracery.search.SearchApp;
import io.tracery.search.SearchConfig;
import io.tracery.topology.TopologyApp;
import io.tracery.topology.TopologyConfig;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/** The standalone process's composition root: the processes of the mesh but the proxy, around one Kafka node. */
public final class StandaloneApp implements Component {

    private static final int MEBIBYTE = 1024 * 1024;

    private final EmbeddedKafka kafka;
    private final Components all;

    private StandaloneApp(EmbeddedKafka kafka, Components all) {
        this.kafka = kafka;
        this.all = all;
    }

    public static void main(String[] args) {
        Main.run(args, StandaloneConfig.class, StandaloneApp::build);
    }

    /** Everything, with an admin port of its own. */
    public static StandaloneApp build(StandaloneConfig config) {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        EmbeddedKafka kafka = new EmbeddedKafka(
                config.dataDir().resolve("kafka"),
                config.host(),
                config.advertisedHost(),
                config.kafkaPort(),
                config.controllerPort());
        List<Component> parts = parts(config, kafka, registry);
        AdminServer admin = new AdminServer(address(config, config.adminPort()), registry, parts);
        return new StandaloneApp(kafka, new Components("standalone", List.of(admin, new Components("mesh", parts))));
    }

    @Override
    public String name() {
        return all.name();
    }

    @Override
    public void start() throws Exception {
        all.start();
    }

    @Override
    public boolean ready() {
        return all.ready();
    }

    @Override
    public void close() {
        all.close();
    }

    /** The broker, for those who want to take it away and bring it back. */
    public EmbeddedKafka kafka() {
        return kafka;
    }

    /**
     * The parts in the order in which they start: Kafka; the pipeline, which makes the topics; their readers; and last the
     * control plane, so that the first span of the first proxy finds everybody listening.
     *
     * @param kafka started first and closed last, so that everybody can finish
     */
    private static List<Component> parts(StandaloneConfig config, EmbeddedKafka kafka, MeterRegistry registry) {
        return List.of(
                kafka,
                PipelineApp.build(pipeline(config, kafka), registry),
                SearchApp.build(search(config, kafka), registry),
                TopologyApp.build(topology(config, kafka), registry),
                ControlPlaneApp.build(controlPlane(config), registry));
    }

    private static PipelineConfig pipeline(StandaloneConfig config, EmbeddedKafka kafka) {
        return new PipelineConfig(
                kafka.bootstrapServers(),
                config.host(),
                config.otlpGrpcPort(),
                config.otlpHttpPort(),
                config.adminPort(),
                config.dataDir().resolve("pipeline"),
                /* replicationFactor= */ 1,
                "tracery-pipeline",
                /* streamThreads= */ 1,
                /* standbys= */ 0,
                config.keepPolicies(),
                config.forward(),
                /* maxRequestBytes= */ 4 * MEBIBYTE,
                /* maxExportsInFlight= */ 64,
                /* startDeadlineSeconds= */ 60);
    }

    private static SearchConfig search(StandaloneConfig config, EmbeddedKafka kafka) {
        String jaeger = config.traces().jaeger();
        if (jaeger != null) {
            return SearchConfig.reading(jaeger).withAddress(config.host(), config.searchPort());
        }
        return new SearchConfig(
                config.traces(),
                kafka.bootstrapServers(),
                config.host(),
                config.searchPort(),
                /* remotePort= */ null,
                config.adminPort(),
                config.dataDir().resolve("search"),
                "tracery-search",
                /* retentionHours= */ 72,
                /* maxBytes= */ 1024L * MEBIBYTE,
                /* commitSeconds= */ 2);
    }

    private static TopologyConfig topology(StandaloneConfig config, EmbeddedKafka kafka) {
        return new TopologyConfig(
                kafka.bootstrapServers(),
                config.host(),
                config.topologyPort(),
                /* adminPort= */ 0,
                config.dataDir().resolve("topology"),
                "tracery-topology",
                URI.create("http://127.0.0.1:" + config.searchPort()),
                /* uiResource= */ null,
                0,
                0,
                0,
                0,
                /* history= */ null,
                "127.0.0.1:" + config.controlPlanePort(),
                config.dataDir().resolve("ca").resolve("root.pem"),
                /* sharing= */ null,
                config.kubernetes());
    }

    private static ControlPlaneConfig controlPlane(StandaloneConfig config) {
        Path tokens = config.dataDir().resolve("tokens");
        return new ControlPlaneConfig(
                config.meshDir(),
                config.dataDir().resolve("ca"),
                config.localTokens() ? null : config.jwksFile(),
                config.localTokens() ? tokens : null,
                config.trustDomain(),
                config.host(),
                List.of(config.advertisedHost()),
                config.controlPlanePort(),
                config.adminPort(),
                /* certificateLifeMinutes= */ 0,
                config.tapTokens());
    }

    private static InetSocketAddress address(StandaloneConfig config, int port) {
        return new InetSocketAddress(config.host(), port);
    }
}
