package io.tracery.cli.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A process that the demo started, and only ever that one: it is ended through its handle, never by a name or a number. */
public final class Child {

    private static final int TAIL_LINES = 15;
    private static final int TAIL_BYTES = 8 * 1024;

    private final String name;
    private final Path log;
    private final Process process;

    /** Set before the process is told to end, so that its death is then no surprise. */
    private volatile boolean ending;

    private volatile boolean killed;

    private Child(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
    }

    /**
     * What to start.
     *
     * @param name for people and for the log's file name
     * @param command program and arguments
     * @param environment added to this process's own
     */
    public record Command(String name, List<String> command, Map<String, String> environment) {

        public Command {
            command = List.copyOf(command);
            environment = Map.copyOf(environment);
        }
    }

    /**
     * Starts a process that writes to its own log file.
     *
     * @throws DemoException when it cannot be started
     */
    static Child start(Command command, DataDir data) {
        Path log = data.log(command.name());
        List<String> words = new ArrayList<>();
        // A session of its own: Ctrl-C at the terminal then reaches this process alone, which ends the others in order.
        if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
            words.add("/usr/bin/setsid");
        }
        words.addAll(command.command());
        ProcessBuilder builder = new ProcessBuilder(words)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().putAll(command.environment());
        try {
            return new Child(command.name(), log, builder.start());
        } catch (IOException e) {
            throw new DemoException(command.name() + " could not be started: " + e, e);
        }
    }

    public String name() {
        return name;
    }

    public Path log() {
        return log;
    }

    public ProcessHandle handle() {
        return process.toHandle();
    }

    public boolean alive() {
        return process.isAlive();
    }

    /** True once it was told to end and did so in its own way. */
    boolean endedWhenTold() {
        return ending && !killed && !process.isAlive();
    }

    /** Calls back once when the process ends without having been told to. */
    void onUnexpectedEnd(Runnable callback) {
        process.onExit().thenRun(() -> {
            if (!ending) {
                callback.run();
            }
        });
    }

    /** In words: how it ended, and the last lines that it wrote. */
    public String obituary() {
        return name + " ended unexpectedly with status " + (process.isAlive() ? "unknown" : process.exitValue())
                + "; the end of " + log + ":\n" + tail();
    }

    /** Tells it to end; {@link #awaitEnd} sees to it that it does. */
    void end() {
        ending = true;
        process.destroy();
    }

    /** Waits until the deadline, then kills. */
    void awaitEnd(long deadlineNanos) throws InterruptedException {
        Duration left = Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime()));
        if (!process.waitFor(left)) {
            killed = true;
            process.destroyForcibly();
            process.waitFor(5, TimeUnit.SECONDS);
        }
    }

    private String tail() {
        try {
            byte[] all = Files.readAllBytes(log);
            int from = Math.max(0, all.length - TAIL_BYTES);
            List<String> lines = new String(all, from, all.length - from, StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()))
                    .indent(4)
                    .stripTrailing();
        } catch (IOException e) {
            return "    (cannot be read: " + e + ")";
        }
    }
}
