package io.tracery.load.endurance;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tracery.load.endurance.BodyApp.BodyStream;
import io.tracery.load.lab.host.Machine;
import io.tracery.load.lab.measure.PeakMemory;
import io.tracery.load.mesh.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Moves a body of GiB through two sidecar processes with mutual TLS between, down and up, alone and beside a reader that takes
 * 640 KiB a second. {@code ./tracery bench streaming} starts this; it fails where a sidecar grows by more than 48 MiB.
 */
public final class BodyStreaming implements AutoCloseable {

    /** What a sidecar may grow by while it passes any amount on, MiB. */
    static final double MOST_GROWTH = 48;

    private static final double GIB = 1L << 30;
    private static final long WARM_UP = 64L << 20;
    private static final int SIP = 64 * 1024;
    private static final int SIP_MILLIS = 100;

    private final BodyApp app = new BodyApp();
    private final LocalMesh mesh;
    private final int port = Ports.free();
    private final Sidecar caller;
    private final Sidecar callee;

    /** Starts everything; directory is empty, root that of the source tree. */
    public BodyStreaming(Path directory, Path root) throws Exception {
        mesh = new LocalMesh(directory, root, 0);
        mesh.publish(yaml(port, Ports.free(), app.port()));
        callee = mesh.start("callee");
        caller = mesh.start("caller");
    }

    /** Which way the body goes. */
    public enum Way {
        DOWN,
        UP
    }

    /** Who else uses the sidecars. */
    public enum Beside {
        NOBODY,
        SLOW_READER
    }

    /**
     * @param growth resident memory at its peak less that before, MiB, caller's and callee's
     * @param slowBytes what the slow reader got meanwhile
     */
    public record Result(
            Way way,
            Beside beside,
            double gibPerSecond,
            List<Double> cpuSecondsPerGib,
            List<Double> peak,
            List<Double> growth,
            long slowBytes) {

        public boolean bounded() {
            return growth.stream().allMatch(mebibytes -> mebibytes <= MOST_GROWTH);
        }
    }

    /** Moves so many bytes once. */
    public Result run(Way way, Beside beside, long bytes) throws IOException, InterruptedException {
        AtomicLong sipped = new AtomicLong();
        try (SocketChannel slow = connect();
                PeakMemory callerPeak = PeakMemory.watch(caller.pids());
                PeakMemory calleePeak = PeakMemory.watch(callee.pids())) {
            List<Double> before = List.of(caller.residentMebibytes(), callee.residentMebibytes());
            List<Double> cpu = List.of(caller.cpuSeconds(), callee.cpuSeconds());
            if (beside == Beside.SLOW_READER) {
                Thread.ofPlatform().daemon().start(() -> sip(slow, sipped));
            }
            long start = System.nanoTime();
            move(way, bytes);
            double seconds = (System.nanoTime() - start) / 1e9;
            List<Double> peak = List.of(callerPeak.mebibytes(), calleePeak.mebibytes());
            return new Result(
                    way,
                    beside,
                    bytes / GIB / seconds,
                    List.of(
                            (caller.cpuSeconds() - cpu.get(0)) / (bytes / GIB),
                            (callee.cpuSeconds() - cpu.get(1)) / (bytes / GIB)),
                    peak,
                    List.of(peak.get(0) - before.get(0), peak.get(1) - before.get(1)),
                    sipped.get());
        }
    }

    /** Compiles what every run needs. */
    public void warmUp() throws IOException {
        for (int i = 0; i < 4; i++) {
            move(Way.DOWN, WARM_UP);
            move(Way.UP, WARM_UP);
        }
    }

    private void move(Way way, long bytes) throws IOException {
        try (SocketChannel channel = connect()) {
            BodyStream stream = new BodyStream(channel);
            if (way == Way.DOWN) {
                stream.send("GET /" + bytes + " HTTP/1.1\r\nHost: callee\r\n\r\n");
            } else {
                stream.send("POST / HTTP/1.1\r\nHost: callee\r\nContent-Length: " + bytes + "\r\n\r\n");
                stream.pour(bytes);
            }
            String head = stream.head();
            if (!head.startsWith("HTTP/1.1 200")) {
                throw new IOException("not served: " + head);
            }
            stream.take(BodyStream.length(head));
        }
    }

