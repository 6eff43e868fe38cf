package io.tracery.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.tracery.cli.check.Check;
import io.tracery.cli.check.CheckReport;
import io.tracery.cli.demo.DataDir;
import io.tracery.cli.demo.Demo;
import io.tracery.cli.demo.DemoException;
import io.tracery.cli.demo.DemoPlan;
import io.tracery.cli.demo.Installation;
import io.tracery.cli.demo.Ports;
import io.tracery.cli.demo.Terminal;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tracery demo}: the whole mesh on this machine, until Ctrl-C; with {@code --check}, until it has verified itself. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = "Starts a mesh of small services with everything around it on this machine, until Ctrl-C.")
final class DemoCommand implements Callable<Integer> {

    private static final int MOST_RATE = 500;

    /** Twenty seconds to become warm, then as many of the full rate. */
    private static final Duration CHECK_LOAD = Duration.ofSeconds(40);

    @Option(names = "--check", description = "Verify the mesh, print one JSON object on standard output, exit 0 or 1.")
    private boolean check;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Where everything is written; default: data, in the source tree.")
    private @Nullable Path dataDir;

    @Option(names = "--fresh", description = "Delete what earlier demos left in the data directory first.")
    private boolean fresh;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "20",
            description = "Requests per second of the load generator, 1 to 500; default: 20.")
    private int rate;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            description =
                    "End by itself after this long, for example 10m. With --check: the time under load; default: 40s.")
    private @Nullable Duration duration;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (rate < 1 || rate > MOST_RATE) {
            throw new ParameterException(spec.commandLine(), "--rate must be 1 to " + MOST_RATE + ", not " + rate);
        }
        PrintStream shown = check ? System.err : System.out;
        Terminal terminal = new Terminal(shown, Boolean.getBoolean(check ? "tracery.tty.err" : "tracery.tty.out"));
        Installation installation = Installation.find();
        DataDir data = new DataDir(dataDir == null ? installation.standardDataDir() : dataDir);
        try {
            return run(DemoPlan.of(installation, data, rate), terminal);
        } catch (DemoException e) {
            return failed(terminal, e.getMessage());
        }
    }

    private int run(DemoPlan plan, Terminal terminal) throws InterruptedException, JsonProcessingException {
        CountDownLatch ended = new CountDownLatch(1);
        Demo demo = new Demo(plan, terminal);
        // Runs on Ctrl-C, TERM, hang-up and a normal exit alike.
        Thread hook = Thread.ofPlatform().name("end").unstarted(() -> {
            if (!demo.processes().isEmpty()) {
                terminal.line("Ending every process that was started ...");
            }
            demo.close();
            ended.countDown();
        });
        Runtime.getRuntime().addShutdownHook(hook);
        demo.start(fresh);
        if (check) {
            CheckReport report = new Check(demo, terminal).run(duration == null ? CHECK_LOAD : duration);
            demo.close();
            System.out.println(report.json());
            return report.ok() ? 0 : 1;
        }
        demo.startLoad();
        tell(plan, terminal);
        if (duration == null) {
            ended.await();
        } else if (!ended.await(duration.toMillis(), TimeUnit.MILLISECONDS)) {
            terminal.line("The time is up.");
        }
        return 0;
    }

    /** The failure, and with {@code --check} also the object that was promised. */
    private int failed(Terminal terminal, String message) throws JsonProcessingException {
        terminal.problem(message);
        if (check) {
            System.out.println(CheckReport.failed(message).json());
        }
        return 1;
    }

    private static void tell(DemoPlan plan, Terminal terminal) {
        record Line(String what, String where) {}
        List<Line> lines = List.of(
                new Line("Live graph, traces", Demo.url(Ports.TOPOLOGY, "/")),
                new Line("The shop itself", Demo.url(plan.frontPort(), "/")),
                new Line("Jaeger's query API", Demo.url(Ports.SEARCH, "/api/services")),
                new Line("OTLP", "gRPC 127.0.0.1:" + Ports.OTLP_GRPC + ", HTTP 127.0.0.1:" + Ports.OTLP_HTTP),
                new Line("Kafka", "127.0.0.1:" + Ports.KAFKA),
                new Line("Prometheus targets", targets(plan)),
                new Line("Load, counts", Demo.url(Ports.LOAD_CONTROL, "/counts")),
                new Line("Mesh configuration", plan.meshDir() + " (watched: edit it)"),
                new Line(
                        "Tap token",
                        plan.data()
                                .path()
                                .resolve("tokens")
                                .resolve("tap.token")
                                .toString()),
                new Line("Data, logs", plan.data().path().toString()));
        terminal.line("");
        lines.forEach(line -> terminal.line("  " + terminal.bold("%-20s".formatted(line.what())) + line.where()));
        terminal.line("");
        terminal.line(terminal.faint("  Ctrl-C ends everything."));
    }

    private static String targets(DemoPlan plan) {
        List<Integer> admin = plan.sidecars().stream()
                .map(sidecar -> sidecar.adminPort())
                .sorted()
                .toList();
        return "127.0.0.1:" + Ports.ADMIN + ", 127.0.0.1:" + admin.getFirst() + " to " + admin.getLast() + " /metrics";
    }
}
