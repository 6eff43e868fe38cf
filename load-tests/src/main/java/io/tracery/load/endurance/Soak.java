package io.tracery.load.endurance;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tracery.load.lab.host.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Three sidecar processes under mixed traffic while configuration changes every second or two, endpoints come and go,
 * applications are reset and restarted, a sidecar is frozen now and then, and certificates live one minute. At the end it is
 * checked that nothing leaked, that memory is flat (where there were three minutes at least), and that every request has its fate. {@code ./tracery bench soak}.
 */
public final class Soak implements AutoCloseable {

    private static final int CERTIFICATE_MINUTES = 1;
    /** A certificate is renewed at three quarters of its life at the latest. */
    private static final double SECONDS_A_RENEWAL = 45;

    /** The first quarter, and two minutes at least: until then the JVM compiles and its heap fills for the first time. */
    private static final double WARM_UP_SHARE = 0.25;

    private static final double WARM_UP_SECONDS = 120;
    /** A line through less time than this says nothing. */
    private static final double LEAST_SECONDS = 60;

    /** The kept connections to endpoints end after a minute. */
    private static final Duration QUIET = Duration.ofSeconds(90);

    private final Options options;
    private final SplittableRandom random;
    private final List<SoakApp> apps = List.of(new SoakApp(), new SoakApp());
    private final SoakMesh mesh = new SoakMesh(apps);
    private final SoakTraffic traffic = new SoakTraffic(mesh);
    private final SoakAudit audit = new SoakAudit();
    private final LocalMesh ground;
    private final Map<String, Sidecar> sidecars = new TreeMap<>();
    private final Map<String, Trend> trends = new TreeMap<>();
    private final Map<String, Long> events = new TreeMap<>();

    /** @param minutes of traffic */
    record Options(double minutes, long seed, boolean json) {

        static Options parse(List<String> words) {
            Arguments arguments = new Arguments(words);
            Options options = new Options(
                    arguments.number("--minutes", 30), (long) arguments.number("--seed", 1), arguments.flag("--json"));
            arguments.end();
            return options;
        }
    }

    Soak(Options options, Path directory, Path root) throws Exception {
        this.options = options;
        this.random = new SplittableRandom(options.seed());
        this.ground = new LocalMesh(directory, root, CERTIFICATE_MINUTES);
    }

    /** Options: {@code --minutes N --seed N --json}. Ends with 1 where a check failed, with 64 where it is asked wrongly. */
    public static void main(String[] args) throws Exception {
        try {
            run(Options.parse(Arrays.asList(args)));
        } catch (IllegalArgumentException e) {
            Arguments.refuse(e, "Soak [--minutes N] [--seed N] [--json]");
        }
    }

    private static void run(Options options) throws Exception {
        Path directory = Files.createTempDirectory("tracery-soak");
        boolean passed;
        try (Soak soak = new Soak(options, directory, Path.of("").toAbsolutePath())) {
            soak.run();
            passed = soak.audit.passed();
            System.out.print(options.json() ? soak.json() : soak.table());
        }
        if (!passed) {
            System.err.println("what the sidecars said: " + directory);
        }
        System.exit(passed ? 0 : 1);
    }

    private void run() throws Exception {
        ground.publish(mesh.calm());
        for (String name : List.of("cart-1", "cart-2", SoakMesh.CALLER)) {
            sidecars.put(name, ground.start(name));
            trends.put(name, new Trend());
        }
        Map<String, MetricsPage> before = pages();
        traffic.start(random.split());
        double seconds = options.minutes() * 60;
        trouble(seconds);
        ground.publish(mesh.calm());
        audit.check("every client came back", traffic.stop(), "outcomes " + traffic.outcomes());
        awaitQuiet();
        Map<String, MetricsPage> after = pages();
        for (String name : sidecars.keySet()) {
            MetricsPage page = requireNonNull(after.get(name));
            audit.everyFate(name, page);
            audit.nothingLeft(name, requireNonNull(before.get(name)), page);
            double warm = Math.max(WARM_UP_SECONDS, seconds * WARM_UP_SHARE);
            if (seconds - warm >= LEAST_SECONDS) {
                audit.flat(name, requireNonNull(trends.get(name)).since(warm));
            }
            audit.renewed(name, page, (long) (seconds / SECONDS_A_RENEWAL));
        }
        audit.everyRequest(SoakMesh.CALLER, traffic.asked(), requireNonNull(after.get(SoakMesh.CALLER)));
        audit.check("no request of uncertain count", traffic.uncertain() == 0, Long.toString(traffic.uncertain()));
    }