    private static void sip(SocketChannel channel, AtomicLong sipped) {
        try {
            BodyStream stream = new BodyStream(channel);
            stream.send("GET /" + (1L << 40) + " HTTP/1.1\r\nHost: callee\r\n\r\n");
            stream.head();
            while (channel.isOpen()) {
                stream.take(SIP);
                sipped.addAndGet(SIP);
                TimeUnit.MILLISECONDS.sleep(SIP_MILLIS);
            }
        } catch (IOException e) {
            // The run is over.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private SocketChannel connect() throws IOException {
        return SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    private static String yaml(int callerPort, int calleePort, int appPort) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: callee, namespace: soak}
                spec: {ports: [{name: http, port: 80, appProtocol: http}]}
                ---
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: callee, namespace: soak, labels: {kubernetes.io/service-name: callee}}
                addressType: IPv4
                endpoints: [{addresses: [127.0.0.1], targetRef: {kind: Sidecar, name: callee}}]
                ports: [{name: http, port: %2$d}]
                ---
                apiVersion: policy.tracery.io/v1alpha1
                kind: Sidecar
                metadata: {name: callee, namespace: soak}
                spec:
                  workload: callee
                  version: v1
                  serviceAccount: callee
                  inbound: [{port: %2$d, protocol: http, forwardTo: "127.0.0.1:%3$d", tls: strict}]
                ---
                apiVersion: policy.tracery.io/v1alpha1
                kind: Sidecar
                metadata: {name: caller, namespace: soak}
                spec:
                  workload: caller
                  version: v1
                  serviceAccount: caller
                  outbound: [{service: callee, port: 80, bind: "127.0.0.1:%1$d"}]
                """.formatted(callerPort, calleePort, appPort);
    }

    @Override
    public void close() throws IOException {
        mesh.close();
        app.close();
    }

    /** @param bytes that each run moves */
    record Options(long bytes, boolean json) {

        static Options parse(List<String> words) {
            Arguments arguments = new Arguments(words);
            Options options =
                    new Options(Math.round(GIB * arguments.number("--gibibytes", 10)), arguments.flag("--json"));
            arguments.end();
            return options;
        }
    }

    /** Options: {@code --gibibytes N --json}. Ends with 1 where memory was not bounded, with 64 where it is asked wrongly. */
    public static void main(String[] args) throws Exception {
        try {
            runAll(Options.parse(Arrays.asList(args)));
        } catch (IllegalArgumentException e) {
            Arguments.refuse(e, "BodyStreaming [--gibibytes N] [--json]");
        }
    }

    private static void runAll(Options options) throws Exception {
        long bytes = options.bytes();
        Path directory = Files.createTempDirectory("tracery-streaming");
        List<Result> results = new ArrayList<>();
        try (BodyStreaming streaming = new BodyStreaming(directory, Path.of("").toAbsolutePath())) {
            streaming.warmUp();
            for (Beside beside : Beside.values()) {
                for (Way way : Way.values()) {
                    results.add(streaming.run(way, beside, bytes));
                }
            }
        }
        System.out.print(options.json() ? json(results, bytes) : table(results));
        System.exit(results.stream().allMatch(Result::bounded) ? 0 : 1);
    }

    private static String json(List<Result> results, long bytes) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode whole = mapper.createObjectNode()
                .put("bytes", bytes)
                .put("machine", Machine.describe())
                .put("most_growth_mib", MOST_GROWTH)
                .put("passed", results.stream().allMatch(Result::bounded));
        ArrayNode runs = whole.putArray("runs");
        results.forEach(result -> runs.add(mapper.valueToTree(result)));
        return mapper.writeValueAsString(whole) + "\n";
    }

    private static String table(List<Result> results) throws IOException {
        StringBuilder table = new StringBuilder(
                "way   beside       GiB/s  CPU s/GiB caller, callee  peak MiB caller, callee  grown MiB  slow reader MiB\n");
        for (Result result : results) {
            table.append(String.format(
                    Locale.ROOT,
                    "%-5s %-11s %6.2f  %10.2f  %10.2f  %11.1f  %10.1f  %4.1f %4.1f  %8.1f%n",
                    result.way(),
                    result.beside(),
                    result.gibPerSecond(),
                    result.cpuSecondsPerGib().get(0),
                    result.cpuSecondsPerGib().get(1),
                    result.peak().get(0),
                    result.peak().get(1),
                    result.growth().get(0),
                    result.growth().get(1),
                    result.slowBytes() / 1048576.0));
        }
        boolean passed = results.stream().allMatch(Result::bounded);
        return table + Machine.describe() + "\n" + (passed ? "passed" : "FAILED")
                + ": no sidecar may grow by more than " + MOST_GROWTH + " MiB\n";
    }
}
