package io.tracery.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tracery bench}: measurements on this machine. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        subcommands = {
            BenchProxyCommand.class,
            BenchPipelineCommand.class,
            BenchSearchCommand.class,
            BenchStreamingCommand.class,
            BenchSoakCommand.class,
            BenchTopologyCommand.class
        },
        synopsisSubcommandLabel = "COMMAND",
        description = "Measures Tracery on this machine.")
final class BenchCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "what shall it measure? tracery bench proxy, pipeline, search, streaming, soak or topology");
    }
}
