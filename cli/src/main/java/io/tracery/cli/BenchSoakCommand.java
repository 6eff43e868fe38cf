package io.tracery.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tracery bench soak}: half an hour of change, faults and rotation. */
@Command(
        name = "soak",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Mixed traffic through three sidecar processes while configuration changes, endpoints come and go, faults "
                        + "happen and certificates rotate. At the end nothing may have leaked, memory must be flat, and every request "
                        + "must have its fate; else it fails.")
final class BenchSoakCommand implements Callable<Integer> {

    private static final String MAIN = "io.tracery.load.endurance.Soak";

    @Option(names = "--minutes", paramLabel = "N", description = "How long; default: 30.")
    private double minutes = 30;

    @Option(names = "--seed", paramLabel = "N", description = "Of all chance; default: 1.")
    private long seed = 1;

    @Option(names = "--json", description = "Print one JSON object instead of a table.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        return BenchProcess.run(MAIN, arguments());
    }

    List<String> arguments() {
        List<String> arguments =
                new ArrayList<>(List.of("--minutes", Double.toString(minutes), "--seed", Long.toString(seed)));
        if (json) {
            arguments.add("--json");
        }
        return arguments;
    }
}
