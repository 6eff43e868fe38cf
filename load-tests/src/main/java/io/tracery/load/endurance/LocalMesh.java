package io.tracery.load.endurance;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tracery.controlplane.ControlPlaneApp;
import io.tracery.controlplane.ControlPlaneConfig;
import io.tracery.load.mesh.Ports;
import io.tracery.process.Component;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A control plane in this process and sidecars as processes of their own, all on loopback, all files in one folder. */
final class LocalMesh implements AutoCloseable {

    static final String NAMESPACE = "soak";
    static final String TRUST_DOMAIN = "soak.local";

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path directory;
    private final Path root;
    private final int controlPlanePort = Ports.free();
    private final Component controlPlane;
    private final List<Sidecar> sidecars = new ArrayList<>();

    /**
     * @param directory empty, for everything that is written
     * @param root of the source tree, for the sidecars' JVM options
     * @param certificateLifeMinutes of the sidecars' certificates, 0 for the default
     */
    LocalMesh(Path directory, Path root, int certificateLifeMinutes) throws Exception {
        this.directory = directory;
        this.root = root;
        this.controlPlane = ControlPlaneApp.build(
                new ControlPlaneConfig(
                        Files.createDirectories(directory.resolve("mesh")),
                        directory.resolve("ca"),
                        null,
                        directory.resolve("tokens"),
                        TRUST_DOMAIN,
                        "127.0.0.1",
                        List.of(),
                        controlPlanePort,
                        0,
                        certificateLifeMinutes),
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
        controlPlane.start();
    }

    /** Puts a mesh in force, whole: the control plane never sees half a file. */
    void publish(String yaml) throws IOException {
        Path written = Files.writeString(directory.resolve("next.yaml"), yaml);
        Files.move(
                written,
                directory.resolve("mesh/mesh.yaml"),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    /** Starts the sidecar of that name, of a workload of the same name, and waits until it is ready. */
    Sidecar start(String name) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        Path token = directory.resolve("tokens/" + NAMESPACE + "." + name + ".jwt");
        while (!Files.exists(token)) {
            pause(deadline, "the control plane wrote no token for " + name);
        }
        Sidecar sidecar = Sidecar.exec(root, directory, name, bootstrap(name, token));
        sidecars.add(sidecar);
        while (!sidecar.ready()) {
            pause(deadline, name + " did not become ready: " + directory.resolve(name + ".log"));
        }
        return sidecar;
    }

    private static void pause(long deadline, String problem) throws IOException, InterruptedException {
        if (System.nanoTime() > deadline) {
            throw new IOException(problem);
        }
        TimeUnit.MILLISECONDS.sleep(50);
    }

    private Sidecar.Bootstrap bootstrap(String name, Path token) {
        int admin = Ports.free();
        Path anchor = directory.resolve("ca/root.pem");
        return new Sidecar.Bootstrap(
                admin, """
                node:
                  id: sidecar~%1$s/%2$s
                  cluster: %2$s
                  metadata:
                    tracery:
                      namespace: %1$s
                      workload: %2$s
                      version: v1
                      event_loops: 1
                      drain_timeout: 1s
                      identity:
                        trust_domain: %3$s
                        service_account: %2$s
                        ca_address: 127.0.0.1:%4$d
                        token_file: %5$s
                        trust_anchor_file: %6$s
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
                          common_tls_context: {validation_context: {trusted_ca: {filename: %6$s}}}
                """.formatted(NAMESPACE, name, TRUST_DOMAIN, controlPlanePort, token, anchor, admin));
    }

    @Override
    public void close() {
        sidecars.forEach(Sidecar::close);
        controlPlane.close();
    }
}
