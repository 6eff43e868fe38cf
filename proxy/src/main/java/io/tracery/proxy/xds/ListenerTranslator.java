package io.tracery.proxy.xds;

import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.core.v3.TrafficDirection;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.envoyproxy.envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.CodecType;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.tracery.proxy.mesh.Direction;
import io.tracery.proxy.mesh.DownstreamTls;
import io.tracery.proxy.mesh.Listener;
import io.tracery.proxy.route.ClusterSplit;
import io.tracery.proxy.route.ClusterSplit.Share;
import io.tracery.proxy.route.RouteTable;
import io.tracery.proxy.route.ServerNames;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code Listener} to {@link Listener}. */
final class ListenerTranslator {

    /** What Envoy's http_inspector may find. */
    private static final Set<String> HTTP = Set.of("http/1.0", "http/1.1", "h2c");

    /** As long as Envoy waits by default. */
    private static final Duration UNSET_GREETING = Duration.ofSeconds(15);

    private static final Pattern SERVER_NAME =
            Pattern.compile("(\\*\\.)?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*");

    private final io.envoyproxy.envoy.config.listener.v3.Listener listener;
    private final String resource;

    /** The chains for connections that are found to speak HTTP; none where the listener does not ask. */
    private final List<FilterChain> found = new ArrayList<>();

    /** The chains for connections whose own TLS asks for certain servers. */
    private final List<FilterChain> named = new ArrayList<>();

    /** The others. */
    private final List<FilterChain> chains = new ArrayList<>();

    private ListenerTranslator(io.envoyproxy.envoy.config.listener.v3.Listener listener) {
        this.listener = listener;
        this.resource = "listener " + listener.getName();
        for (FilterChain chain : listener.getFilterChainsList()) {
            FilterChainMatch match = chain.getFilterChainMatch();
            boolean asks = match.getApplicationProtocolsCount() > 0;
            (match.getServerNamesCount() > 0 ? named : asks ? found : chains).add(chain);
        }
    }

    /** Checks everything but the routes, which come on their own. */
    static void check(io.envoyproxy.envoy.config.listener.v3.Listener listener) throws InvalidResource {
        ListenerTranslator translator = new ListenerTranslator(listener);
        HttpConnectionManager http = translator.http();
        translator.build(http == null ? null : new RouteTable("", List.of()));
        if (http != null && http.hasRouteConfig()) {
            RouteTranslator.translate(http.getRouteConfig());
        }
    }

    /** The route configuration that the listener asks for by RDS, or null where it has none or brings its own. */
    static @Nullable String routesName(io.envoyproxy.envoy.config.listener.v3.Listener listener)
            throws InvalidResource {
        HttpConnectionManager http = new ListenerTranslator(listener).http();
        return http != null && http.hasRds() ? http.getRds().getRouteConfigName() : null;
    }

    /** @return null while the listener's routes have not come */
    static @Nullable Listener translate(
            io.envoyproxy.envoy.config.listener.v3.Listener listener, Map<String, RouteTable> routes)
            throws InvalidResource {
        ListenerTranslator translator = new ListenerTranslator(listener);
        HttpConnectionManager http = translator.http();
        if (http == null) {
            return translator.build(/* routes= */ null);
        }
        RouteTable table = http.hasRds()
                ? routes.get(http.getRds().getRouteConfigName())
                : RouteTranslator.translate(http.getRouteConfig());
        return table == null ? null : translator.build(table);
    }

    private Listener build(@Nullable RouteTable routes) throws InvalidResource {
        return new Listener(
                listener.getName(),
                direction(),
                XdsTypes.socketAddress(resource, listener.getAddress()),
                tls(),
                handler(routes));
    }

