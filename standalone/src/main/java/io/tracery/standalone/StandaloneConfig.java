package io.tracery.standalone;

import io.tracery.pipeline.forward.ForwardSettings;
import io.tracery.search.TracesConfig;
import io.tracery.topology.KubernetesConfig;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where the standalone process keeps its data and listens. A port of 0 stands for its default.
 *
 * @param dataDir everything that is kept: Kafka's log, the trace store, stream state, keys; required
 * @param meshDir folder of mesh configuration, watched; required
 * @param trustDomain SPIFFE trust domain, default {@code tracery.local}
 * @param host address of every port, default 127.0.0.1
 * @param advertisedHost name under which others reach this process; Kafka's clients are told it and certificates carry
 *     it; default: the host, or 127.0.0.1 where that is a wildcard
 * @param kafkaPort default 19092
 * @param controllerPort Kafka's own controller, default 19093
 * @param controlPlanePort xDS and certificates, default 15010
 * @param adminPort {@code /live}, {@code /ready}, {@code /metrics}, default 15014
 * @param otlpGrpcPort default 4317
 * @param otlpHttpPort default 4318
 * @param searchPort Jaeger's query API, default 16686
 * @param topologyPort topology API and pages, default 8400
 * @param keepPolicies file that says which traces are kept, read again when it changes; without one all there is room for
 * @param forward an OTLP endpoint that kept spans and all metrics are sent on to; nowhere without it
 * @param traces where traces are found; in a store of its own, in {@code dataDir}, when left out
 * @param localTokens true to write a service account token for every Sidecar in {@code meshDir} under
 *     {@code dataDir/tokens}: for a machine without Kubernetes
 * @param jwksFile public keys of those who sign service account tokens; required without {@code localTokens}
 * @param tapTokens file with the tokens of those who may look at single exchanges; with {@code localTokens} there is one more,
 *     in {@code dataDir/tokens/tap.token}
 * @param kubernetes whether a cluster is asked what runs behind the nodes of the graph; where it runs in one, when left out
 */
public record StandaloneConfig(
        Path dataDir,
        Path meshDir,
        String trustDomain,
        String host,
        String advertisedHost,
        int kafkaPort,
        int controllerPort,
        int controlPlanePort,
        int adminPort,
        int otlpGrpcPort,
        int otlpHttpPort,
        int searchPort,
        int topologyPort,
        @Nullable Path keepPolicies,
        @Nullable ForwardSettings forward,
        TracesConfig traces,
        boolean localTokens,
        @Nullable Path jwksFile,
        @Nullable Path tapTokens,
        KubernetesConfig kubernetes) {

    private static final String LOOPBACK = "127.0.0.1";
    private static final Set<String> WILDCARDS = Set.of("0.0.0.0", "::");

    public StandaloneConfig {
        required("dataDir", dataDir);
        required("meshDir", meshDir);
        trustDomain = trustDomain == null ? "tracery.local" : trustDomain;
        host = host == null ? LOOPBACK : host;
        advertisedHost = advertisedHost != null ? advertisedHost : WILDCARDS.contains(host) ? LOOPBACK : host;
        kafkaPort = port("kafkaPort", kafkaPort, 19092);
        controllerPort = port("controllerPort", controllerPort, 19093);
        controlPlanePort = port("controlPlanePort", controlPlanePort, 15010);
        adminPort = port("adminPort", adminPort, 15014);
        otlpGrpcPort = port("otlpGrpcPort", otlpGrpcPort, 4317);
        otlpHttpPort = port("otlpHttpPort", otlpHttpPort, 4318);
        searchPort = port("searchPort", searchPort, 16686);
        topologyPort = port("topologyPort", topologyPort, 8400);
        kubernetes = kubernetes == null ? KubernetesConfig.DEFAULT : kubernetes;
        traces = traces == null ? TracesConfig.OWN : traces;
        if (!localTokens && jwksFile == null) {
            throw new IllegalArgumentException("set localTokens: true, or jwksFile to the keys that sign tokens");
        }
    }

    private static void required(String key, @Nullable Path value) {
        if (value == null) {
            throw new IllegalArgumentException(key + " is missing: name a directory");
        }
    }

    private static int port(String key, int value, int standard) {
        if (value < 0 || value > 65_535) {
            throw new IllegalArgumentException(key + " must be 1..65535, not " + value);
        }
        return value == 0 ? standard : value;
    }
}
