package io.tracery.controlplane.xds;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.Http1ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.Locality;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.tracery.controlplane.api.XdsNames;
import io.tracery.controlplane.model.AppProtocol;
import io.tracery.controlplane.model.BackendPolicy;
import io.tracery.controlplane.model.Endpoint;
import io.tracery.controlplane.model.MeshModel;
import io.tracery.controlplane.model.Name;
import io.tracery.controlplane.model.Service;
import io.tracery.controlplane.model.Sidecar;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Services as clusters with their endpoints; the application beside a proxy as a cluster of its own. */
final class ClusterResources {

    /** Handshake included; Envoy's default. A process that has just started is slow with its first. */
    private static final Duration CONNECT = Duration.newBuilder().setSeconds(5).build();

    /** Both ends are sidecars, which agree on it; see the proxy's NextHop. */
    private static final List<String> HTTP1_AS_HTTP2 = List.of("http1_travels_as", "http2");

    private static final String HTTP_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

    private final MeshModel model;
    private final String trustDomain;

    ClusterResources(MeshModel model, String trustDomain) {
        this.model = model;
        this.trustDomain = trustDomain;
    }

    Cluster outbound(Name service, Service.Port port) {
        BackendPolicy.Settings settings = model.backendSettings(service, port);
        Cluster.Builder cluster = base(XdsNames.outbound(service.namespace(), service.name(), port.port()))
                .setType(Cluster.DiscoveryType.EDS)
                .setEdsClusterConfig(Cluster.EdsClusterConfig.newBuilder().setEdsConfig(ads()))
                .setConnectTimeout(CONNECT);
        PolicyResources.apply(cluster, settings);
        speak(cluster, port.protocol());
        Set<String> identities = new TreeSet<>();
        for (Endpoint endpoint : model.endpoints(service, port.name())) {
            Sidecar sidecar = sidecar(endpoint);
            if (sidecar != null) {
                identities.add(sidecar.identity(trustDomain));
            }
        }
        if (!identities.isEmpty()) {
            cluster.setTransportSocket(Tls.upstream(identities));
        }
        boolean upgrades = !identities.isEmpty()
                && port.protocol() == AppProtocol.HTTP
                && settings.http1() == BackendPolicy.Http1Travel.AS_HTTP2;
        return cluster.setMetadata(metadata(service, settings, upgrades ? HTTP1_AS_HTTP2 : List.of()))
                .build();
    }

    ClusterLoadAssignment endpoints(Name service, Service.Port port) {
        ClusterLoadAssignment.Builder assignment = ClusterLoadAssignment.newBuilder()
                .setClusterName(XdsNames.outbound(service.namespace(), service.name(), port.port()));
        Map<String, LocalityLbEndpoints.Builder> zones = new TreeMap<>();
        for (Endpoint endpoint : model.endpoints(service, port.name())) {
            zones.computeIfAbsent(
                            endpoint.zone(),
                            zone -> LocalityLbEndpoints.newBuilder()
                                    .setLocality(Locality.newBuilder().setZone(zone))
                                    .setLoadBalancingWeight(UInt32Value.of(1)))
                    .addLbEndpoints(LbEndpoint.newBuilder()
                            .setEndpoint(io.envoyproxy.envoy.config.endpoint.v3.Endpoint.newBuilder()
                                    .setAddress(Metadatas.address(endpoint.address(), endpoint.port())))
                            .setMetadata(metadata(endpoint)));
        }
        zones.values().forEach(assignment::addEndpoints);
        return assignment.build();
    }

    Cluster inbound(Sidecar sidecar, Sidecar.Inbound inbound) {
        Cluster.Builder cluster = base(XdsNames.inbound(inbound.forwardPort()))
                .setType(Cluster.DiscoveryType.STATIC)
                .setConnectTimeout(CONNECT)
                .setMetadata(metadata(sidecar, inbound))
                .setLoadAssignment(ClusterLoadAssignment.newBuilder()
                        .setClusterName(XdsNames.inbound(inbound.forwardPort()))
                        .addEndpoints(LocalityLbEndpoints.newBuilder()
                                .addLbEndpoints(LbEndpoint.newBuilder()
                                        .setEndpoint(io.envoyproxy.envoy.config.endpoint.v3.Endpoint.newBuilder()
                                                .setAddress(Metadatas.address(
                                                        inbound.forwardHost(), inbound.forwardPort()))))));
        speak(cluster, inbound.protocol());
        return cluster.build();
    }

