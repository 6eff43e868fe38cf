package io.tracery.proxy.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tracery.proxy.mesh.DownstreamTls;
import io.tracery.proxy.mesh.UpstreamProtocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * gRPC's own interoperability client and server, in processes of their own, with two proxies and mutual TLS between them. It
 * runs where the environment variable {@code GRPC_INTEROP} names a folder with their jars;
 * {@code load-tests/conformance/grpc-interop} fetches them.
 */
@Timeout(240)
class GrpcInteropIT {

    private static final TestCa CA = new TestCa();
    private static final int AT_ONCE = 3;

    /** Every case that passes without a proxy between them, but for those that need credentials or a gigabyte. */
    private static final List<String> CASES = List.of(
            "empty_unary",
            "large_unary",
            "client_compressed_unary_noprobe",
            "server_compressed_unary",
            "client_streaming",
            "client_compressed_streaming_noprobe",
            "server_streaming",
            "server_compressed_streaming",
            "ping_pong",
            "empty_stream",
            "custom_metadata",
            "status_code_and_message",
            "special_status_message",
            "unimplemented_method",
            "unimplemented_service",
            "cancel_after_begin",
            "cancel_after_first_response",
            "timeout_on_sleeping_server",
            "rpc_soak",
            "channel_soak");

    private final TestProxy inbound = new TestProxy().with(CA.identity("cart"));
    private final TestProxy outbound = new TestProxy().with(CA.identity("front"));
    private final List<Process> processes = new ArrayList<>();

    @TempDir
    Path directory;

    @BeforeEach
    void start() throws IOException {
        assumeTrue(
                !jars().isEmpty(),
                "SKIPPED: GRPC_INTEROP names no jars; load-tests/conformance/grpc-interop fetches and runs them");
        int port = RawServer.nobody().getPort();
        Path log = directory.resolve("server");
        run("TestServiceServer", log, "--port=" + port, "--use_tls=false");
        await().atMost(Duration.ofSeconds(30)).until(() -> Files.readString(log).contains("Server started"));
        inbound.serving(
                Mesh.inbound(DownstreamTls.STRICT, Mesh.route("app")),
                Mesh.cluster(
                        "app",
                        UpstreamProtocol.SAME_AS_DOWNSTREAM,
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
        outbound.serving(
                Mesh.outbound(Mesh.route("cart")), Mesh.secured("cart", TestCa.spiffeId("cart"), inbound.address()));
    }

    @AfterEach
    void stop() {
        processes.forEach(Process::destroy);
        outbound.close();
        inbound.close();
    }

    @Test
    void everyCasePassesThroughBothProxies() throws Exception {
        Map<String, Future<String>> running = new TreeMap<>();
        Map<String, String> failed = new TreeMap<>();
        try (ExecutorService some = Executors.newFixedThreadPool(AT_ONCE)) {
            CASES.forEach(one -> running.put(one, some.submit(() -> failureOf(one))));
            for (Map.Entry<String, Future<String>> one : running.entrySet()) {
                if (!one.getValue().get().isEmpty()) {
                    failed.put(one.getKey(), one.getValue().get());
                }
            }
        }
        assertThat(failed).isEmpty();
        assertThat(outbound.log.started()).isGreaterThan(CASES.size());
    }

    /** Empty where it passed. */
    private String failureOf(String name) throws Exception {
        Path log = directory.resolve(name);
        Process client = run(
                "TestServiceClient",
                log,
                "--server_host=127.0.0.1",
                "--server_port=" + outbound.address().getPort(),
                "--use_tls=false",
                "--soak_per_iteration_max_acceptable_latency_ms=10000",
                "--soak_overall_timeout_seconds=60",
                "--test_case=" + name);
        boolean ended = client.waitFor(90, TimeUnit.SECONDS);
        return ended && client.exitValue() == 0 ? "" : Files.readString(log);
    }

    private Process run(String main, Path log, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-cp",
                jars() + "/*",
                "io.grpc.testing.integration." + main));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        synchronized (processes) {
            processes.add(process);
        }
        return process;
    }

    private static String jars() {
        return System.getenv().getOrDefault("GRPC_INTEROP", "");
    }
}
