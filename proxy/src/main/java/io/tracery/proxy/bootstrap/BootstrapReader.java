package io.tracery.proxy.bootstrap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.tracery.process.ConfigException;
import io.tracery.proxy.bootstrap.ProxyBootstrap.AccessLogSettings;
import io.tracery.proxy.bootstrap.ProxyBootstrap.IdentitySettings;
import io.tracery.proxy.bootstrap.ProxyBootstrap.Settings;
import io.tracery.proxy.loop.Overload;
import io.tracery.proxy.xds.InvalidResource;
import io.tracery.proxy.xds.Resources;
import io.tracery.proxy.xds.XdsServer;
import io.tracery.proxy.xds.XdsTypes;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a bootstrap. The parts are read one by one, Envoy's messages only for static resources: Envoy's own Bootstrap
 * class would load the whole of its API into every sidecar.
 */
public final class BootstrapReader {

    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final Pattern SECONDS = Pattern.compile("(\\d{1,6})s");
    private static final Pattern HEADER = Pattern.compile("[!#$%&'*+.^_`|~0-9a-z-]{1,128}");
    private static final int MOST_HEADERS = 16;
    /** What lets somebody in is recorded nowhere, whoever asks for it. */
    private static final Set<String> SECRET_HEADERS =
            Set.of("authorization", "proxy-authorization", "cookie", "x-api-key", "x-forwarded-client-cert");

    private static final int KIBIBYTE = 1024;
    private static final int MOST_KIB = 1 << 30;
    private static final Duration DRAIN = Duration.ofSeconds(10);
    /** Cluster types whose endpoint stands in the bootstrap, as an address or a name. */
    private static final List<String> ADDRESSED = List.of("STATIC", "STRICT_DNS", "LOGICAL_DNS");

    private static final String UPSTREAM_TLS =
            "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext";

    private final List<String> problems = new ArrayList<>();

    private BootstrapReader() {}

    /** @throws ConfigException with every problem found */
    public static ProxyBootstrap read(Path file) {
        try {
            return read(file.toString(), Files.readString(file));
        } catch (IOException e) {
            throw new ConfigException(file.toString(), List.of("cannot be read: " + e));
        }
    }

    /**
     * @param source names the text in the report
     * @throws ConfigException with every problem found
     */
    public static ProxyBootstrap read(String source, String yaml) {
        BootstrapReader reader = new BootstrapReader();
        try {
            ProxyBootstrap bootstrap = reader.bootstrap(new Section("", YAML.readTree(yaml), reader.problems));
            if (bootstrap == null || !reader.problems.isEmpty()) {
                throw new ConfigException(source, reader.problems);
            }
            return bootstrap;
        } catch (JsonProcessingException e) {
            throw new ConfigException(source, List.of("is not YAML: " + e.getMessage()));
        }
    }

    private @Nullable ProxyBootstrap bootstrap(Section root) {
        Section node = required(root, "node");
        Section admin = required(root, "admin");
        Section dynamic = root.section("dynamic_resources");
        Section statics = root.section("static_resources");
        if (node == null || admin == null) {
            return null;
        }
        String id = node.text("id");
        String cluster = node.text("cluster", "");
        Settings settings = settings(node);
        InetSocketAddress adminAddress = adminAddress(admin);
        String xdsCluster = dynamic == null ? null : xdsCluster(dynamic);
        List<Section> listeners = statics == null ? List.of() : statics.sections("listeners");
        List<Section> clusters = new ArrayList<>(statics == null ? List.of() : statics.sections("clusters"));
        XdsServer xds = null;
        if (xdsCluster != null) {
            xds = clusters.stream()
                    .filter(candidate -> candidate.text("name", "").equals(xdsCluster))
                    .findFirst()
                    .map(BootstrapReader::xdsServer)
                    .orElse(null);
            if (xds == null) {
                problems.add(
                        "static_resources.clusters has no usable cluster " + xdsCluster + ", which ads_config names");
            }
            clusters.removeIf(candidate -> candidate.text("name", "").equals(xdsCluster));
        }
        Resources resources = resources(parse(listeners, Listener::newBuilder), parse(clusters, Cluster::newBuilder));
        root.refuseUnread();
        return settings == null || adminAddress == null || resources == null
                ? null
                : new ProxyBootstrap(id, cluster, settings, adminAddress, xds, resources);
    }

    private static @Nullable Section required(Section root, String key) {
        Section section = root.section(key);
        if (section == null) {
            root.problem(key, "is missing");
        }
        return section;
    }

