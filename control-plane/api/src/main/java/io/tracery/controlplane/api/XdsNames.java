package io.tracery.controlplane.api;

/** Names that both ends of xDS write the same way. */
public final class XdsNames {

    /** Key of {@code filter_metadata} that carries what is ours. */
    public static final String METADATA = "io.tracery";

    /** SDS name of the proxy's own certificate, which the proxy answers itself. */
    public static final String CERTIFICATE_SECRET = "default";

    /** SDS name of the mesh's trust anchor, which the proxy answers itself. */
    public static final String TRUST_ANCHOR_SECRET = "ROOTCA";

    /** HTTP filters by which routes say more ({@code typed_per_filter_config}). */
    public static final String FAULT_FILTER = "envoy.filters.http.fault";

    public static final String RATE_LIMIT_FILTER = "envoy.filters.http.local_ratelimit";

    /** The caller's SPIFFE ID in Envoy's language of expressions; the one expression that proxies know. */
    public static final String CALLER_IDENTITY = "connection.uri_san_peer_certificate";

    public static final String LISTENER_TYPE = "type.googleapis.com/envoy.config.listener.v3.Listener";
    public static final String ROUTE_TYPE = "type.googleapis.com/envoy.config.route.v3.RouteConfiguration";
    public static final String CLUSTER_TYPE = "type.googleapis.com/envoy.config.cluster.v3.Cluster";
    public static final String ENDPOINT_TYPE = "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment";

    private XdsNames() {}

    /** Listener and route configuration of an application's own port. */
    public static String inbound(int port) {
        return "inbound/" + port;
    }

    /** Listener, route configuration and cluster of a service's port. */
    public static String outbound(String namespace, String service, int port) {
        return "outbound/" + service + "." + namespace + "/" + port;
    }

    /** Node id of the proxy that a Sidecar object describes. */
    public static String nodeId(String namespace, String sidecar) {
        return "sidecar~" + namespace + "/" + sidecar;
    }
}
