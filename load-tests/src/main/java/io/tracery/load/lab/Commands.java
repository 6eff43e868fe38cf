package io.tracery.load.lab;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Running other programs: pinned to a core, timed by the kernel's own accounting, ended by their handle. */
final class Commands {

    private static final long TICKS_PER_SECOND = 100;

    private Commands() {}

    /** The first line a command prints, on whichever stream. */
    static String firstLine(String... command) throws IOException, InterruptedException {
        return output(List.of(command)).lines().findFirst().orElse("");
    }

    /** Everything a command prints; its exit status must be 0. */
    static String output(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = process.waitFor();
        if (status != 0) {
            throw new IOException(String.join(" ", command) + " ended with " + status + ": " + text);
        }
        return text;
    }

    /** Starts a server on one core and waits until it accepts. */
    static Process startServer(List<String> command, int core, int port, Path log)
            throws IOException, InterruptedException {
        List<String> pinned = new ArrayList<>(List.of("taskset", "-c", Integer.toString(core)));
        pinned.addAll(command);
        Process process = new ProcessBuilder(pinned)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .redirectInput(new File("/dev/null"))
                .start();
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!accepts(port)) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                process.destroyForcibly();
                throw new IOException(
                        String.join(" ", command) + " does not accept on port " + port + ": " + Files.readString(log));
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        return process;
    }

    static boolean accepts(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** Ends a process and its children, politely and then not. */
    static void stop(Process process) {
        List<ProcessHandle> handles = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
        handles.forEach(ProcessHandle::destroy);
        try {
            if (!process.waitFor(15, TimeUnit.SECONDS)) {
                handles.forEach(ProcessHandle::destroyForcibly);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            handles.forEach(ProcessHandle::destroyForcibly);
        }
    }

    /** Seconds of CPU that a process and its children have used so far, from {@code /proc}. */
    static double cpuSeconds(Process process) throws IOException {
        long ticks = 0;
        for (ProcessHandle handle : Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList()) {
            String stat = Files.readString(Path.of("/proc/" + handle.pid() + "/stat"));
            // The command name may hold spaces; what follows its closing bracket is fields 3 and up (proc(5)).
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            ticks += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        }
        return (double) ticks / TICKS_PER_SECOND;
    }

    /** Resident memory of a process and its children in MiB. */
    static double residentMebibytes(Process process) throws IOException {
        long kibibytes = 0;
        for (ProcessHandle handle : Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList()) {
            kibibytes += Files.readAllLines(Path.of("/proc/" + handle.pid() + "/status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .sum();
        }
        return kibibytes / 1024.0;
    }
}
