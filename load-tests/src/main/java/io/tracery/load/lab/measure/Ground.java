package io.tracery.load.lab.measure;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tracery.controlplane.ControlPlaneApp;
import io.tracery.controlplane.ControlPlaneConfig;
import io.tracery.load.lab.host.Authority;
import io.tracery.load.lab.host.Backend;
import io.tracery.load.lab.host.Commands;
import io.tracery.load.lab.host.Server;
import io.tracery.load.lab.peer.MeshYaml;
import io.tracery.load.lab.peer.Nginx;
import io.tracery.load.lab.peer.Site;
import io.tracery.process.Component;
import io.tracery.standalone.EmbeddedKafka;
import io.tracery.tracing.topic.Topic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** What all proxies stand on, on the load's core: the backend, Kafka, and a control plane whose root signs every certificate. */
public final class Ground implements AutoCloseable {

    public static final int LOAD_CORE = 0;
    public static final int PROXY_CORE = 1;

    private static final int KAFKA_PORT = 27_092;
    private static final int CONTROL_PLANE_PORT = 27_094;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Path directory;
    private final EmbeddedKafka kafka;
    private final Component controlPlane;
    private final List<Server> backends;
    private final Site.Identity identity;

    private Ground(
            Path directory,
            EmbeddedKafka kafka,
            Component controlPlane,
            List<Server> backends,
            Site.Identity identity) {
        this.directory = directory;
        this.kafka = kafka;
        this.controlPlane = controlPlane;
        this.backends = backends;
        this.identity = identity;
    }

    /**
     * Starts all of it; this process itself moves to the load's core.
     *
     * @param address where the backends accept
     */
    public static Ground start(Path directory, String address) throws Exception {
        requirePorts();
        Commands.output(List.of(
                "taskset",
                "-acp",
                Integer.toString(LOAD_CORE),
                Long.toString(ProcessHandle.current().pid())));
        EmbeddedKafka kafka =
                new EmbeddedKafka(directory.resolve("kafka"), "127.0.0.1", "127.0.0.1", KAFKA_PORT, KAFKA_PORT + 1);
        kafka.start();
        createTopics(kafka.bootstrapServers());
        Component controlPlane = ControlPlaneApp.build(
                new ControlPlaneConfig(
                        Files.createDirectories(directory.resolve("mesh")),
                        directory.resolve("ca"),
                        null,
                        directory.resolve("tokens"),
                        Site.TRUST_DOMAIN,
                        "127.0.0.1",
                        List.of(),
                        CONTROL_PLANE_PORT,
                        0),
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
        controlPlane.start();
        Path file = directory.resolve("backend.conf");
        Files.writeString(file, Nginx.config(directory, "backend", Backend.prepare(directory, address)));
        List<Server> backends = new ArrayList<>(Backend.startGrpc(directory, address, LOAD_CORE));
        backends.add(Server.start(
                new Server.Launch(
                        Nginx.command(directory, file),
                        Map.of(),
                        Backend.HTTP1_PORTS.getFirst(),
                        directory.resolve("backend.out")),
                LOAD_CORE));
        return new Ground(directory, kafka, controlPlane, backends, certificates(directory));
    }

    public Path directory() {
        return directory;
    }

    public String kafka() {
        return kafka.bootstrapServers();
    }

    public Site.Identity identity() {
        return identity;
    }

    /** Tells the control plane of these sites' sidecars and waits until each has a token. */
    void mesh(List<Site> sites) throws IOException, InterruptedException {
        String yaml = sites.stream()
                .filter(site -> site.shape().mutualTls())
                .map(MeshYaml::of)
                .collect(Collectors.joining("---\n"));
        if (yaml.isEmpty()) {
            return;
        }
        Files.writeString(directory.resolve("mesh/lab.yaml"), yaml);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!hasTokens(sites)) {
            if (System.nanoTime() > deadline) {
                throw new IOException("the control plane did not take " + directory.resolve("mesh/lab.yaml"));
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private boolean hasTokens(List<Site> sites) {
        return sites.stream()
                .filter(site -> site.shape().mutualTls())
                .allMatch(site -> Files.exists(MeshYaml.token(site)));
    }

    /** One certificate that serves as anybody's, signed by the control plane's root. */
    private static Site.Identity certificates(Path directory) throws IOException, InterruptedException {
        Path key = directory.resolve("lab-key.pem");
        Path request = directory.resolve("lab.csr");
        Path certificate = directory.resolve("lab.pem");
        Path root = directory.resolve("ca/root.pem");
        Authority.request("lab", key, request);
        Authority.of(root)
                .certify(request, "URI:spiffe://" + Site.TRUST_DOMAIN + "/ns/lab/sa/lab,DNS:server.lab", certificate);
        Path both = Files.writeString(
                directory.resolve("lab-both.pem"), Files.readString(certificate) + Files.readString(key));
        return new Site.Identity(root, certificate, key, both, directory.resolve("tokens"), CONTROL_PLANE_PORT);
    }

    private static void createTopics(String bootstrapServers) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            admin.createTopics(Stream.of(Topic.MESH_SPANS, Topic.OTLP_METRICS)
                            .map(topic -> new NewTopic(topic.topicName(), topic.partitions(), (short) 1)
                                    // What nobody reads should not fill the disk.
                                    .configs(Map.of("retention.bytes", "67108864", "segment.bytes", "16777216")))
                            .toList())
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
    }

    private static void requirePorts() {
        Stream.of(Backend.HTTP1_PORTS, Backend.HTTP2_PORTS, Backend.GRPC_PORTS, List.of(KAFKA_PORT, CONTROL_PLANE_PORT))
                .flatMap(List::stream)
                .filter(Server::accepts)
                .findFirst()
                .ifPresent(port -> {
                    throw new IllegalArgumentException("port " + port + " is taken; end what uses it and run again");
                });
    }

    @Override
    public void close() {
        backends.forEach(Server::close);
        controlPlane.close();
        kafka.close();
    }
}
