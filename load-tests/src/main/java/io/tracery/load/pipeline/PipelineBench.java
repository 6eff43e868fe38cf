package io.tracery.load.pipeline;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tracery.load.endurance.Arguments;
import io.tracery.load.lab.host.Commands;
import io.tracery.load.lab.host.Machine;
import io.tracery.load.lab.host.Server;
import io.tracery.load.lab.peer.Installs;
import io.tracery.load.mesh.Ports;
import io.tracery.standalone.EmbeddedKafka;
import io.tracery.tracing.topic.Topic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes traces like the shop's to Kafka's {@code mesh_spans} and times how one core decides upon all of them: our pipeline, and
 * beside it, in turns and on the same records, the Collector. {@code ./tracery bench pipeline} starts this.
 */
public final class PipelineBench implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LOAD_CORE = 0;
    private static final int DECIDER_CORE = 1;
    private static final long SEED = 17;

    private final Path directory;
    private final EmbeddedKafka kafka;
    private long bytes;

    private PipelineBench(Path directory) throws Exception {
        this.directory = directory;
        pin();
        kafka = new EmbeddedKafka(directory.resolve("kafka"), "127.0.0.1", "127.0.0.1", Ports.free(), Ports.free());
        kafka.start();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(Stream.of(Topic.MESH_SPANS, Topic.OTLP_SPANS)
                            .map(topic -> new NewTopic(topic.topicName(), topic.partitions(), (short) 1))
                            .toList())
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
    }

    private static void pin() throws IOException, InterruptedException {
        Commands.output(List.of(
                "taskset",
                "-acp",
                Integer.toString(LOAD_CORE),
                Long.toString(ProcessHandle.current().pid())));
    }

    /** Everything is in Kafka before anybody begins, so that nobody waits for spans. */
    private long write(long spans) {
        ShopTraces traces = new ShopTraces(SEED);
        long written = 0;
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        kafka.bootstrapServers(),
                        "compression.type",
                        "zstd",
                        "linger.ms",
                        20,
                        "batch.size",
                        256 * 1024),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            while (written < spans) {
                for (ShopTraces.Batch batch : traces.round(TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()))) {
                    producer.send(new ProducerRecord<>(Topic.MESH_SPANS.topicName(), batch.key(), batch.spans()));
                    bytes += batch.spans().length;
                }
                written += (long) ShopTraces.TRACES_PER_ROUND * ShopTraces.SPANS_PER_TRACE;
            }
        }
        return written;
    }

    private Run run(Decider decider, int round, long spans) throws IOException, InterruptedException {
        Path own = Files.createDirectories(directory.resolve(decider.name() + "-" + round));
        try (Server server = Server.start(decider.launch(own, kafka.bootstrapServers()), DECIDER_CORE)) {
            return Run.watch(decider, server, spans);
        }
    }

    /** What is measured, and how it is told. */
    record Options(long spans, int rounds, List<String> against, boolean install, boolean json) {

        static Options parse(List<String> words) {
            Arguments arguments = new Arguments(words);
            String against = arguments.text("--against", "");
            Options options = new Options(
                    (long) arguments.number("--spans", 4_000_000),
                    (int) arguments.number("--rounds", 2),
                    against.isEmpty() ? List.of() : List.of(against.split(",")),
                    arguments.flag("--install"),
                    arguments.flag("--json"));
            arguments.end();
            if (!List.of("otelcol").containsAll(options.against)) {
                throw new IllegalArgumentException("--against " + against + ": there is otelcol");
            }
            return options;
        }
    }

    /** Ends with 64 where it is asked wrongly, with 1 where something is missing or spans were not decided upon. */
    public static void main(String[] args) throws Exception {
        try {
            System.exit(measure(Options.parse(Arrays.asList(args))) ? 0 : 1);
        } catch (IllegalArgumentException e) {
            Arguments.refuse(e, "PipelineBench [--spans N] [--rounds N] [--against otelcol] [--install] [--json]");
        } catch (IOException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    private static boolean measure(Options options) throws Exception {
        Machine.require();
        Installs installs =
                Installs.standard(options.install ? Installs.Permission.ASKED : Installs.Permission.NOT_ASKED);
        installs.require(List.of("taskset"));
        Path collector = options.against.isEmpty() ? Path.of("") : installs.collector();
        Map<String, List<Run>> runs = new LinkedHashMap<>();
        ObjectNode whole = JSON.createObjectNode()
                .put("at", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString())
                .put("machine", Machine.describe());
        Path directory = Files.createTempDirectory("tracery-pipeline");
        try (PipelineBench bench = new PipelineBench(directory)) {
            long spans = bench.write(options.spans);
            whole.put("spans", spans).put("bytes_per_span", bench.bytes / spans);
            for (int round = 0; round < options.rounds; round++) {
                for (Decider decider : deciders(options, collector, round)) {
                    whole.withObjectProperty("deciders")
                            .withObjectProperty(decider.name())
                            .put("version", decider.version());
                    runs.computeIfAbsent(decider.name(), name -> new ArrayList<>())
                            .add(bench.run(decider, round, spans));
                }
            }
        } finally {
            deleteRecursively(directory);
        }
        runs.forEach((name, all) -> tell(whole.withObjectProperty("deciders").withObjectProperty(name), all));
        save(whole);
        System.out.print(options.json ? JSON.writeValueAsString(whole) + "\n" : table(whole, runs));
        long spans = whole.get("spans").asLong();
        return runs.getOrDefault("tracery", List.of()).stream().allMatch(run -> run.decided() == spans);
    }

    /** A consumer group and files of its own for each round. */
    private static List<Decider> deciders(Options options, Path collector, int round) {
        List<Decider> deciders = new ArrayList<>(List.of(new OurPipeline(round)));
        if (!options.against.isEmpty()) {
            deciders.add(new OtelCollector(collector, round));
        }
        return deciders;
    }

    private static void tell(ObjectNode into, List<Run> runs) {
        into.put(
                "spans_per_second",
                median(runs, Comparator.comparingDouble(Run::perSecond)).perSecond());
        into.put(
                "cpu_seconds_per_million",
                median(runs, Comparator.comparingDouble(Run::cpuPerMillion)).cpuPerMillion());
        ArrayNode each = into.putArray("runs");
        runs.forEach(run -> run.tell(each.addObject()));
    }

    /** The lower one of two. */
    private static Run median(List<Run> runs, Comparator<Run> by) {
        return runs.stream().sorted(by).toList().get((runs.size() - 1) / 2);
    }

    private static void save(ObjectNode whole) throws IOException {
        Path folder = Files.createDirectories(Path.of("load-tests", "results"));
        Files.writeString(
                folder.resolve(LocalDate.now(ZoneOffset.UTC) + "-pipeline.json"),
                JSON.writerWithDefaultPrettyPrinter().writeValueAsString(whole) + "\n");
    }

    private static String table(ObjectNode whole, Map<String, List<Run>> runs) {
        StringBuilder table = new StringBuilder(
                "decider    spans/s of one core   CPU s per million   most RSS MiB   decided      kept\n");
        runs.forEach((name, all) -> all.forEach(run -> table.append(String.format(
                Locale.ROOT,
                "%-10s %19.0f %19.2f %14.0f %9d %9d%n",
                name,
                run.perSecond(),
                run.cpuPerMillion(),
                run.residentMib(),
                run.decided(),
                run.kept()))));
        return table + whole.get("machine").asText() + "; " + whole.get("spans").asText() + " spans of "
                + whole.get("bytes_per_span").asText() + " bytes\n";
    }

    private static void deleteRecursively(Path directory) throws IOException {
        try (Stream<Path> tree = Files.walk(directory)) {
            for (Path path : tree.toList().reversed()) {
                Files.delete(path);
            }
        }
    }

    @Override
    public void close() {
        kafka.close();
    }
}
