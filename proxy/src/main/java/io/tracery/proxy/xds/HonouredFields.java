package io.tracery.proxy.xds;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The fields of Envoy's messages that the proxy honours. Whatever else is set in a resource is refused by name, so that
 * no one waits for an effect that does not come. It reads the bytes rather than the messages: protobuf's reflection would
 * load an accessor for every field of Envoy's API into every sidecar.
 */
final class HonouredFields {

    /**
     * One message a line. Present without an effect, because they cannot change what happens to a request here: names and
     * {@code stat_prefix} (metrics have names of their own), {@code resource_api_version} and the config sources (all is
     * ADS), {@code alpn_protocols} and TLS versions (always TLS 1.3, h2 and http/1.1), options of HTTP versions,
     * {@code tls_inspector} and {@code http_inspector} (always done where chains ask), {@code runtime_key} (there is no runtime), the weight of a locality (Envoy too ignores it with this balancing).
     */
    private static final Map<String, Set<String>> HONOURED = table("""
            envoy.config.listener.v3.Listener: name address traffic_direction listener_filters listener_filters_timeout continue_on_listener_filters_timeout filter_chains stat_prefix
            envoy.config.listener.v3.ListenerFilter: name typed_config
            envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector:
            envoy.extensions.filters.listener.http_inspector.v3.HttpInspector:
            envoy.config.listener.v3.FilterChain: name filter_chain_match filters transport_socket
            envoy.config.listener.v3.FilterChainMatch: transport_protocol application_protocols server_names
            envoy.config.listener.v3.Filter: name typed_config
            envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager: stat_prefix codec_type rds route_config http_filters
            envoy.extensions.filters.network.http_connection_manager.v3.Rds: config_source route_config_name
            envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter: name typed_config
            envoy.extensions.filters.http.router.v3.Router:
            envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy: stat_prefix cluster weighted_clusters
            envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.WeightedCluster: clusters
            envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.WeightedCluster.ClusterWeight: name weight
            envoy.config.core.v3.TransportSocket: name typed_config
            envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext: common_tls_context require_client_certificate
            envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext: common_tls_context
            envoy.extensions.transport_sockets.tls.v3.CommonTlsContext: tls_params alpn_protocols tls_certificate_sds_secret_configs validation_context_sds_secret_config combined_validation_context
            envoy.extensions.transport_sockets.tls.v3.CommonTlsContext.CombinedCertificateValidationContext: default_validation_context validation_context_sds_secret_config
            envoy.extensions.transport_sockets.tls.v3.TlsParameters: tls_minimum_protocol_version tls_maximum_protocol_version
            envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig: name sds_config
            envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext: match_typed_subject_alt_names
            envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher: san_type matcher
            envoy.type.matcher.v3.StringMatcher: exact safe_regex
            envoy.config.core.v3.ConfigSource: ads self resource_api_version initial_fetch_timeout
            envoy.config.core.v3.AggregatedConfigSource:
            envoy.config.core.v3.SelfConfigSource: transport_api_version
            envoy.config.core.v3.Address: socket_address
            envoy.config.core.v3.SocketAddress: address port_value
            envoy.config.core.v3.Metadata: filter_metadata
            envoy.config.route.v3.RouteConfiguration: name virtual_hosts
            envoy.config.route.v3.VirtualHost: name domains routes
            envoy.config.route.v3.Route: name match route redirect metadata typed_per_filter_config request_headers_to_add request_headers_to_remove response_headers_to_add response_headers_to_remove
            envoy.config.route.v3.RouteMatch: prefix path path_separated_prefix safe_regex headers query_parameters
            envoy.config.route.v3.HeaderMatcher: name string_match
            envoy.config.route.v3.QueryParameterMatcher: name string_match
            envoy.type.matcher.v3.RegexMatcher: regex
            envoy.config.route.v3.RouteAction: cluster weighted_clusters timeout retry_policy host_rewrite_literal prefix_rewrite regex_rewrite request_mirror_policies hash_policy hedge_policy
            envoy.config.route.v3.HedgePolicy: hedge_on_per_try_timeout
            envoy.config.route.v3.RouteAction.HashPolicy: header cookie connection_properties terminal
            envoy.config.route.v3.RouteAction.HashPolicy.Header: header_name
            envoy.config.route.v3.RouteAction.HashPolicy.Cookie: name ttl path
            envoy.config.route.v3.RouteAction.HashPolicy.ConnectionProperties: source_ip
            envoy.config.route.v3.WeightedCluster: clusters
            envoy.config.route.v3.WeightedCluster.ClusterWeight: name weight host_rewrite_literal request_headers_to_add request_headers_to_remove response_headers_to_add response_headers_to_remove
            envoy.config.route.v3.RouteAction.RequestMirrorPolicy: cluster runtime_fraction disable_shadow_host_suffix_append
            envoy.config.route.v3.RedirectAction: https_redirect scheme_redirect host_redirect port_redirect path_redirect prefix_rewrite regex_rewrite response_code strip_query
            envoy.config.core.v3.HeaderValueOption: header append_action
            envoy.config.core.v3.HeaderValue: key value
            envoy.config.core.v3.RuntimeFractionalPercent: default_value
            envoy.type.v3.FractionalPercent: numerator denominator
            envoy.type.matcher.v3.RegexMatchAndSubstitute: pattern substitution
            envoy.config.route.v3.RetryPolicy: retry_on num_retries per_try_timeout retriable_status_codes retry_back_off rate_limited_retry_back_off
            envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit: stat_prefix status token_bucket filter_enabled filter_enforced descriptors enable_x_ratelimit_headers rate_limited_as_resource_exhausted rate_limits max_dynamic_descriptors
            envoy.type.v3.HttpStatus: code
            envoy.type.v3.TokenBucket: max_tokens tokens_per_fill fill_interval
            envoy.extensions.common.ratelimit.v3.LocalRateLimitDescriptor: entries token_bucket
            envoy.extensions.common.ratelimit.v3.RateLimitDescriptor.Entry: key
            envoy.config.route.v3.RateLimit: actions
            envoy.config.route.v3.RateLimit.Action: request_headers remote_address extension
            envoy.config.route.v3.RateLimit.Action.RequestHeaders: header_name descriptor_key
            envoy.config.route.v3.RateLimit.Action.RemoteAddress:
            envoy.config.core.v3.TypedExtensionConfig: name typed_config
            envoy.extensions.rate_limit_descriptors.expr.v3.Descriptor: descriptor_key text
            envoy.extensions.filters.http.fault.v3.HTTPFault: delay abort response_rate_limit headers
            envoy.extensions.filters.http.fault.v3.FaultAbort: http_status grpc_status percentage
            envoy.extensions.filters.common.fault.v3.FaultDelay: fixed_delay percentage
            envoy.extensions.filters.common.fault.v3.FaultRateLimit: fixed_limit percentage
            envoy.extensions.filters.common.fault.v3.FaultRateLimit.FixedLimit: limit_kbps
            envoy.config.route.v3.RetryPolicy.RetryBackOff: base_interval max_interval
            envoy.config.route.v3.RetryPolicy.RateLimitedRetryBackOff: reset_headers max_interval
            envoy.config.route.v3.RetryPolicy.ResetHeader: name format
            envoy.config.cluster.v3.Cluster: name alt_stat_name type eds_cluster_config connect_timeout lb_policy load_assignment transport_socket typed_extension_protocol_options metadata least_request_lb_config round_robin_lb_config ring_hash_lb_config maglev_lb_config common_lb_config outlier_detection circuit_breakers
            envoy.config.cluster.v3.Cluster.EdsClusterConfig: eds_config service_name
            envoy.config.cluster.v3.Cluster.LeastRequestLbConfig: choice_count slow_start_config
            envoy.config.cluster.v3.Cluster.RoundRobinLbConfig: slow_start_config
            envoy.config.cluster.v3.Cluster.SlowStartConfig: slow_start_window aggression min_weight_percent
            envoy.config.core.v3.RuntimeDouble: default_value runtime_key
            envoy.type.v3.Percent: value
            envoy.config.cluster.v3.Cluster.RingHashLbConfig: minimum_ring_size maximum_ring_size
            envoy.config.cluster.v3.Cluster.MaglevLbConfig: table_size
            envoy.config.cluster.v3.Cluster.CommonLbConfig: healthy_panic_threshold zone_aware_lb_config
            envoy.config.cluster.v3.Cluster.CommonLbConfig.ZoneAwareLbConfig: routing_enabled
            envoy.config.cluster.v3.CircuitBreakers: thresholds
            envoy.config.cluster.v3.CircuitBreakers.Thresholds: priority max_connections max_pending_requests max_requests max_retries
            envoy.config.cluster.v3.OutlierDetection: consecutive_5xx enforcing_consecutive_5xx consecutive_gateway_failure enforcing_consecutive_gateway_failure split_external_local_origin_errors consecutive_local_origin_failure enforcing_consecutive_local_origin_failure enforcing_success_rate enforcing_local_origin_success_rate failure_percentage_threshold enforcing_failure_percentage failure_percentage_minimum_hosts failure_percentage_request_volume interval base_ejection_time max_ejection_time max_ejection_time_jitter max_ejection_percent always_eject_one_host
            envoy.config.endpoint.v3.ClusterLoadAssignment: cluster_name endpoints
            envoy.config.endpoint.v3.LocalityLbEndpoints: locality lb_endpoints load_balancing_weight
            envoy.config.core.v3.Locality: region zone sub_zone
            envoy.config.endpoint.v3.LbEndpoint: endpoint health_status metadata load_balancing_weight
            envoy.config.endpoint.v3.Endpoint: address
            envoy.extensions.upstreams.http.v3.HttpProtocolOptions: explicit_http_config use_downstream_protocol_config
            envoy.extensions.upstreams.http.v3.HttpProtocolOptions.ExplicitHttpConfig: http_protocol_options http2_protocol_options
            envoy.extensions.upstreams.http.v3.HttpProtocolOptions.UseDownstreamHttpConfig: http_protocol_options http2_protocol_options
            envoy.config.core.v3.Http1ProtocolOptions:
            envoy.config.core.v3.Http2ProtocolOptions:
            """);

