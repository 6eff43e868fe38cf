package io.tracery.cli;

import io.tracery.cli.demo.DemoException;
import io.tracery.cli.demo.Installation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A measurement is a process of its own, which ends what it started when it is ended. */
final class BenchProcess {

    private static final String MODULE = "load-tests";

    private BenchProcess() {}

    /** Runs a main class of the load tests in the source tree and answers how it ended. */
    static int run(String main, List<String> arguments) throws IOException, InterruptedException {
        return run(main, List.of("-Xmx512m", "-XX:+UseSerialGC"), arguments);
    }

    /** The same with other options of the JVM. */
    static int run(String main, List<String> options, List<String> arguments) throws IOException, InterruptedException {
        Installation installation = Installation.find();
        try {
            Process bench = new ProcessBuilder(command(installation, main, options, arguments))
                    .directory(installation.root().toFile())
                    .inheritIO()
                    .start();
            // Ctrl-C reaches both; the measurement ends what it started and then itself.
            Thread hook = Thread.ofPlatform().unstarted(() -> end(bench));
            Runtime.getRuntime().addShutdownHook(hook);
            return bench.waitFor();
        } catch (DemoException e) {
            System.err.println(e.getMessage());
            return 1;
        }
    }

    private static void end(Process bench) {
        bench.destroy();
        try {
            bench.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static List<String> command(
            Installation installation, String main, List<String> options, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Installation.java().toString());
        command.addAll(options);
        command.addAll(List.of(
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                installation.classPath(MODULE),
                main));
        command.addAll(arguments);
        return command;
    }
}