    private Listener.Handler handler(@Nullable RouteTable routes) throws InvalidResource {
        if (passesTls()) {
            return new Listener.Handler.Tls(serverNames());
        }
        if (found.isEmpty()) {
            return routes == null ? new Listener.Handler.Tcp(tcpSplit(chains)) : new Listener.Handler.Http(routes);
        }
        for (FilterChain chain : found) {
            List<String> protocols = chain.getFilterChainMatch().getApplicationProtocolsList();
            if (!Set.copyOf(protocols).equals(HTTP)) {
                throw new InvalidResource(
                        resource,
                        "filter_chain_match.application_protocols must be all of " + new TreeSet<>(HTTP) + ", not "
                                + protocols);
            }
        }
        if (routes == null) {
            throw new InvalidResource(
                    resource, "filter chains with application_protocols need an HttpConnectionManager");
        }
        if (!listener.getContinueOnListenerFiltersTimeout()) {
            throw new InvalidResource(
                    resource,
                    "continue_on_listener_filters_timeout must be true where application_protocols are matched: a silent"
                            + " client's server may speak first");
        }
        Duration greeting = listener.hasListenerFiltersTimeout()
                ? XdsTypes.duration(resource, listener.getListenerFiltersTimeout())
                : UNSET_GREETING;
        return new Listener.Handler.Auto(routes, tcpSplit(chains), greeting);
    }

    /** TLS that is not ours is looked into, not opened: an inspector, and no chain that would open it. */
    private boolean passesTls() {
        return !named.isEmpty()
                || (looksIntoTls()
                        && listener.getFilterChainsList().stream().noneMatch(FilterChain::hasTransportSocket)
                        && found.isEmpty());
    }

    private boolean looksIntoTls() {
        return listener.getListenerFiltersList().stream()
                .anyMatch(filter -> filter.getTypedConfig().is(TlsInspector.class));
    }

    private ServerNames serverNames() throws InvalidResource {
        if (!looksIntoTls()) {
            throw new InvalidResource(
                    resource, "filter_chain_match.server_names needs the listener filter tls_inspector");
        }
        Map<String, ClusterSplit> names = new HashMap<>();
        for (FilterChain chain : named) {
            FilterChainMatch match = chain.getFilterChainMatch();
            if (chain.hasTransportSocket() || match.getApplicationProtocolsCount() > 0) {
                throw new InvalidResource(
                        resource,
                        "a filter chain with server_names has neither a transport_socket nor application_protocols");
            }
            ClusterSplit split = tcpSplit(List.of(chain));
            for (String name : match.getServerNamesList()) {
                if (!SERVER_NAME.matcher(name).matches() || names.put(name, split) != null) {
                    throw new InvalidResource(
                            resource,
                            "server_names: \"" + name
                                    + "\" stands there twice, or is no host name in lower case, itself"
                                    + " or after \"*.\"");
                }
            }
        }
        return new ServerNames(names, chains.isEmpty() ? null : tcpSplit(chains));
    }

    private Direction direction() throws InvalidResource {
        return switch (listener.getTrafficDirection()) {
            case INBOUND -> Direction.INBOUND;
            case OUTBOUND -> Direction.OUTBOUND;
            default ->
                throw new InvalidResource(
                        resource,
                        "traffic_direction must be " + TrafficDirection.INBOUND + " or " + TrafficDirection.OUTBOUND);
        };
    }

    private DownstreamTls tls() throws InvalidResource {
        if (passesTls() && chains.isEmpty()) {
            return DownstreamTls.NONE;
        }
        DownstreamTls tls = tls(chains);
        if (!found.isEmpty() && tls(found) != tls) {
            throw new InvalidResource(
                    resource, "filter chains with application_protocols and those without must have the same TLS");
        }
        return tls;
    }

