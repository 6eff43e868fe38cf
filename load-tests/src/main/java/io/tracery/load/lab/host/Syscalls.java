package io.tracery.load.lab.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Counting the system calls of processes, with {@code strace -c}: it slows them down, so it has a run of its own. */
public final class Syscalls {

    private Syscalls() {}

    /** Calls by name while a task runs. */
    public static Map<String, Long> during(List<Long> pids, Path directory, Task task)
            throws IOException, InterruptedException {
        Path summary = directory.resolve("strace.txt");
        List<String> attach = pids.stream().map(pid -> "--attach=" + pid).collect(Collectors.toList());
        attach.addAll(0, List.of("strace", "-c", "-f", "-q", "-o", summary.toString()));
        Process strace = new ProcessBuilder(attach)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("strace.log").toFile())
                .start();
        try {
            awaitTracer(pids.getFirst());
            task.run();
        } finally {
            // It writes its summary when it is interrupted, and lets its tracees go on.
            new ProcessBuilder("kill", "-INT", Long.toString(strace.pid()))
                    .start()
                    .waitFor();
            if (!strace.waitFor(20, TimeUnit.SECONDS)) {
                strace.destroyForcibly();
            }
        }
        return parse(Files.readString(summary));
    }

    /** What runs while calls are counted. */
    @FunctionalInterface
    public interface Task {
        void run() throws IOException, InterruptedException;
    }

    private static void awaitTracer(long pid) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (Files.readString(Path.of("/proc/" + pid + "/status")).contains("TracerPid:\t0\n")) {
            if (System.nanoTime() > deadline) {
                throw new IOException("strace may not attach to processes here; run the lab as root");
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        // The other threads of a process are attached to right after the first.
        TimeUnit.MILLISECONDS.sleep(300);
    }

    static Map<String, Long> parse(String summary) {
        Map<String, Long> calls = new TreeMap<>();
        for (String line : summary.lines().toList()) {
            String[] columns = line.strip().toLowerCase(Locale.ROOT).split(" +");
            // % time, seconds, usecs/call, calls, [errors], syscall
            if (columns.length >= 5 && columns[3].matches("\\d+") && !columns[columns.length - 1].equals("total")) {
                calls.merge(columns[columns.length - 1], Long.parseLong(columns[3]), Long::sum);
            }
        }
        return calls;
    }
}
