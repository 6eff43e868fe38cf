package io.tracery.proxy.bootstrap;

import io.tracery.proxy.loop.Overload;
import io.tracery.proxy.xds.Resources;
import io.tracery.proxy.xds.XdsServer;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything the proxy knows at its start.
 *
 * @param nodeId unique in the mesh, {@code sidecar~<namespace>/<name>}
 * @param nodeCluster the workload's name, as Envoy calls it
 * @param settings what is ours alone
 * @param admin where the admin port listens
 * @param xds the control plane, or null to run on static resources alone
 * @param resources static resources, always in force
 */
public record ProxyBootstrap(
        String nodeId,
        String nodeCluster,
        Settings settings,
        InetSocketAddress admin,
        @Nullable XdsServer xds,
        Resources resources) {

    /**
     * {@code node.metadata.tracery}.
     *
     * @param namespace of the workload beside the proxy
     * @param workload its name, the OpenTelemetry service name
     * @param version its version
     * @param zone of the node it runs on ({@code node.locality.zone}), empty when unknown
     * @param identity null for a proxy without mutual TLS
     * @param kafka bootstrap servers for telemetry, null for metrics on the admin port alone
     * @param otlp base of an OTLP/HTTP endpoint for telemetry instead of Kafka, or null
     * @param spanBytesPerSecond of spans, before compression; 0 for no bound
     * @param recordedHeaders names of the request headers that telemetry may carry, in lower case
     * @param accessLog null for none
     * @param eventLoops threads of the data path
     * @param drainTimeout how long what is open may take to finish at the end
     * @param overload what the whole process may hold
     */
    public record Settings(
            String namespace,
            String workload,
            String version,
            String zone,
            @Nullable IdentitySettings identity,
            @Nullable String kafka,
            @Nullable URI otlp,
            long spanBytesPerSecond,
            List<String> recordedHeaders,
            @Nullable AccessLogSettings accessLog,
            int eventLoops,
            Duration drainTimeout,
            Overload overload) {}

    /**
     * @param path file to append to
     * @param samplePercent of the traces of which served exchanges are written, too; all others always are
     */
    public record AccessLogSettings(String path, int samplePercent) {}

    /**
     * @param trustDomain of the mesh
     * @param serviceAccount of the workload
     * @param caHost who signs
     * @param caPort its port
     * @param tokenFile the service account token, read anew for each certificate
     * @param trustAnchorFile PEM of the mesh's root
     */
    public record IdentitySettings(
            String trustDomain,
            String serviceAccount,
            String caHost,
            int caPort,
            Path tokenFile,
            Path trustAnchorFile) {}
}
