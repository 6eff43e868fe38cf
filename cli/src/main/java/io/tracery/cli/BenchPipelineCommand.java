package io.tracery.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tracery bench pipeline}: how many spans a second one core decides upon. */
@Command(
        name = "pipeline",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Traces like the shop's in Kafka, decided upon by the telemetry pipeline on one core, and by OpenTelemetry's "
                        + "Collector with its tail-sampling processor on the same records: spans/s, CPU, memory.")
final class BenchPipelineCommand implements Callable<Integer> {

    private static final String MAIN = "io.tracery.load.pipeline.PipelineBench";

    @Option(names = "--spans", paramLabel = "N", description = "How many; default: 4000000.")
    private long spans = 4_000_000;

    @Option(names = "--rounds", paramLabel = "N", description = "How often each of them decides upon all; default: 2.")
    private int rounds = 2;

    @Option(names = "--against", paramLabel = "PEER", description = "otelcol; default: nobody.")
    private String against = "";

    @Option(names = "--install", description = "Build the Collector of its Go modules where it is missing.")
    private boolean install;

    @Option(names = "--json", description = "Print one JSON object instead of a table.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        return BenchProcess.run(MAIN, arguments());
    }

    List<String> arguments() {
        List<String> arguments =
                new ArrayList<>(List.of("--spans", Long.toString(spans), "--rounds", Integer.toString(rounds)));
        if (!against.isEmpty()) {
            arguments.addAll(List.of("--against", against));
        }
        if (install) {
            arguments.add("--install");
        }
        if (json) {
            arguments.add("--json");
        }
        return arguments;
    }
}