    private DownstreamTls tls(List<FilterChain> chains) throws InvalidResource {
        int plain = 0;
        int encrypted = 0;
        for (FilterChain chain : chains) {
            String protocol = chain.getFilterChainMatch().getTransportProtocol();
            if (!protocol.isEmpty() && !protocol.equals(chain.hasTransportSocket() ? "tls" : "raw_buffer")) {
                throw new InvalidResource(
                        resource,
                        "filter_chain_match.transport_protocol must be tls for a chain with TLS and raw_buffer without, "
                                + "not " + protocol);
            }
            if (chain.hasTransportSocket()) {
                encrypted++;
                DownstreamTlsContext context = XdsTypes.unpack(
                        resource, chain.getTransportSocket().getTypedConfig(), DownstreamTlsContext.class);
                if (!context.getRequireClientCertificate().getValue()) {
                    throw new InvalidResource(resource, "TLS without require_client_certificate is not supported");
                }
                TlsContexts.check(resource, context.getCommonTlsContext());
            } else {
                plain++;
            }
        }
        if (plain > 1 || encrypted > 1 || plain + encrypted == 0) {
            throw new InvalidResource(resource, "one filter chain with TLS, one without, or one of each is supported");
        }
        return encrypted == 0 ? DownstreamTls.NONE : plain == 0 ? DownstreamTls.STRICT : DownstreamTls.PERMISSIVE;
    }

    /** The one network filter, the same in every chain. */
    private Filter filter(List<FilterChain> chains) throws InvalidResource {
        if (chains.isEmpty()) {
            throw new InvalidResource(
                    resource, "has no filter chain" + (found.isEmpty() ? "" : " without application_protocols"));
        }
        List<Filter> filters = chains.getFirst().getFiltersList();
        for (FilterChain chain : chains) {
            if (chain.getFiltersCount() != 1 || !chain.getFiltersList().equals(filters)) {
                throw new InvalidResource(resource, "every filter chain has one network filter, the same in each");
            }
        }
        return filters.getFirst();
    }

    /** Null where the filter is not HTTP's. */
    private @Nullable HttpConnectionManager http() throws InvalidResource {
        if (passesTls()) {
            return null;
        }
        Filter filter = filter(found.isEmpty() ? chains : found);
        if (!filter.getTypedConfig().is(HttpConnectionManager.class)) {
            return null;
        }
        HttpConnectionManager http = XdsTypes.unpack(resource, filter.getTypedConfig(), HttpConnectionManager.class);
        if (http.getCodecType() != CodecType.AUTO) {
            throw new InvalidResource(resource, "codec_type must be AUTO: HTTP versions are told apart by their bytes");
        }
        for (HttpFilter httpFilter : http.getHttpFiltersList()) {
            Any config = httpFilter.getTypedConfig();
            // What routes say more needs the filter to be there; said for all of them it would be for none in
            // particular.
            boolean forRoutes = (config.is(HTTPFault.class) && config.getValue().isEmpty())
                    || (config.is(LocalRateLimit.class) && limitsNothing(config));
            if (!config.is(Router.class) && !forRoutes) {
                throw new InvalidResource(resource, "http_filters: " + httpFilter.getName() + " is not supported");
            }
        }
        if (!http.hasRds() && !http.hasRouteConfig()) {
            throw new InvalidResource(resource, "needs rds or route_config");
        }
        return http;
    }

    private boolean limitsNothing(Any config) throws InvalidResource {
        return XdsTypes.unpack(resource, config, LocalRateLimit.class).toBuilder()
                .clearStatPrefix()
                .build()
                .equals(LocalRateLimit.getDefaultInstance());
    }

    private ClusterSplit tcpSplit(List<FilterChain> chains) throws InvalidResource {
        TcpProxy tcp = XdsTypes.unpack(resource, filter(chains).getTypedConfig(), TcpProxy.class);
        List<Share> shares = new ArrayList<>();
        switch (tcp.getClusterSpecifierCase()) {
            case CLUSTER -> shares.add(new Share(tcp.getCluster(), 1));
            case WEIGHTED_CLUSTERS -> {
                for (var share : tcp.getWeightedClusters().getClustersList()) {
                    shares.add(new Share(share.getName(), XdsTypes.weight(resource, share.getWeight())));
                }
            }
            case CLUSTERSPECIFIER_NOT_SET ->
                throw new InvalidResource(resource, "tcp_proxy needs cluster or weighted_clusters");
        }
        return new ClusterSplit(shares, HashPolicyTranslator.bySource(resource, tcp.getHashPolicyList()));
    }
}
