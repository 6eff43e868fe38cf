package io.tracery.load.mesh;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tracery.load.endurance.MetricsPage;
import io.tracery.proxy.ProxyApp;
import io.tracery.proxy.bootstrap.BootstrapReader;
import io.tracery.standalone.StandaloneApp;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A mesh of one caller and two instances of one service, each behind its own proxy: caller → its sidecar → mutual TLS →
 * an echo sidecar → the echo application. All ports are free ones, all files are in one directory.
 */
public final class MeshHarness implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TRUST_DOMAIN = "test.local";
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration START_PATIENCE = Duration.ofSeconds(90);

    private final Path directory;
    private final StandalonePorts ports = new StandalonePorts(
            Ports.free(),
            Ports.free(),
            Ports.free(),
            Ports.free(),
            Ports.free(),
            Ports.free(),
            Ports.free(),
            Ports.free());
    private final AppProcess standalone;
    private final List<EchoApp> apps = List.of(new EchoApp("echo-1"), new EchoApp("echo-2"));
    private final Map<String, ProxyApp> sidecars = new HashMap<>();
    private final Map<String, Integer> adminPorts = new HashMap<>();
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();
    private final int callerPort = Ports.free();
    private final List<Integer> inboundPorts = List.of(Ports.free(), Ports.free());

    /** Starts everything but the sidecars; the mesh's configuration is already written. */
    public MeshHarness(Path directory) throws Exception {
        this(directory, "");
    }

    /** @param more lines of the standalone process's configuration */
    public MeshHarness(Path directory, String more) throws Exception {
        this.directory = directory;
        Files.createDirectories(mesh());
        Files.writeString(mesh().resolve("echo.yaml"), services());
        Files.writeString(policies(), "share: 1\n");
        Path file = directory.resolve("standalone.yaml");
        Files.writeString(file, standaloneConfig() + more);
        this.standalone = new AppProcess(StandaloneApp.class, file, directory.resolve("standalone.log"));
        startStandalone();
    }

    /** Starts Kafka, the control plane, pipeline, search and topology, or starts them again; they are ready then. */
    public void startStandalone() throws IOException, InterruptedException {
        standalone.start();
        long end = System.nanoTime() + START_PATIENCE.toNanos();
        while (!answers("http://127.0.0.1:" + ports.admin() + "/ready")) {
            if (System.nanoTime() > end) {
                throw new IOException("the standalone process did not become ready: " + standalone.log());
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    /** Kills all of that at once, Kafka included, without letting it finish anything. */
    public void killStandalone() throws InterruptedException {
        standalone.kill();
    }

    /** What the standalone process has printed since the harness began. */
    public String standaloneLog() throws IOException {
        return standalone.log();
    }

    private boolean answers(String url) throws InterruptedException {
        try {
            return get(url).statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private record StandalonePorts(
            int kafka,
            int controller,
            int controlPlane,
            int admin,
            int otlpGrpc,
            int otlpHttp,
            int search,
            int topology) {}

    private String standaloneConfig() {
        return """
                dataDir: %s
                meshDir: %s
                trustDomain: %s
                host: 127.0.0.1
                kafkaPort: %d
                controllerPort: %d
                controlPlanePort: %d
                adminPort: %d
                otlpGrpcPort: %d
                otlpHttpPort: %d
                searchPort: %d
                topologyPort: %d
                localTokens: true
                keepPolicies: %s
                """.formatted(
                        data(),
                        mesh(),
                        TRUST_DOMAIN,
                        ports.kafka(),
                        ports.controller(),
                        ports.controlPlane(),
                        ports.admin(),
                        ports.otlpGrpc(),
                        ports.otlpHttp(),
                        ports.search(),
                        ports.topology(),
                        policies());
    }

    private Path policies() {
        return directory.resolve("policies.yaml");
    }

    /** Says which traces are kept from now on; returns once the pipeline has taken it. */
    public void keep(String yaml) throws IOException, InterruptedException {
        int before = log("what is kept: ");
        Files.writeString(policies(), yaml);
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (log("what is kept: ") == before) {
            if (System.nanoTime() > end) {
                throw new IOException("the pipeline did not take the policies: " + standalone.log());
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private int log(String said) throws IOException {
        return standalone.log().split(said, -1).length;
    }

    /** Where Kafka listens. */
    public String kafka() {
        return "127.0.0.1:" + ports.kafka();
    }

    /** Port of the pages, and of the APIs that they ask. */
    public int pagesPort() {
        return ports.topology();
    }

    /** Port of trace search. */
    public int searchPort() {
        return ports.search();
    }

    /** Everything that the standalone process keeps. */
    public Path kept() {
        return data();
    }

    /** What the standalone process says of itself. */
    public MetricsPage standaloneMetrics() throws IOException, InterruptedException {
        return MetricsPage.parse(
                get("http://127.0.0.1:" + ports.admin() + "/metrics").body());
    }

    /** Exchanges of the last minutes, kept or not. */
    public JsonNode raw(String query) throws IOException, InterruptedException {
        return json("http://127.0.0.1:" + ports.otlpHttp() + "/api/raw?" + query);
    }

    private Path data() {
        return directory.resolve("data");
    }

    /** The folder that the control plane watches. */
    public Path mesh() {
        return directory.resolve("mesh");
    }

    /** Starts the proxies {@code caller-1}, {@code echo-1} and {@code echo-2}. */
    public void startSidecars() throws Exception {
        startSidecar("caller-1", "caller");
        startSidecar("echo-1", "echo");
        startSidecar("echo-2", "echo");
    }

    private void startSidecar(String name, String workload) throws Exception {
        int admin = Ports.free();
        String yaml = bootstrap(name, workload, admin);
        ProxyApp proxy =
                ProxyApp.build(BootstrapReader.read(name, yaml), new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
        sidecars.put(name, proxy);
        adminPorts.put(name, admin);
        proxy.start();
    }

    /** True when every sidecar that runs is ready. */
    public boolean sidecarsReady() {
        return sidecars.values().stream().allMatch(ProxyApp::ready);
    }

    public void stopSidecar(String name) {
        Optional.ofNullable(sidecars.remove(name)).orElseThrow().close();
    }

    /** One request of the caller's application to the service, through both sidecars. */
    public HttpResponse<String> call(String path) throws IOException, InterruptedException {
        return get("http://127.0.0.1:" + callerPort + path);
    }

    /** The caller's sidecar's port for the service, for those who want to send it anything at all. */
    public int callerPort() {
        return callerPort;
    }

    /** The first line of a metric of a sidecar's that begins so, or empty. */
    public String metric(String sidecar, String beginning) throws IOException, InterruptedException {
        return get("http://127.0.0.1:" + adminPorts.get(sidecar) + "/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(beginning))
                .findFirst()
                .orElse("");
    }

    /** A sidecar's account of its spans: accepted, exported, dropped or queued. */
    public double spans(String sidecar, String figure) throws IOException, InterruptedException {
        return metrics(sidecar).telemetry(figure, "spans");
    }

    /** Canaries of a sidecar that have arrived in Kafka. */
    public double canaries(String sidecar) throws IOException, InterruptedException {
        return metrics(sidecar).telemetry("exported", "canaries");
    }

    /** Exchanges of a sidecar that ended, whichever way. */
    public double exchanges(String sidecar) throws IOException, InterruptedException {
        return metrics(sidecar).sum("tracery_exchange_duration_seconds_count");
    }

    private MetricsPage metrics(String sidecar) throws IOException, InterruptedException {
        return MetricsPage.parse(
                get("http://127.0.0.1:" + adminPorts.get(sidecar) + "/metrics").body());
    }

    /** Requests that the graph has counted from caller to echo. */
    public long counted(String side) throws IOException, InterruptedException {
        for (JsonNode edge : json("http://127.0.0.1:" + ports.topology() + "/api/graph?window=60s")
                .path("edges")) {
            if (edge.path("source").asText().equals("test/caller")
                    && edge.path("target").asText().equals("test/echo")) {
                return edge.path(side).asLong();
            }
        }
        return 0;
    }

    /** The spans of a trace, by Jaeger's API; missing while it is not there. */
    public JsonNode trace(String traceId) throws IOException, InterruptedException {
        return json("http://127.0.0.1:" + ports.search() + "/api/traces/" + traceId)
                .path("data")
                .path(0)
                .path("spans");
    }

    /** The token that lets who can read the process's files tap. */
    public String tapToken() throws IOException {
        return Files.readString(data().resolve("tokens").resolve("tap.token"));
    }

    /** Server-sent events of a tap that ends by itself. */
    public HttpResponse<String> tap(String query, String token) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + ports.topology() + "/api/tap?" + query))
                        .header("authorization", "Bearer " + token)
                        .timeout(PATIENCE)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private JsonNode json(String url) throws IOException, InterruptedException {
        return JSON.readTree(get(url).body());
    }

    private HttpResponse<String> get(String url) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create(url)).timeout(PATIENCE).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private String services() {
        StringBuilder yaml = new StringBuilder("""
                apiVersion: v1
                kind: Service
                metadata: {name: echo, namespace: test}
                spec: {ports: [{name: http, port: 80, appProtocol: http}]}
                ---
                apiVersion: policy.tracery.io/v1alpha1
                kind: Sidecar
                metadata: {name: caller-1, namespace: test}
                spec:
                  workload: caller
                  version: v1
                  serviceAccount: caller
                  outbound: [{service: echo, port: 80, bind: "127.0.0.1:%d"}]
                """.formatted(callerPort));
        for (int i = 0; i < apps.size(); i++) {
            yaml.append("""
                    ---
                    apiVersion: discovery.k8s.io/v1
                    kind: EndpointSlice
                    metadata: {name: echo-%1$d, namespace: test, labels: {kubernetes.io/service-name: echo}}
                    addressType: IPv4
                    endpoints: [{addresses: [127.0.0.1], targetRef: {kind: Sidecar, name: echo-%1$d}}]
                    ports: [{name: http, port: %2$d}]
                    ---
                    apiVersion: policy.tracery.io/v1alpha1
                    kind: Sidecar
                    metadata: {name: echo-%1$d, namespace: test}
                    spec:
                      workload: echo
                      version: v1
                      serviceAccount: echo
                      inbound: [{port: %2$d, protocol: http, forwardTo: "127.0.0.1:%3$d", tls: strict}]
                    """.formatted(i + 1, inboundPorts.get(i), apps.get(i).port()));
        }
        return yaml.toString();
    }

    private String bootstrap(String name, String workload, int adminPort) {
        return """
                node:
                  id: sidecar~test/%1$s
                  cluster: %2$s
                  metadata:
                    tracery:
                      namespace: test
                      workload: %2$s
                      version: v1
                      identity:
                        trust_domain: %3$s
                        service_account: %2$s
                        ca_address: 127.0.0.1:%4$d
                        token_file: %5$s/tokens/test.%2$s.jwt
                        trust_anchor_file: %5$s/ca/root.pem
                      telemetry: {kafka: "127.0.0.1:%6$d"}
                      drain_timeout: 1s
                admin: {address: {socket_address: {address: 127.0.0.1, port_value: %7$d}}}
                dynamic_resources:
                  ads_config: {api_type: DELTA_GRPC, transport_api_version: V3, grpc_services: [{envoy_grpc: {cluster_name: xds}}]}
                static_resources:
                  clusters:
                    - name: xds
                      load_assignment:
                        cluster_name: xds
                        endpoints:
                          - lb_endpoints:
                              - endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %4$d}}}
                      transport_socket:
                        name: envoy.transport_sockets.tls
                        typed_config:
                          "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
                          common_tls_context: {validation_context: {trusted_ca: {filename: %5$s/ca/root.pem}}}
                """.formatted(name, workload, TRUST_DOMAIN, ports.controlPlane(), data(), ports.kafka(), adminPort);
    }

    @Override
    public void close() {
        sidecars.values().forEach(ProxyApp::close);
        standalone.close();
        apps.forEach(EchoApp::close);
        client.close();
    }
}
