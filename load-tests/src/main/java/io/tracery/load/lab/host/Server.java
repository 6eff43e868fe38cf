package io.tracery.load.lab.host;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A server that the lab started on one core; it is known, and ended, by its handle alone. */
public final class Server implements AutoCloseable {

    private static final Duration START_PATIENCE = Duration.ofSeconds(30);
    /** A proxy that writes its class cache takes a while. */
    private static final int END_PATIENCE_SECONDS = 90;

    /** What runs now. Whoever ends the lab, by Ctrl-C or otherwise, ends these with it. */
    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(Server::destroyForcibly), "end servers"));
    }

    private final Launch launch;
    private final Process process;

    private Server(Launch launch, Process process) {
        this.launch = launch;
        this.process = process;
    }

    /**
     * What to start.
     *
     * @param command runs in the foreground
     * @param environment added to the lab's own
     * @param port accepts once the server runs
     * @param log what it prints
     */
    public record Launch(List<String> command, Map<String, String> environment, int port, Path log) {

        public Launch {
            command = List.copyOf(command);
            environment = Map.copyOf(environment);
        }
    }

    /** Starts a server on one core; does not wait for it. */
    public static Server exec(Launch launch, int core) throws IOException {
        List<String> pinned = new ArrayList<>(List.of("taskset", "-c", Integer.toString(core)));
        pinned.addAll(launch.command());
        return exec(new Launch(pinned, launch.environment(), launch.port(), launch.log()));
    }

    /** Starts a server on any core; does not wait for it. */
    public static Server exec(Launch launch) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(launch.command())
                .redirectErrorStream(true)
                .redirectOutput(launch.log().toFile())
                .redirectInput(new File("/dev/null"));
        builder.environment().putAll(launch.environment());
        Process process = builder.start();
        RUNNING.add(process);
        return new Server(launch, process);
    }

    /** Starts a server and waits until it accepts. */
    public static Server start(Launch launch, int core) throws IOException, InterruptedException {
        Server server = exec(launch, core);
        long deadline = System.nanoTime() + START_PATIENCE.toNanos();
        while (!accepts(launch.port())) {
            if (!server.process.isAlive() || System.nanoTime() > deadline) {
                server.close();
                throw new IOException(String.join(" ", launch.command()) + " does not accept on port " + launch.port()
                        + ": " + Files.readString(launch.log()));
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        return server;
    }

    /** True when something on this machine listens there. */
    public static boolean accepts(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    public boolean alive() {
        return process.isAlive();
    }

    /** The process and its children, which is where several servers do their work. */
    public List<Long> pids() {
        return Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .map(ProcessHandle::pid)
                .toList();
    }

    /** Everything it has printed. */
    public String log() throws IOException {
        return Files.readString(launch.log());
    }

    private static void destroyForcibly(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    /** Ends it and its children, politely and then not. */
    @Override
    public void close() {
        List<ProcessHandle> handles = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
        handles.forEach(ProcessHandle::destroy);
        try {
            if (!process.waitFor(END_PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                handles.forEach(ProcessHandle::destroyForcibly);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            handles.forEach(ProcessHandle::destroyForcibly);
        } finally {
            RUNNING.remove(process);
        }
    }
}
