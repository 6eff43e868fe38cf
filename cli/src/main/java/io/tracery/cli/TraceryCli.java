package io.tracery.cli;

import static java.util.Objects.requireNonNull;

import io.tracery.cli.graph.EdgesCommand;
import io.tracery.cli.graph.GraphCommand;
import io.tracery.cli.graph.RoutesCommand;
import io.tracery.cli.graph.StatCommand;
import io.tracery.cli.graph.TopCommand;
import io.tracery.cli.tap.TapCommand;
import io.tracery.cli.trace.ExplainCommand;
import io.tracery.cli.trace.TracesCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tracery}: the one command a person runs. Exits 64 when it was called wrongly. */
@Command(
        name = "tracery",
        description = "An observability-first service mesh.",
        subcommands = {
            DemoCommand.class,
            GraphCommand.class,
            StatCommand.class,
            RoutesCommand.class,
            EdgesCommand.class,
            TopCommand.class,
            TapCommand.class,
            ExplainCommand.class,
            TracesCommand.class,
            BenchCommand.class,
            VersionCommand.class
        },
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.class)
public final class TraceryCli implements Runnable {

    private static final int EXIT_USAGE = 64;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new TraceryCli());
        line.registerConverter(java.time.Duration.class, Durations::parse);
        line.setExitCodeExceptionMapper(failure -> failure instanceof ParameterException ? EXIT_USAGE : 1);
        exitOnWrongUse(line);
        // Moments before now may be written -15m.
        CommandLine graph = requireNonNull(line.getSubcommands().get("graph"));
        requireNonNull(graph.getSubcommands().get("diff")).setUnmatchedOptionsArePositionalParams(true);
        return line;
    }

    private static void exitOnWrongUse(CommandLine line) {
        line.getCommandSpec().exitCodeOnInvalidInput(EXIT_USAGE);
        line.getSubcommands().values().forEach(TraceryCli::exitOnWrongUse);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "what shall it do?");
    }
}
