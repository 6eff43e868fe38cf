package io.tracery.standalone;

import io.tracery.process.Component;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.jspecify.annotations.Nullable;

/**
 * One Kafka node, broker and controller at once (KRaft), with its log in a directory that outlives it. It
 * can be closed and started again, which is also how tests take Kafka away.
 */
public final class EmbeddedKafka implements Component {

    private static final String CONTROLLER = "CONTROLLER";

    private final Path directory;
    private final String host;
    private final String advertisedHost;
    private final int port;
    private final int controllerPort;
    private @Nullable KafkaRaftServer server;

    /**
     * @param directory where the log lives; formatted at the first start
     * @param host address to listen on
     * @param advertisedHost name under which clients are told to reach it
     * @param port for clients, not 0: clients are told this port
     * @param controllerPort for the controller, on loopback, not 0
     */
    public EmbeddedKafka(Path directory, String host, String advertisedHost, int port, int controllerPort) {
        this.directory = directory;
        this.host = host;
        this.advertisedHost = advertisedHost;
        this.port = port;
        this.controllerPort = controllerPort;
    }

    @Override
    public String name() {
        return "kafka";
    }

    public String bootstrapServers() {
        return advertisedHost + ":" + port;
    }

    @Override
    public synchronized void start() {
        KafkaConfig config = new KafkaConfig(properties(), false);
        format(config);
        KafkaRaftServer starting = new KafkaRaftServer(config, Time.SYSTEM);
        starting.startup();
        server = starting;
    }

    @Override
    public synchronized boolean ready() {
        return server != null;
    }

    @Override
    public synchronized void close() {
        if (server != null) {
            server.shutdown();
            server.awaitShutdown();
            server = null;
        }
    }

    /** Does nothing to a directory that was formatted before. */
    private void format(KafkaConfig config) {
        if (Files.exists(directory.resolve("meta.properties"))) {
            return;
        }
        try (PrintStream quiet = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
            Files.createDirectories(directory);
            new Formatter()
                    .setPrintStream(quiet)
                    .setClusterId(Uuid.randomUuid().toString())
                    .setNodeId(config.nodeId())
                    .setControllerListenerName(CONTROLLER)
                    .setMetadataLogDirectory(config.metadataLogDir())
                    .addDirectory(directory.toString())
                    .run();
        } catch (IOException e) {
            throw new UncheckedIOException("Kafka's directory " + directory + " cannot be made", e);
        } catch (Exception e) {
            throw new IllegalStateException("Kafka's directory " + directory + " cannot be formatted: " + e, e);
        }
    }

    private Properties properties() {
        String controller = CONTROLLER + "://127.0.0.1:" + controllerPort;
        Properties properties = new Properties();
        properties.put("process.roles", "broker,controller");
        properties.put("node.id", "1");
        // A fixed quorum of one: unlike a dynamic one it is not written into the log, so that the port may change.
        properties.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
        properties.put("listeners", "PLAINTEXT://" + host + ":" + port + "," + controller);
        properties.put("advertised.listeners", "PLAINTEXT://" + bootstrapServers() + "," + controller);
        properties.put("controller.listener.names", CONTROLLER);
        properties.put("inter.broker.listener.name", "PLAINTEXT");
        properties.put("log.dirs", directory.toString());
        properties.put("auto.create.topics.enable", "false");
        properties.put("offsets.topic.replication.factor", "1");
        properties.put("offsets.topic.num.partitions", "1");
        properties.put("transaction.state.log.replication.factor", "1");
        properties.put("transaction.state.log.min.isr", "1");
        properties.put("transaction.state.log.num.partitions", "1");
        properties.put("share.coordinator.state.topic.replication.factor", "1");
        properties.put("share.coordinator.state.topic.min.isr", "1");
        properties.put("group.initial.rebalance.delay.ms", "0");
        // A laptop's share: small buffers, few threads, small segments so that retention has something to delete.
        properties.put("log.cleaner.dedupe.buffer.size", "2097152");
        properties.put("log.segment.bytes", "16777216");
        properties.put("num.network.threads", "2");
        properties.put("num.io.threads", "2");
        properties.put("background.threads", "2");
        return properties;
    }
}
