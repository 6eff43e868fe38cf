package io.tracery.load.lab;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tracery.process.Main;
import io.tracery.standalone.EmbeddedKafka;
import io.tracery.tracing.topic.Topic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * Measures our proxy and its peers on the same work in one run: HTTP/1.1, keep-alive, GET, 1 KiB, three backends. The
 * load generator (wrk), the backend and Kafka have one core, the proxy under test the other. Every proxy is warmed up,
 * then they take turns, round by round, so that the machine's moods meet all of them alike.
 */
public final class Lab {

    private static final int LOAD_CORE = 0;
    private static final int PROXY_CORE = 1;
    private static final List<Integer> BACKENDS = List.of(27_001, 27_002, 27_003);
    private static final int FIRST_PROXY_PORT = 27_100;
    private static final int KAFKA_PORT = 27_092;

    private final LabOptions options;
    private final Path directory;

    private Lab(LabOptions options, Path directory) {
        this.options = options;
        this.directory = directory;
    }

    /** Runs the lab; ends with 64 for a wrong command line and 1 where something it needs is missing. */
    public static void main(String[] args) throws Exception {
        try {
            LabOptions options = LabOptions.parse(Arrays.asList(args));
            Path directory = Files.createTempDirectory("tracery-lab");
            try {
                new Lab(options, directory).run();
            } finally {
                deleteRecursively(directory);
            }
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(Main.EXIT_USAGE);
        } catch (IOException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    private void run() throws Exception {
        requirePrograms();
        // All of this process, Kafka included, stays off the core under test.
        Commands.output(List.of(
                "taskset",
                "-acp",
                Integer.toString(LOAD_CORE),
                Long.toString(ProcessHandle.current().pid())));
        List<Process> running = new ArrayList<>();
        try (EmbeddedKafka kafka =
                new EmbeddedKafka(directory.resolve("kafka"), "127.0.0.1", "127.0.0.1", KAFKA_PORT, KAFKA_PORT + 1)) {
            kafka.start();
            createTopics(kafka.bootstrapServers());
            running.add(Commands.startServer(
                    Backend.prepare(directory, BACKENDS), LOAD_CORE, BACKENDS.getFirst(), log("backend")));

            Map<Peer, Process> proxies = new LinkedHashMap<>();
            List<Peer> peers = Stream.concat(
                            Stream.<Peer>of(new Peer.Tracery(root(), kafka.bootstrapServers())),
                            options.against().stream().map(Peer::named))
                    .toList();
            for (Peer peer : peers) {
                Process process = Commands.startServer(
                        peer.prepare(new Peer.Work(directory, port(peers, peer), BACKENDS)),
                        PROXY_CORE,
                        port(peers, peer),
                        log(peer.name()));
                running.add(process);
                proxies.put(peer, process);
            }
            report(measure(peers, proxies));
        } finally {
            running.reversed().forEach(Commands::stop);
        }
    }

    private Map<Peer, List<Sample>> measure(List<Peer> peers, Map<Peer, Process> proxies)
            throws IOException, InterruptedException {
        for (Peer peer : peers) {
            progress("warming up " + peer.name());
            LoadRun.against(port(peers, peer), options.connections(), options.warmupSeconds(), LOAD_CORE);
        }
        Map<Peer, List<Sample>> samples = new LinkedHashMap<>();
        for (int round = 1; round <= options.rounds(); round++) {
            for (Peer peer : peers) {
                progress("round " + round + " of " + options.rounds() + ": " + peer.name());
                Process process = Optional.ofNullable(proxies.get(peer)).orElseThrow();
                double before = Commands.cpuSeconds(process);
                LoadRun load = LoadRun.against(port(peers, peer), options.connections(), options.seconds(), LOAD_CORE);
                double cpu = Commands.cpuSeconds(process) - before;
                samples.computeIfAbsent(peer, key -> new ArrayList<>())
                        .add(new Sample(
                                load.requests() / load.seconds(),
                                cpu * 1_000_000 / load.requests(),
                                cpu / load.seconds(),
                                Commands.residentMebibytes(process),
                                load.errors()));
            }
        }
        return samples;
    }

    private void report(Map<Peer, List<Sample>> samples) throws IOException, InterruptedException {
        LabReport report = LabReport.of(samples, Commands.firstLine("uname", "-srm"));
        ObjectMapper mapper = new ObjectMapper();
        if (options.json()) {
            for (Map<String, Object> row : report.comparisons()) {
                System.out.println(mapper.writeValueAsString(row));
            }
        } else {
            System.out.print(report.table());
        }
        if (options.results() != null) {
            Files.writeString(
                    options.results(),
                    mapper.writerWithDefaultPrettyPrinter().writeValueAsString(report.raw(options)) + "\n");
        }
    }

    private static int port(List<Peer> peers, Peer peer) {
        return FIRST_PROXY_PORT + 10 * peers.indexOf(peer);
    }

    private Path log(String name) {
        return directory.resolve(name + ".log");
    }

    private static void progress(String step) {
        System.err.println(step);
    }

    private void requirePrograms() throws IOException {
        if (Runtime.getRuntime().availableProcessors() < 2) {
            throw new IOException("the lab needs two cores: one for the load, one for the proxy under test");
        }
        List<String> missing = Stream.concat(Stream.of("taskset", "wrk", "nginx"), options.against().stream())
                .distinct()
                .filter(program -> Stream.of("/usr/bin", "/usr/sbin", "/usr/local/bin", "/bin")
                        .noneMatch(folder -> Files.isExecutable(Path.of(folder, program))))
                .toList();
        if (!missing.isEmpty()) {
            throw new IOException("the lab needs " + String.join(", ", missing)
                    + "; on Debian or Ubuntu: apt install util-linux wrk nginx-light haproxy");
        }
        IntStream.concat(BACKENDS.stream().mapToInt(Integer::intValue), IntStream.of(KAFKA_PORT))
                .filter(Commands::accepts)
                .findFirst()
                .ifPresent(port -> {
                    throw new IllegalArgumentException("port " + port + " is taken; end what uses it and run again");
                });
    }

    private static void createTopics(String bootstrapServers) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            admin.createTopics(Stream.of(Topic.MESH_SPANS, Topic.OTLP_METRICS)
                            .map(topic -> new NewTopic(topic.topicName(), topic.partitions(), (short) 1)
                                    // What nobody reads should not fill the disk.
                                    .configs(Map.of("retention.bytes", "67108864")))
                            .toList())
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
    }

    private static Path root() throws IOException {
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            if (Files.exists(folder.resolve("ARCHITECTURE.md"))) {
                return folder;
            }
        }
        throw new IOException("run the lab inside the repository");
    }

    private static void deleteRecursively(Path directory) throws IOException {
        try (Stream<Path> tree = Files.walk(directory)) {
            for (Path path : tree.toList().reversed()) {
                Files.delete(path);
            }
        }
    }
}
