package io.tracery.load.topology;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tracery.load.lab.host.Memory;
import io.tracery.load.mesh.Ports;
import io.tracery.pipeline.stream.TopicSetup;
import io.tracery.standalone.EmbeddedKafka;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Measures the topology service as a process beside a broker, while reports of a large mesh come in: how far the graph is behind, how
 * long the API takes, what it costs. Arguments: {@code --workloads N --edges N --requests N --warm-up N --seconds N [--json]}.
 */
public final class GraphBench {

    private static final long SECOND = 1_000_000_000L;
    /** The API is asked before it is measured, too. */
    private static final int LAST_OF_WARM_UP_SECONDS = 30;

    /** Until then there is no past to ask for. */
    private static final int FIRST_WINDOWS_SECONDS = 90;

    private static final int SLICES = 20;
    private static final int ALL_EVERY_SECONDS = 30;
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final List<String> QUESTIONS = List.of(
            "/api/graph",
            "/api/graph?namespace=ns3",
            "/api/graph?collapse=namespace",
            "/api/graph?at=-30s&window=10s",
            "/api/services?namespace=ns3");

    private record Options(int workloads, int edges, int requests, int warmUp, int seconds, boolean json) {}

    private final Options options;
    private final Path directory;
    private final int port = Ports.free();
    private final int adminPort = Ports.free();
    private final HttpClient client = HttpClient.newHttpClient();
    private final Map<String, Histogram> micros = new LinkedHashMap<>();
    private final Map<String, Integer> bytes = new LinkedHashMap<>();
    private volatile boolean ending;
    private final AtomicLong points = new AtomicLong();
    private final AtomicLong late = new AtomicLong();

    private GraphBench(Options options, Path directory) {
        this.options = options;
        this.directory = directory;
    }

    public static void main(String[] arguments) throws Exception {
        Options options;
        try {
            options = options(List.of(arguments));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage()
                    + "\nusage: --workloads N --edges N --requests N (a second) --warm-up N --seconds N [--json]");
            System.exit(64);
            return;
        }
        Path directory = Files.createTempDirectory("tracery-graph");
        try {
            System.out.println(new GraphBench(options, directory).run());
        } finally {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
        System.exit(0);
    }

