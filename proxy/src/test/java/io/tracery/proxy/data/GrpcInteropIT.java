package io.tracery.proxy.data;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tracery.proxy.mesh.DownstreamTls;
import io.tracery.proxy.mesh.UpstreamProtocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
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
    private static final String FAILS_WITHOUT_PROXY = "grpc-java's server fails it without a proxy";
    private static final String WANTS_A_BALANCER = "wants a load balancer named in a service config";
    private static final String CREDENTIALS = "wants credentials of a cloud";

    /** Cases that say something about the proxies. */
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
            "pick_first_unary",
            "rpc_soak",
            "channel_soak");

    /** The others, and why they are not run. docs/conformance.md says the same. */
    private static final Map<String, String> EXCUSED = Map.ofEntries(
            entry("cacheable_unary", FAILS_WITHOUT_PROXY),
            entry("client_compressed_unary", FAILS_WITHOUT_PROXY),
            entry("client_compressed_streaming", FAILS_WITHOUT_PROXY),
            entry("orca_per_rpc", WANTS_A_BALANCER),
            entry("orca_oob", WANTS_A_BALANCER),
            entry("very_large_request", "a gigabyte"),
            entry("compute_engine_creds", CREDENTIALS),
            entry("compute_engine_channel_credentials", CREDENTIALS),
            entry("service_account_creds", CREDENTIALS),
            entry("jwt_token_creds", CREDENTIALS),
            entry("oauth2_auth_token", CREDENTIALS),
            entry("per_rpc_creds", CREDENTIALS),
            entry("google_default_credentials", CREDENTIALS));

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

    /** What the client itself says that there is. */
    @Test
    void everyCaseThatThereIsIsRunOrExcused() throws Exception {
        List<URL> urls = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of(jars()), "grpc-interop-testing-*.jar")) {
            for (Path file : files) {
                urls.add(file.toUri().toURL());
            }
        }
        List<String> all = new ArrayList<>(CASES);
        all.addAll(EXCUSED.keySet());
        try (URLClassLoader loader =
                new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            Object[] known =
                    loader.loadClass("io.grpc.testing.integration.TestCases").getEnumConstants();
            assertThat(known).extracting(String::valueOf).containsExactlyInAnyOrderElementsOf(all);
        }
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
