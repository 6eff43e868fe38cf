package io.tracery.load.lab;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tracery.load.lab.host.Machine;
import io.tracery.load.lab.host.NetworkNamespace;
import io.tracery.load.lab.measure.Ground;
import io.tracery.load.lab.measure.Measurement;
import io.tracery.load.lab.measure.Session;
import io.tracery.load.lab.measure.Training;
import io.tracery.load.lab.peer.ClassCache;
import io.tracery.load.lab.peer.Installs;
import io.tracery.load.lab.peer.Peer;
import io.tracery.load.lab.peer.Tracery;
import io.tracery.load.lab.report.Comparison;
import io.tracery.load.lab.report.Page;
import io.tracery.load.lab.report.RawResults;
import io.tracery.load.lab.report.Sample;
import io.tracery.load.lab.report.WorkTables;
import io.tracery.load.lab.work.Measure;
import io.tracery.load.lab.work.Work;
import io.tracery.load.lab.work.Works;
import io.tracery.process.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Measures our proxy and its peers on the same work in one run. The load generator, the backend, Kafka and the control plane
 * have one core, the proxies the other, in turns. {@code ./tracery bench proxy} starts this.
 */
public final class Lab {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Where backends accept: outside of a namespace nobody else is to reach them. */
    private static final String LOOPBACK = "127.0.0.1";

    private static final String EVERYWHERE = "0.0.0.0";

    private final LabOptions options;
    private final Path root;
    private final RawResults results;

    private Lab(LabOptions options, Path root) {
        this.options = options;
        this.root = root;
        this.results = new RawResults(root.resolve(options.results()));
    }

    /** Runs the lab in the source tree; ends with 64 for a wrong command line and 1 where something it needs is missing. */
    public static void main(String[] args) throws Exception {
        try {
            Lab lab = new Lab(LabOptions.parse(Arrays.asList(args)), Path.of("").toAbsolutePath());
            if (lab.options.output() == LabOptions.Output.PAGE) {
                Page.write(lab.root.resolve("docs/performance.md"), Works.all(), lab.results);
            } else {
                System.exit(lab.run());
            }
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(Main.EXIT_USAGE);
        } catch (IOException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    /** Answers with which status to end. */
    private int run() throws Exception {
        Machine.require();
        Installs installs = Installs.standard(options.install());
        installs.require(Stream.concat(
                        Stream.of("taskset", "nginx", "nghttpd", "openssl", "strace"),
                        options.works().stream().flatMap(work -> work.programs().stream()))
                .toList());
        for (Peer peer : options.against()) {
            peer.require(installs);
        }
        if (options.against().stream().anyMatch(Peer::intercepts) && !NetworkNamespace.inside()) {
            return NetworkNamespace.rerun();
        }
        measureAll();
        return 0;
    }

    private void measureAll() throws Exception {
        if (NetworkNamespace.inside()) {
            NetworkNamespace.furnish();
        }
        Path directory = Files.createTempDirectory("tracery-lab");
        try (Ground ground = Ground.start(directory, NetworkNamespace.inside() ? EVERYWHERE : LOOPBACK)) {
            ClassCache cache = new ClassCache(root.resolve("load-tests/target/proxy.aot"));
            Tracery ours = Tracery.exporting(root, cache, ground.kafka());
            if (!cache.usable(root)) {
                Training.run(ours, cache, ground);
            }
            for (Work work : options.works()) {
                tell(work, measure(work, ours, Tracery.quiet(root, cache), ground));
            }
        } finally {
            options.against().forEach(Peer::close);
            deleteRecursively(directory);
        }
    }

    private ObjectNode measure(Work work, Tracery ours, Tracery quiet, Ground ground) throws Exception {
        Set<Measure> measures = EnumSet.copyOf(work.measures());
        measures.retainAll(options.measures());
        if (measures.contains(Measure.TELEMETRY)) {
            // It is one more proxy under the same load.
            measures.add(Measure.SATURATED);
        }
        List<Peer> peers = new ArrayList<>(List.of(ours));
        peers.addAll(options.against().stream()
                .filter(peer -> peer.fits(work.shape()))
                .toList());
        ObjectNode raw = JSON.createObjectNode()
                .put("work", work.name())
                .put("at", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString())
                .put("machine", Machine.describe())
                .put("discard_rule", Sample.RULE);
        for (Peer peer : peers) {
            raw.withObjectProperty("proxies").withObjectProperty(peer.name()).put("version", peer.version());
        }
        if (measures.contains(Measure.TELEMETRY)) {
            peers.add(quiet);
            raw.withObjectProperty("proxies").withObjectProperty(quiet.name()).put("version", quiet.version());
        }
        raw.withObjectProperty("amounts").setAll((ObjectNode) JSON.valueToTree(options.amounts()));
        ObjectNode whole = raw;
        try (Session session = new Session(work, peers, options.amounts(), ground, raw)) {
            for (Measure measure : measures) {
                Measurement.of(measure).run(session);
                // At once, so that a run that is broken off leaves what it had.
                whole = results.add(work, LocalDate.now(ZoneOffset.UTC), raw);
            }
        }
        return whole;
    }

    private void tell(Work work, ObjectNode raw) throws IOException {
        if (options.output() == LabOptions.Output.JSON) {
            for (ObjectNode object : Comparison.of(work, raw)) {
                System.out.println(JSON.writeValueAsString(object));
            }
        } else {
            System.out.println("\n" + work.name() + ": " + work.summary() + "\n");
            System.out.print(WorkTables.of(work, raw));
            System.out.println(Machine.describe()
                    + ". Ours records every exchange and sends all of it to Kafka; peers record nothing.");
        }
    }

    private static void deleteRecursively(Path directory) throws IOException {
        try (Stream<Path> tree = Files.walk(directory)) {
            for (Path path : tree.toList().reversed()) {
                Files.delete(path);
            }
        }
    }
}