    private static Options options(List<String> words) {
        Map<String, Integer> numbers = new LinkedHashMap<>(Map.of(
                "--workloads", 5_000, "--edges", 50_000, "--requests", 1_000, "--warm-up", 150, "--seconds", 60));
        boolean json = false;
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (word.equals("--json")) {
                json = true;
            } else if (numbers.containsKey(word)
                    && i + 1 < words.size()
                    && words.get(i + 1).matches("[1-9]\\d{0,7}")) {
                numbers.put(word, Integer.parseInt(words.get(++i)));
            } else {
                throw new IllegalArgumentException(
                        numbers.containsKey(word) ? word + " needs a positive number" : "unknown: " + word);
            }
        }
        return new Options(
                numbers.getOrDefault("--workloads", 0),
                numbers.getOrDefault("--edges", 0),
                numbers.getOrDefault("--requests", 0),
                numbers.getOrDefault("--warm-up", 0),
                numbers.getOrDefault("--seconds", 0),
                json);
    }

    private String run() throws Exception {
        try (EmbeddedKafka kafka =
                new EmbeddedKafka(directory.resolve("kafka"), "127.0.0.1", "127.0.0.1", Ports.free(), Ports.free())) {
            kafka.start();
            // The service waits for its topics; whoever sets a mesh up makes them.
            new TopicSetup(kafka.bootstrapServers(), (short) 1, Duration.ofSeconds(60)).start();
            Process service = service(kafka.bootstrapServers());
            Thread reports = Thread.ofPlatform().start(() -> report(kafka.bootstrapServers()));
            try {
                int asked = Math.clamp(options.warmUp - FIRST_WINDOWS_SECONDS, 0, LAST_OF_WARM_UP_SECONDS);
                pause(options.warmUp - asked);
                ask(asked);
                micros.clear();
                long cpu = cpuMillis(service);
                EdgeLags before = edgeLags();
                ask(options.seconds);
                ObjectNode result = result(service, cpuMillis(service) - cpu);
                edgeLags().since(before).into(result);
                if (result.get("edges").asInt() != options.edges) {
                    throw new IllegalStateException("the graph does not show all " + options.edges
                            + " edges, so what was meant was not measured: " + result);
                }
                return options.json ? MAPPER.writeValueAsString(result) : result.toPrettyString();
            } finally {
                ending = true;
                reports.join();
                service.destroyForcibly().waitFor();
            }
        }
    }

    private Process service(String kafka) throws IOException {
        Path config = Files.writeString(directory.resolve("topology.yaml"), """
                kafka: %s
                dataDir: %s
                port: %d
                adminPort: %d
                maxEdges: 100000
                """.formatted(
                        kafka, directory.resolve("topology"), port, adminPort));
        return new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseG1GC",
                        "-Xmx1536m",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.tracery.topology.TopologyApp",
                        "--config",
                        config.toString()))
                .redirectErrorStream(true)
                .redirectOutput(new File(directory.toString(), "topology.log"))
                .start();
    }

    /** Each proxy at its own moment of the second, as proxies that started at different times do. */
    private void report(String kafka) {
        MeshReports mesh = new MeshReports(options.workloads, options.edges, epochNanos());
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka, "linger.ms", 20, "compression.type", "lz4", "batch.size", 131_072),
                new StringSerializer(),
                new ByteArraySerializer())) {
            long begun = System.nanoTime();
            for (long slice = 0; !ending; slice++) {
                long due = begun + slice * SECOND / SLICES;
                late.accumulateAndGet(System.nanoTime() - due, Math::max);
                while (System.nanoTime() < due) {
                    LockSupport.parkNanos(due - System.nanoTime());
                }
                long second = slice / SLICES;
                // The load grows: whoever begins with all of it at once measures compilers.
                double share = Math.min(1, (second + 1.0) / (options.warmUp / 2.0));
                mesh.exchanges(Math.round(options.requests * share / SLICES));
                for (int w = (int) (slice % SLICES); w < mesh.workloads(); w += SLICES) {
                    boolean all = (second + w / SLICES) % ALL_EVERY_SECONDS == 0;
                    mesh.report(w, epochNanos(), all, (key, value, count) -> {
                        producer.send(new ProducerRecord<>("otlp_metrics", key, value));
                        points.addAndGet(count);
                    });
                }
            }
        }
    }

    private void ask(int seconds) throws Exception {
        long end = System.nanoTime() + seconds * SECOND;
        for (int i = 0; System.nanoTime() < end; i++) {
            String question = QUESTIONS.get(i % QUESTIONS.size());
            long begun = System.nanoTime();
            byte[] answer = get(question);
            micros.computeIfAbsent(question, any -> new Histogram(3)).recordValue((System.nanoTime() - begun) / 1000);
            bytes.put(question, answer.length);
            LockSupport.parkNanos(SECOND / 5);
        }
    }

    /** As it comes over the wire: the pages ask for gzip, too. */
    private byte[] get(String path) throws Exception {
        return get(port, path, "gzip");
    }

    private byte[] get(int from, String path, String encoding) throws Exception {
        var answer = client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + from + path))
                        .header("accept-encoding", encoding)
                        .timeout(Duration.ofSeconds(30))
                        .build(),
                BodyHandlers.ofByteArray());
        if (answer.statusCode() != 200) {
            throw new IOException(path + " was answered with " + answer.statusCode() + ": "
                    + new String(answer.body(), StandardCharsets.UTF_8));
        }
        return answer.body();
    }

    private JsonNode json(String path) throws Exception {
        return MAPPER.readTree(get(port, path, "identity"));
    }

    /** What the service publishes of how far its graph is behind. */
    private EdgeLags edgeLags() throws Exception {
        return EdgeLags.parse(new String(
                get(adminPort, "/metrics?name[]=topology_edge_lag_seconds", "identity"), StandardCharsets.UTF_8));
    }

    private ObjectNode result(Process service, long cpuMillis) throws Exception {
        JsonNode limits = json("/api/limits");
        int shown = json("/api/graph").get("edges").size();
        ObjectNode result = MAPPER.createObjectNode();
        result.put("workloads", options.workloads);
        result.put("edges", shown);
        result.put("requests_per_s", options.requests);
        result.put("warm_up_seconds", options.warmUp);
        result.put("seconds", options.seconds);
        result.put("points_sent", points.get());
        result.put("generator_late_ms_max", late.get() / 1_000_000);
        result.put("cpu_cores", cpuMillis / 1000.0 / options.seconds);
        result.put("rss_mib", Memory.of(List.of(service.pid())).rss());
        result.put("disk_mib", mebibytes(directory.resolve("topology")));
        result.put("kafka_mib", mebibytes(directory.resolve("kafka")));
        result.set("limits", limits);
        ObjectNode api = result.putObject("api_ms");
        micros.forEach((question, histogram) -> {
            ObjectNode of = api.putObject(question);
            of.put("bytes_gzip", bytes.getOrDefault(question, 0));
            of.put("n", histogram.getTotalCount());
            of.put("p50", histogram.getValueAtPercentile(50) / 1000.0);
            of.put("p99", histogram.getValueAtPercentile(99) / 1000.0);
            of.put("max", histogram.getMaxValue() / 1000.0);
        });
        return result;
    }

    private static double mebibytes(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.mapToLong(file -> {
                                File plain = file.toFile();
                                return plain.isFile() ? plain.length() : 0;
                            })
                            .sum()
                    / (double) (1 << 20);
        }
    }

    private static long cpuMillis(Process process) {
        return process.info().totalCpuDuration().orElse(Duration.ZERO).toMillis();
    }

    private static long epochNanos() {
        return System.currentTimeMillis() * 1_000_000L;
    }

    private static void pause(int seconds) {
        long end = System.nanoTime() + seconds * SECOND;
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }
}