    private static Metadata metadata(Sidecar sidecar, Sidecar.Inbound inbound) {
        List<String> pairs =
                new ArrayList<>(List.of("namespace", sidecar.name().namespace(), "service", sidecar.workload()));
        Sidecar.Concurrency concurrency = inbound.concurrency();
        if (concurrency != null) {
            pairs.addAll(List.of("concurrency_least", Integer.toString(concurrency.least())));
            pairs.addAll(List.of("concurrency_most", Integer.toString(concurrency.most())));
            pairs.addAll(List.of("concurrency_critical_paths", String.join(" ", concurrency.criticalPaths())));
            if (!concurrency.priorityHeader().isEmpty()) {
                pairs.addAll(List.of("concurrency_priority_header", concurrency.priorityHeader()));
            }
        }
        return Metadatas.of(pairs.toArray(String[]::new));
    }

    private static Metadata metadata(Name service, BackendPolicy.Settings settings, List<String> more) {
        List<String> pairs = new ArrayList<>(List.of("namespace", service.namespace(), "service", service.name()));
        pairs.addAll(PolicyResources.metadata(settings));
        pairs.addAll(more);
        return Metadatas.of(pairs.toArray(String[]::new));
    }

    private static Cluster.Builder base(String name) {
        return Cluster.newBuilder().setName(name).setLbPolicy(Cluster.LbPolicy.LEAST_REQUEST);
    }

    private static void speak(Cluster.Builder cluster, AppProtocol protocol) {
        HttpProtocolOptions.Builder options = HttpProtocolOptions.newBuilder();
        switch (protocol) {
            case HTTP, AUTO ->
                options.setUseDownstreamProtocolConfig(HttpProtocolOptions.UseDownstreamHttpConfig.newBuilder()
                        .setHttpProtocolOptions(Http1ProtocolOptions.getDefaultInstance())
                        .setHttp2ProtocolOptions(Http2ProtocolOptions.getDefaultInstance()));
            case HTTP2 ->
                options.setExplicitHttpConfig(HttpProtocolOptions.ExplicitHttpConfig.newBuilder()
                        .setHttp2ProtocolOptions(Http2ProtocolOptions.getDefaultInstance()));
            case TCP, TLS -> {
                return;
            }
        }
        cluster.putTypedExtensionProtocolOptions(HTTP_OPTIONS, Any.pack(options.build()));
    }

    private Metadata metadata(Endpoint endpoint) {
        Sidecar sidecar = sidecar(endpoint);
        List<String> pairs = new ArrayList<>();
        if (sidecar == null) {
            pairs.addAll(List.of("namespace", endpoint.service().namespace()));
            pairs.addAll(List.of("workload", endpoint.service().name()));
        } else {
            pairs.addAll(List.of("namespace", sidecar.name().namespace()));
            pairs.addAll(List.of("workload", sidecar.workload()));
            pairs.addAll(List.of("version", sidecar.version()));
            pairs.addAll(List.of("identity", sidecar.identity(trustDomain)));
        }
        if (!endpoint.hintedZones().isEmpty()) {
            pairs.addAll(List.of("for_zones", String.join(",", endpoint.hintedZones())));
        }
        return Metadatas.of(pairs.toArray(String[]::new));
    }

    private @Nullable Sidecar sidecar(Endpoint endpoint) {
        return endpoint.sidecar().isEmpty()
                ? null
                : model.sidecars().get(new Name(endpoint.service().namespace(), endpoint.sidecar()));
    }

    static ConfigSource ads() {
        return ConfigSource.newBuilder()
                .setResourceApiVersion(ApiVersion.V3)
                .setAds(AggregatedConfigSource.getDefaultInstance())
                .build();
    }
}
