package io.tracery.cli.demo;

import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes the files that the processes are started with. */
final class Configuration {

    static final String TRUST_DOMAIN = "tracery.local";

    private static final String DRAIN = "5s";
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .build();

    private final DataDir data;

    Configuration(DataDir data) {
        this.data = data;
    }

    /** The standalone process's configuration. */
    Path standalone(Path meshDir) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("dataDir", data.path().toString());
        config.put("meshDir", meshDir.toString());
        config.put("trustDomain", TRUST_DOMAIN);
        config.put("host", Ports.LOOPBACK);
        config.put("kafkaPort", Ports.KAFKA);
        config.put("controllerPort", Ports.KAFKA_CONTROLLER);
        config.put("controlPlanePort", Ports.CONTROL_PLANE);
        config.put("adminPort", Ports.ADMIN);
        config.put("otlpGrpcPort", Ports.OTLP_GRPC);
        config.put("otlpHttpPort", Ports.OTLP_HTTP);
        config.put("searchPort", Ports.SEARCH);
        config.put("topologyPort", Ports.TOPOLOGY);
        config.put("localTokens", true);
        return write(data.path().resolve("standalone.yaml"), config);
    }

    /** A sidecar's bootstrap: an Envoy bootstrap, with what is the mesh's own in the node's metadata. */
    Path bootstrap(Sidecar sidecar) {
        Map<String, Object> tracery = new LinkedHashMap<>();
        tracery.put("namespace", sidecar.namespace());
        tracery.put("workload", sidecar.workload());
        tracery.put("version", sidecar.version());
        tracery.put("identity", identity(sidecar));
        tracery.put("telemetry", Map.of("kafka", Ports.LOOPBACK + ":" + Ports.KAFKA));
        tracery.put("event_loops", 1);
        tracery.put("drain_timeout", DRAIN);
        Map<String, Object> node = new LinkedHashMap<>();
        node.put("id", "sidecar~" + sidecar.namespace() + "/" + sidecar.name());
        node.put("cluster", sidecar.workload());
        node.put("metadata", Map.of("tracery", tracery));

        Map<String, Object> ads = new LinkedHashMap<>();
        ads.put("api_type", "DELTA_GRPC");
        ads.put("transport_api_version", "V3");
        ads.put("grpc_services", List.of(Map.of("envoy_grpc", Map.of("cluster_name", "xds"))));

        Map<String, Object> bootstrap = new LinkedHashMap<>();
        bootstrap.put("node", node);
        bootstrap.put("admin", Map.of("address", socketAddress(sidecar.adminPort())));
        bootstrap.put("dynamic_resources", Map.of("ads_config", ads));
        bootstrap.put("static_resources", Map.of("clusters", List.of(xdsCluster())));
        return write(data.sidecars().resolve(sidecar.name() + ".yaml"), bootstrap);
    }

    private Map<String, Object> identity(Sidecar sidecar) {
        Map<String, Object> identity = new LinkedHashMap<>();
        identity.put("trust_domain", TRUST_DOMAIN);
        identity.put("service_account", sidecar.serviceAccount());
        identity.put("ca_address", Ports.LOOPBACK + ":" + Ports.CONTROL_PLANE);
        identity.put("token_file", data.token(sidecar).toString());
        identity.put("trust_anchor_file", data.trustAnchor().toString());
        return identity;
    }

    private Map<String, Object> xdsCluster() {
        Map<String, Object> tls = new LinkedHashMap<>();
        tls.put("@type", "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext");
        tls.put(
                "common_tls_context",
                Map.of(
                        "validation_context",
                        Map.of(
                                "trusted_ca",
                                Map.of("filename", data.trustAnchor().toString()))));
        Map<String, Object> socket = new LinkedHashMap<>();
        socket.put("name", "envoy.transport_sockets.tls");
        socket.put("typed_config", tls);
        Map<String, Object> assignment = new LinkedHashMap<>();
        assignment.put("cluster_name", "xds");
        assignment.put(
                "endpoints",
                List.of(Map.of(
                        "lb_endpoints",
                        List.of(Map.of("endpoint", Map.of("address", socketAddress(Ports.CONTROL_PLANE)))))));
        Map<String, Object> cluster = new LinkedHashMap<>();
        cluster.put("name", "xds");
        cluster.put("load_assignment", assignment);
        cluster.put("transport_socket", socket);
        return cluster;
    }

    private static Map<String, Object> socketAddress(int port) {
        Map<String, Object> address = new LinkedHashMap<>();
        address.put("address", Ports.LOOPBACK);
        address.put("port_value", port);
        return Map.of("socket_address", address);
    }

    private static Path write(Path file, Map<String, Object> content) {
        try {
            Files.writeString(file, YAML.writeValueAsString(content));
            return file;
        } catch (IOException e) {
            throw new DemoException(file + " cannot be written: " + e, e);
        }
    }
}
