package io.tracery.cli.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Every process that the demo started, in groups, in the order in which they were started. Ends exactly these: the last
 * group first, each with a deadline, whatever else happens.
 */
public final class Children implements AutoCloseable {

    private static final Duration END_DEADLINE = Duration.ofSeconds(30);

    private final DataDir data;
    private final Consumer<Child> unexpectedEnd;
    private final List<List<Child>> groups = new CopyOnWriteArrayList<>();
    private boolean closed;

    /** @param unexpectedEnd called from another thread when a process ends on its own */
    public Children(DataDir data, Consumer<Child> unexpectedEnd) {
        this.data = data;
        this.unexpectedEnd = unexpectedEnd;
    }

    /**
     * Starts the processes of a group.
     *
     * @throws DemoException when one cannot be started, or everything is being closed already
     */
    public synchronized List<Child> start(List<Child.Command> commands) {
        if (closed) {
            throw new DemoException("the demo is being ended");
        }
        List<Child> group = new CopyOnWriteArrayList<>();
        groups.add(group);
        for (Child.Command command : commands) {
            Child child = Child.start(command, data);
            group.add(child);
            child.onUnexpectedEnd(() -> unexpectedEnd.accept(child));
        }
        remember();
        return List.copyOf(group);
    }

    /** All of them, in the order of their start. */
    public List<Child> all() {
        return groups.stream().flatMap(List::stream).toList();
    }

    /** Ends every process; returns when none is left. Safe to call twice, and from a shutdown hook. */
    @Override
    public synchronized void close() {
        closed = true;
        for (List<Child> group : groups.reversed()) {
            group.forEach(Child::end);
            long deadline = System.nanoTime() + END_DEADLINE.toNanos();
            for (Child child : group) {
                try {
                    child.awaitEnd(deadline);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }
        groups.clear();
        try {
            Files.deleteIfExists(data.processes());
        } catch (IOException e) {
            // The file's processes are gone, which whoever reads it finds out by itself.
            Thread.onSpinWait();
        }
    }

    /**
     * The processes of an earlier demo in this directory that still run, as "name (process id)"; empty when it ended
     * properly.
     */
    static List<String> leftBy(DataDir data) {
        List<String> left = new ArrayList<>();
        if (!Files.exists(data.processes())) {
            return left;
        }
        try {
            for (String line : Files.readAllLines(data.processes())) {
                String[] words = line.split(" ", -1);
                if (words.length == 3) {
                    ProcessHandle.of(Long.parseLong(words[0]))
                            .filter(handle -> started(handle).equals(words[1]))
                            .ifPresent(handle -> left.add(words[2] + " (" + words[0] + ")"));
                }
            }
        } catch (IOException | NumberFormatException e) {
            throw new DemoException(data.processes() + " cannot be read: " + e + "; delete it if no demo runs", e);
        }
        return left;
    }

    /** Numbers are used again: only number and start time together name a process. */
    private void remember() {
        StringBuilder lines = new StringBuilder();
        for (Child child : all()) {
            lines.append("%d %s %s%n".formatted(child.handle().pid(), started(child.handle()), child.name()));
        }
        try {
            Files.writeString(data.processes(), lines);
        } catch (IOException e) {
            throw new DemoException(data.processes() + " cannot be written: " + e, e);
        }
    }

    private static String started(ProcessHandle handle) {
        return Long.toString(handle.info().startInstant().orElse(Instant.EPOCH).toEpochMilli());
    }
}