    private @Nullable Settings settings(Section node) {
        Section metadata = required(node, "metadata");
        Section ours = metadata == null ? null : required(metadata, "tracery");
        if (ours == null) {
            return null;
        }
        Section identity = ours.section("identity");
        Section telemetry = ours.section("telemetry");
        Section accessLog = ours.section("access_log");
        Section locality = node.section("locality");
        if (locality != null) {
            // Zones have names of their own here: what they are part of, and their parts, mean nothing.
            locality.text("region", "");
            locality.text("sub_zone", "");
        }
        return new Settings(
                ours.text("namespace"),
                ours.text("workload"),
                ours.text("version", ""),
                locality == null ? "" : locality.text("zone", ""),
                identity == null ? null : identity(identity),
                telemetry == null ? null : kafka(telemetry),
                telemetry == null ? null : otlp(telemetry),
                telemetry == null ? 0 : (long) KIBIBYTE * telemetry.number("spans_kib_per_second", 0, 0, MOST_KIB),
                telemetry == null ? List.of() : recordedHeaders(telemetry),
                accessLog == null ? null : accessLog(accessLog),
                ours.number("event_loops", 1, 1, 64),
                seconds(ours, "drain_timeout", DRAIN),
                overload(ours.section("overload")));
    }

    private static List<String> recordedHeaders(Section telemetry) {
        List<String> names = new ArrayList<>();
        for (JsonNode element : telemetry.elements("request_headers")) {
            String name = element.asText().toLowerCase(Locale.ROOT);
            if (SECRET_HEADERS.contains(name)) {
                telemetry.problem("request_headers", "cannot hold " + name + ", which is a secret");
            } else if (!HEADER.matcher(name).matches()) {
                telemetry.problem("request_headers", "has \"" + name + "\", which is not the name of a header");
            } else if (!names.contains(name)) {
                names.add(name);
            }
        }
        if (names.size() > MOST_HEADERS) {
            telemetry.problem("request_headers", "has more than " + MOST_HEADERS + " names");
        }
        return List.copyOf(names);
    }

    /** One of both says where telemetry goes. */
    private static @Nullable String kafka(Section telemetry) {
        if (telemetry.text("otlp", "").isEmpty()) {
            return telemetry.text("kafka");
        }
        if (!telemetry.text("kafka", "").isEmpty()) {
            telemetry.problem("otlp", "stands beside kafka; telemetry goes one way, so leave one of them out");
        }
        return null;
    }

