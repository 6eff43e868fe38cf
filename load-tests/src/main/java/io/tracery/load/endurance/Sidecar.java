package io.tracery.load.endurance;

import io.tracery.load.lab.host.Commands;
import io.tracery.load.lab.host.Memory;
import io.tracery.load.lab.host.ProcessTimes;
import io.tracery.load.lab.host.Server;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** One sidecar as a process of its own, with the options that sidecars run with, and its admin port. */
final class Sidecar implements AutoCloseable {

    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    private final String name;
    private final Server server;
    private final int adminPort;

    private Sidecar(String name, Server server, int adminPort) {
        this.name = name;
        this.server = server;
        this.adminPort = adminPort;
    }

    /** @param yaml of Envoy's shape, with that admin port in it */
    record Bootstrap(int adminPort, String yaml) {}

    /** Starts it with this JVM's class path; does not wait. */
    static Sidecar exec(Path root, Path directory, String name, Bootstrap bootstrap) throws IOException {
        Path file = Files.writeString(directory.resolve(name + ".yaml"), bootstrap.yaml());
        List<String> command = List.of(
                Commands.java(),
                "@" + root.resolve("proxy/jvm.options"),
                "-cp",
                System.getProperty("java.class.path"),
                "io.tracery.proxy.ProxyApp",
                "--bootstrap",
                file.toString());
        Server server = Server.exec(
                new Server.Launch(command, Map.of(), bootstrap.adminPort(), directory.resolve(name + ".log")));
        return new Sidecar(name, server, bootstrap.adminPort());
    }

    String name() {
        return name;
    }

    boolean alive() {
        return server.alive();
    }

    List<Long> pids() {
        return server.pids();
    }

    /** CPU seconds since it started. */
    double cpuSeconds() throws IOException {
        return ProcessTimes.cpuSeconds(pids());
    }

    /** Resident memory, MiB. */
    double residentMebibytes() throws IOException {
        return Memory.resident(pids());
    }

    boolean ready() throws IOException, InterruptedException {
        if (!alive()) {
            throw new IOException(name + " has ended: " + server.log());
        }
        return Server.accepts(adminPort) && get("/ready").statusCode() == 200;
    }

    /** What its metrics page says now, which is up to a second old. */
    MetricsPage metrics() throws IOException, InterruptedException {
        return MetricsPage.parse(get("/metrics").body());
    }

    /** Stops it where it stands, as a frozen host does, or lets it go on. */
    void signal(String signal) throws IOException, InterruptedException {
        for (long pid : pids()) {
            Commands.output(List.of("kill", "-" + signal, Long.toString(pid)));
        }
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return CLIENT.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + adminPort + path))
                        .timeout(Duration.ofSeconds(10))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() {
        server.close();
    }
}
