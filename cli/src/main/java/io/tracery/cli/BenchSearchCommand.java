package io.tracery.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tracery bench search}: what trace search takes, and how fast it answers. */
@Command(
        name = "search",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Fills a trace store with a shop's traces: spans a second of CPU and bytes a span on disk; then searches "
                        + "it while more comes in.")
final class BenchSearchCommand implements Callable<Integer> {

    private static final String MAIN = "io.tracery.load.search.SearchBench";

    @Option(names = "--spans", paramLabel = "N", description = "In the store when searches begin; default: 1000000.")
    private long spans = 1_000_000;

    @Option(names = "--rounds", paramLabel = "N", description = "Of ten searches each; default: 200.")
    private int rounds = 200;

    @Option(names = "--pace", paramLabel = "N", description = "Spans a second that come in meanwhile; default: 5000.")
    private long pace = 5_000;

    @Option(names = "--seed", paramLabel = "N", description = "Of all chance; default: 1.")
    private long seed = 1;

    @Option(names = "--json", description = "Print one JSON object instead of a table.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        return BenchProcess.run(MAIN, arguments());
    }

    List<String> arguments() {
        List<String> arguments = new ArrayList<>(List.of(
                "--spans", Long.toString(spans),
                "--rounds", Integer.toString(rounds),
                "--pace", Long.toString(pace),
                "--seed", Long.toString(seed)));
        if (json) {
            arguments.add("--json");
        }
        return arguments;
    }
}
