package io.tracery.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tracery bench streaming}: a body of GiB through two sidecars. */
@Command(
        name = "streaming",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "A body of GiB through two sidecar processes with mutual TLS between, down and up, alone and beside a slow "
                        + "reader: GiB/s, CPU and memory of each. Fails where memory is not bounded.")
final class BenchStreamingCommand implements Callable<Integer> {

    private static final String MAIN = "io.tracery.load.endurance.BodyStreaming";

    @Option(names = "--gibibytes", paramLabel = "N", description = "GiB of each body; default: 10.")
    private double gibibytes = 10;

    @Option(names = "--json", description = "Print one JSON object instead of a table.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        return BenchProcess.run(MAIN, arguments());
    }

    List<String> arguments() {
        List<String> arguments = new ArrayList<>(List.of("--gibibytes", Double.toString(gibibytes)));
        if (json) {
            arguments.add("--json");
        }
        return arguments;
    }
}
