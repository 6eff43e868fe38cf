package io.tracery.proxy.xds;

import io.envoyproxy.envoy.config.cluster.v3.Cluster.DiscoveryType;
import io.envoyproxy.envoy.config.core.v3.HealthStatus;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.tracery.proxy.mesh.Cluster;
import io.tracery.proxy.mesh.Endpoint;
import io.tracery.proxy.mesh.UpstreamProtocol;
import io.tracery.proxy.mesh.UpstreamTls;
import io.tracery.proxy.mesh.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code Cluster} and its {@code ClusterLoadAssignment} to {@link Cluster}. */
final class ClusterTranslator {

    private static final Duration UNSET_CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final String HTTP_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

    private ClusterTranslator() {}

    /** The name under which the cluster's endpoints come by EDS, or null where they stand in the cluster itself. */
    static @Nullable String endpointsName(io.envoyproxy.envoy.config.cluster.v3.Cluster cluster) {
        if (cluster.getType() != DiscoveryType.EDS) {
            return null;
        }
        String service = cluster.getEdsClusterConfig().getServiceName();
        return service.isEmpty() ? cluster.getName() : service;
    }

    /** @param discovered the endpoints that came by EDS; of no meaning for a static cluster */
    static Cluster translate(
            io.envoyproxy.envoy.config.cluster.v3.Cluster cluster, @Nullable ClusterLoadAssignment discovered)
            throws InvalidResource {
        String resource = "cluster " + cluster.getName();
        if (cluster.getType() != DiscoveryType.EDS && cluster.getType() != DiscoveryType.STATIC) {
            throw new InvalidResource(resource, "type " + cluster.getType() + " is not supported; STATIC and EDS are");
        }
        ClusterLoadAssignment assignment =
                cluster.getType() == DiscoveryType.STATIC ? cluster.getLoadAssignment() : discovered;
        return new Cluster(
                cluster.getName(),
                XdsTypes.metadata(cluster.getMetadata(), "namespace"),
                XdsTypes.metadata(cluster.getMetadata(), "service"),
                assignment == null ? List.of() : endpoints(assignment),
                cluster.hasConnectTimeout()
                        ? XdsTypes.duration(resource, cluster.getConnectTimeout())
                        : UNSET_CONNECT_TIMEOUT,
                tls(resource, cluster),
                protocol(resource, cluster),
                ClusterPolicyTranslator.translate(resource, cluster));
    }

    static List<Endpoint> endpoints(ClusterLoadAssignment assignment) throws InvalidResource {
        String resource = "endpoints of " + assignment.getClusterName();
        List<Endpoint> endpoints = new ArrayList<>();
        for (LocalityLbEndpoints locality : assignment.getEndpointsList()) {
            for (LbEndpoint endpoint : locality.getLbEndpointsList()) {
                HealthStatus health = endpoint.getHealthStatus();
                if (health == HealthStatus.UNKNOWN || health == HealthStatus.HEALTHY) {
                    endpoints.add(new Endpoint(
                            XdsTypes.socketAddress(
                                    resource, endpoint.getEndpoint().getAddress()),
                            new Workload(
                                    XdsTypes.metadata(endpoint.getMetadata(), "namespace"),
                                    XdsTypes.metadata(endpoint.getMetadata(), "workload"),
                                    XdsTypes.metadata(endpoint.getMetadata(), "version"),
                                    XdsTypes.metadata(endpoint.getMetadata(), "identity")),
                            Math.max(
                                    1,
                                    XdsTypes.weight(
                                            resource,
                                            endpoint.getLoadBalancingWeight().getValue())),
                            locality.getLocality().getZone(),
                            XdsTypes.metadata(endpoint.getMetadata(), "for_zones", ",")));
                }
            }
        }
        return endpoints;
    }

    private static @Nullable UpstreamTls tls(String resource, io.envoyproxy.envoy.config.cluster.v3.Cluster cluster)
            throws InvalidResource {
        if (!cluster.hasTransportSocket()) {
            return null;
        }
        CommonTlsContext context = XdsTypes.unpack(
                        resource, cluster.getTransportSocket().getTypedConfig(), UpstreamTlsContext.class)
                .getCommonTlsContext();
        TlsContexts.check(resource, context);
        CertificateValidationContext validation =
                context.getCombinedValidationContext().getDefaultValidationContext();
        Set<String> identities = new HashSet<>();
        for (SubjectAltNameMatcher matcher : validation.getMatchTypedSubjectAltNamesList()) {
            if (matcher.getSanType() != SubjectAltNameMatcher.SanType.URI
                    || !matcher.getMatcher().hasExact()) {
                throw new InvalidResource(resource, "match_typed_subject_alt_names must be exact URIs");
            }
            identities.add(matcher.getMatcher().getExact());
        }
        if (identities.isEmpty()) {
            throw new InvalidResource(
                    resource, "TLS needs match_typed_subject_alt_names: the SPIFFE IDs that its endpoints may have");
        }
        return new UpstreamTls(identities);
    }

    private static UpstreamProtocol protocol(String resource, io.envoyproxy.envoy.config.cluster.v3.Cluster cluster)
            throws InvalidResource {
        var any = cluster.getTypedExtensionProtocolOptionsMap().get(HTTP_OPTIONS);
        if (any == null) {
            return UpstreamProtocol.HTTP1;
        }
        HttpProtocolOptions options = XdsTypes.unpack(resource, any, HttpProtocolOptions.class);
        return switch (options.getUpstreamProtocolOptionsCase()) {
            case USE_DOWNSTREAM_PROTOCOL_CONFIG -> sameAsDownstream(resource, cluster);
            case EXPLICIT_HTTP_CONFIG ->
                options.getExplicitHttpConfig().hasHttp2ProtocolOptions()
                        ? UpstreamProtocol.HTTP2
                        : UpstreamProtocol.HTTP1;
            case UPSTREAMPROTOCOLOPTIONS_NOT_SET ->
                throw new InvalidResource(
                        resource, "HttpProtocolOptions needs explicit_http_config or use_downstream_protocol_config");
        };
    }

    /** Envoy has no word for two sidecars' agreement on how HTTP/1.1 travels between them. */
    private static UpstreamProtocol sameAsDownstream(
            String resource, io.envoyproxy.envoy.config.cluster.v3.Cluster cluster) throws InvalidResource {
        String travels = XdsTypes.metadata(cluster.getMetadata(), "http1_travels_as");
        return switch (travels) {
            case "" -> UpstreamProtocol.SAME_AS_DOWNSTREAM;
            case "http2" -> UpstreamProtocol.BETWEEN_SIDECARS;
            default -> throw new InvalidResource(resource, "metadata http1_travels_as is http2, not " + travels);
        };
    }
}