    /** Changes and faults until the time is over; looks at memory once a second. */
    private void trouble(double seconds) throws Exception {
        long start = System.nanoTime();
        double now = 0;
        for (int turn = 1; now < seconds; turn++) {
            if (random.nextInt(3) > 0) {
                ground.publish(mesh.changed(random));
                event("configurations");
            }
            if (turn % 7 == 0) {
                fault();
            }
            TimeUnit.MILLISECONDS.sleep(1_000);
            now = (System.nanoTime() - start) / 1e9;
            for (Sidecar sidecar : sidecars.values()) {
                if (!sidecar.alive()) {
                    throw new IOException(sidecar.name() + " has ended by itself");
                }
                requireNonNull(trends.get(sidecar.name())).add(now, sidecar.residentMebibytes());
            }
        }
    }

    private void fault() throws IOException, InterruptedException {
        int which = random.nextInt(SoakMesh.CALLEES.size());
        SoakApp app = apps.get(which);
        Sidecar callee = requireNonNull(sidecars.get(SoakMesh.CALLEES.get(which)));
        switch (random.nextInt(3)) {
            case 0 -> {
                event("applications reset");
                app.resetAll();
            }
            case 1 -> {
                event("applications restarted");
                app.restart();
            }
            default -> {
                event("sidecars frozen");
                callee.signal("STOP");
                TimeUnit.MILLISECONDS.sleep(random.nextInt(500, 3_000));
                callee.signal("CONT");
            }
        }
    }

    private void awaitQuiet() throws Exception {
        long end = System.nanoTime() + QUIET.toNanos();
        boolean quiet = false;
        while (!quiet && System.nanoTime() < end) {
            TimeUnit.SECONDS.sleep(2);
            quiet = pages().values().stream()
                    .allMatch(page ->
                            page.sum("tracery_proxy_connections") == 0 && page.sum("tracery_exchanges_active") == 0);
        }
        // The pages are up to a second old.
        TimeUnit.SECONDS.sleep(2);
    }

    private Map<String, MetricsPage> pages() throws IOException, InterruptedException {
        Map<String, MetricsPage> pages = new TreeMap<>();
        for (Sidecar sidecar : sidecars.values()) {
            pages.put(sidecar.name(), sidecar.metrics());
        }
        return pages;
    }

    private void event(String name) {
        events.merge(name, 1L, Long::sum);
    }

    private String table() throws IOException {
        StringBuilder table = new StringBuilder(String.format(
                Locale.ROOT,
                "%.1f minutes, seed %d, %s%nasked %s%nmeanwhile %s%n%n",
                options.minutes(),
                options.seed(),
                Machine.describe(),
                traffic.asked(),
                events));
        for (SoakAudit.Check check : audit.checks()) {
            table.append(String.format(
                    Locale.ROOT, "%-6s %-46s %s%n", check.passed() ? "ok" : "FAILED", check.name(), check.seen()));
        }
        return table + (audit.passed() ? "\npassed\n" : "\nFAILED\n");
    }

    private String json() throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode whole = mapper.createObjectNode()
                .put("minutes", options.minutes())
                .put("seed", options.seed())
                .put("machine", Machine.describe())
                .put("passed", audit.passed());
        whole.set("asked", mapper.valueToTree(traffic.asked()));
        whole.set("events", mapper.valueToTree(events));
        whole.set("checks", mapper.valueToTree(audit.checks()));
        return mapper.writeValueAsString(whole) + "\n";
    }

    @Override
    public void close() throws IOException {
        ground.close();
        for (SoakApp app : apps) {
            app.close();
        }
    }
}