    private static @Nullable URI otlp(Section telemetry) {
        String text = telemetry.text("otlp", "");
        if (text.isEmpty()) {
            return null;
        }
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            telemetry.problem("otlp", "must be http://host:port, not \"" + text + "\"");
            return null;
        }
    }

    private static Overload overload(@Nullable Section section) {
        Overload usual = Overload.DEFAULT;
        if (section == null) {
            return usual;
        }
        int shed = section.number("shed_kib", (int) (usual.shedBytes() / KIBIBYTE), 1, MOST_KIB);
        int drop = section.number("drop_kib", (int) (usual.dropBytes() / KIBIBYTE), 1, MOST_KIB);
        int connections = section.number("max_connections", usual.maxConnections(), 1, 1_000_000);
        if (drop <= shed) {
            section.problem("drop_kib", "must be more than shed_kib, " + shed + ", not " + drop);
            return usual;
        }
        return new Overload((long) shed * KIBIBYTE, (long) drop * KIBIBYTE, connections);
    }

    private static AccessLogSettings accessLog(Section section) {
        return new AccessLogSettings(section.text("path"), section.number("sample_percent", 100, 0, 100));
    }

    private static IdentitySettings identity(Section identity) {
        String ca = identity.text("ca_address");
        int colon = ca.lastIndexOf(':');
        int port = 0;
        try {
            port = colon < 0 ? 0 : Integer.parseInt(ca.substring(colon + 1));
        } catch (NumberFormatException e) {
            // Answered below, with a missing port.
        }
        if (port < 1 || port > 65_535) {
            identity.problem("ca_address", "must be host:port, not \"" + ca + "\"");
        }
        return new IdentitySettings(
                identity.text("trust_domain"),
                identity.text("service_account"),
                colon < 0 ? ca : ca.substring(0, colon),
                port,
                Path.of(identity.text("token_file")),
                Path.of(identity.text("trust_anchor_file")));
    }

    private static Duration seconds(Section section, String key, Duration fallback) {
        String text = section.text(key, "");
        if (text.isEmpty()) {
            return fallback;
        }
        Matcher seconds = SECONDS.matcher(text);
        if (!seconds.matches()) {
            section.problem(key, "must be seconds such as 10s, not \"" + text + "\"");
            return fallback;
        }
        return Duration.ofSeconds(Long.parseLong(seconds.group(1)));
    }

    private @Nullable InetSocketAddress adminAddress(Section admin) {
        Section address = required(admin, "address");
        Section socket = address == null ? null : required(address, "socket_address");
        return socket == null
                ? null
                : new InetSocketAddress(socket.text("address"), socket.number("port_value", 0, 0, 65_535));
    }

    private @Nullable String xdsCluster(Section dynamic) {
        Section ads = required(dynamic, "ads_config");
        if (ads == null) {
            return null;
        }
        if (!ads.text("api_type").equals("DELTA_GRPC")
                || !ads.text("transport_api_version", "V3").equals("V3")) {
            ads.problem("api_type", "must be DELTA_GRPC, version V3");
        }
        // Envoy wants to be told that listeners and clusters come over the one stream; here they always do.
        for (String discovery : List.of("lds_config", "cds_config")) {
            Section source = dynamic.section(discovery);
            if (source != null
                    && (source.section("ads") == null
                            || !source.text("resource_api_version", "V3").equals("V3"))) {
                dynamic.problem(discovery, "must be {ads: {}}, version V3");
            }
        }
        for (JsonNode service : ads.elements("grpc_services")) {
            JsonNode name = service.at("/envoy_grpc/cluster_name");
            if (name.isTextual()) {
                return name.asText();
            }
        }
        ads.problem("grpc_services", "must name a cluster: [{envoy_grpc: {cluster_name: xds}}]");
        return null;
    }

    /**
     * Where the control plane is. Read as plain YAML: Envoy's messages, and the means to read them from text, would be loaded
     * into every sidecar for this one address.
     */
    private static @Nullable XdsServer xdsServer(Section cluster) {
        String type = cluster.text("type", "STATIC");
        if (!ADDRESSED.contains(type)) {
            cluster.problem("type", "must be one of " + ADDRESSED + ", not " + type);
        }
        cluster.accept("typed_extension_protocol_options"); // xDS is gRPC, which is HTTP/2 without being told.
        Section assignment = required(cluster, "load_assignment");
        Section locality = assignment == null ? null : only(assignment, "endpoints");
        Section lbEndpoint = locality == null ? null : only(locality, "lb_endpoints");
        Section endpoint = lbEndpoint == null ? null : required(lbEndpoint, "endpoint");
        Section address = endpoint == null ? null : required(endpoint, "address");
        Section socket = address == null ? null : required(address, "socket_address");
        if (assignment != null) {
            assignment.text("cluster_name", "");
        }
        return socket == null
                ? null
                : new XdsServer(
                        socket.text("address"), socket.number("port_value", 0, 1, 65_535), trustAnchor(cluster));
    }

    private static @Nullable Path trustAnchor(Section cluster) {
        Section transport = cluster.section("transport_socket");
        if (transport == null) {
            return null;
        }
        transport.text("name", "");
        Section tls = required(transport, "typed_config");
        if (tls == null) {
            return null;
        }
        if (!tls.text("@type").equals(UPSTREAM_TLS)) {
            tls.problem("@type", "must be " + UPSTREAM_TLS);
        }
        Section common = required(tls, "common_tls_context");
        Section validation = common == null ? null : required(common, "validation_context");
        Section authority = validation == null ? null : required(validation, "trusted_ca");
        return authority == null ? null : Path.of(authority.text("filename"));
    }

    private static @Nullable Section only(Section parent, String key) {
        List<Section> all = parent.sections(key);
        if (all.size() != 1) {
            parent.problem(key, "must have one element, not " + all.size());
            return null;
        }
        return all.getFirst();
    }

    private interface NewBuilder {
        Message.Builder builder();
    }

    @SuppressWarnings("unchecked") // The builder and the list are of one type, by the two calls above.
    private static <M extends Message> List<M> parse(List<Section> sections, NewBuilder type) {
        List<M> messages = new ArrayList<>();
        for (Section section : sections) {
            Message.Builder builder = type.builder();
            try {
                XdsTypes.parser().merge(section.json(), builder);
                messages.add((M) builder.build());
            } catch (InvalidProtocolBufferException e) {
                section.problem("cannot be read: " + e.getMessage());
            }
        }
        return messages;
    }

    private @Nullable Resources resources(List<Listener> listeners, List<Cluster> clusters) {
        try {
            return Resources.of(listeners, clusters);
        } catch (InvalidResource e) {
            problems.add("static_resources: " + e.getMessage());
            return null;
        }
    }
}
