package io.tracery.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tracery bench topology}: the graph of a mesh of thousands of workloads. */
@Command(
        name = "topology",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "The topology service under the reports of a large mesh: how far the graph is behind, how long the API takes, CPU, memory and disk.")
final class BenchTopologyCommand implements Callable<Integer> {

    private static final String MAIN = "io.tracery.load.topology.GraphBench";

    @Option(names = "--workloads", paramLabel = "N", description = "Workloads, each with one proxy; default: 5000.")
    private int workloads = 5_000;

    @Option(names = "--edges", paramLabel = "N", description = "Edges between them; default: 50000.")
    private int edges = 50_000;

    @Option(names = "--requests", paramLabel = "N", description = "Requests a second over all edges; default: 1000.")
    private int requests = 1_000;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            description = "Seconds before measuring begins; the load grows over the first half of them; default: 150.")
    private int warmUp = 150;

    @Option(names = "--seconds", paramLabel = "N", description = "How long to measure; default: 60.")
    private int seconds = 60;

    @Option(names = "--json", description = "Print one JSON object on one line.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        // Kafka and the counters of all those proxies are in this one process.
        return BenchProcess.run(MAIN, List.of("-Xmx2g", "-XX:+UseParallelGC"), arguments());
    }

    List<String> arguments() {
        List<String> arguments = new ArrayList<>(List.of(
                "--workloads",
                Integer.toString(workloads),
                "--edges",
                Integer.toString(edges),
                "--requests",
                Integer.toString(requests),
                "--warm-up",
                Integer.toString(warmUp),
                "--seconds",
                Integer.toString(seconds)));
        if (json) {
            arguments.add("--json");
        }
        return arguments;
    }
}