    private static final Set<String> MAP_ENTRY = Set.of("key", "value");

    private final String resource;

    private HonouredFields(String resource) {
        this.resource = resource;
    }

    /** @throws InvalidResource naming the first field that has no effect here */
    static void check(String resource, Message message) throws InvalidResource {
        new HonouredFields(resource).check("", message.getDescriptorForType(), message.toByteString());
    }

    private void check(String path, Descriptor type, ByteString bytes) throws InvalidResource {
        Set<String> honoured =
                type.getOptions().getMapEntry() ? MAP_ENTRY : HONOURED.getOrDefault(type.getFullName(), Set.of());
        try {
            CodedInputStream input = bytes.newCodedInput();
            for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
                FieldDescriptor field = type.findFieldByNumber(WireFormat.getTagFieldNumber(tag));
                String at = path
                        + (path.isEmpty() ? "" : ".")
                        + (field == null ? "field " + WireFormat.getTagFieldNumber(tag) : field.getName());
                if (field == null || !honoured.contains(field.getName())) {
                    throw new InvalidResource(resource, at + " is not supported");
                }
                if (field.getType() == FieldDescriptor.Type.MESSAGE && !isOpaque(field.getMessageType())) {
                    below(at, field.getMessageType(), input.readBytes());
                } else {
                    input.skipField(tag);
                }
            }
        } catch (IOException e) {
            throw new InvalidResource(resource, type.getFullName() + " cannot be read: " + e.getMessage());
        }
    }

    private void below(String path, Descriptor type, ByteString bytes) throws InvalidResource {
        if (!type.equals(Any.getDescriptor())) {
            check(path, type, bytes);
            return;
        }
        try {
            Any any = Any.parseFrom(bytes);
            Descriptor inner = XdsTypes.describe(any);
            if (inner == null || !HONOURED.containsKey(inner.getFullName())) {
                throw new InvalidResource(resource, path + ": " + any.getTypeUrl() + " is not supported");
            }
            check(path, inner, any.getValue());
        } catch (InvalidProtocolBufferException e) {
            throw new InvalidResource(resource, path + " cannot be read: " + e.getMessage());
        }
    }

    /** Wrappers, durations and free-form metadata: they have no fields that could go unheard. */
    private static boolean isOpaque(Descriptor type) {
        return type.getFile().getPackage().equals("google.protobuf") && !type.equals(Any.getDescriptor());
    }

    private static Map<String, Set<String>> table(String lines) {
        Map<String, Set<String>> table = new HashMap<>();
        lines.lines().forEach(line -> {
            int colon = line.indexOf(':');
            String fields = line.substring(colon + 1).strip();
            table.put(line.substring(0, colon), fields.isEmpty() ? Set.of() : Set.of(fields.split(" ")));
        });
        return table;
    }
}
