package io.tracery.proxy.xds;

import io.envoyproxy.envoy.config.route.v3.RetryPolicy.RateLimitedRetryBackOff;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy.ResetHeaderFormat;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import io.tracery.proxy.route.Backoff;
import io.tracery.proxy.route.ClusterSplit;
import io.tracery.proxy.route.ClusterSplit.Share;
import io.tracery.proxy.route.Hedge;
import io.tracery.proxy.route.RetryPolicy;
import io.tracery.proxy.route.RetryPolicy.Condition;
import io.tracery.proxy.route.Route;
import io.tracery.proxy.route.RouteMatch;
import io.tracery.proxy.route.RouteTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** {@code RouteConfiguration} to {@link RouteTable}. What a route asks for and the proxy does not do is an error. */
final class RouteTranslator {

    /** What Envoy takes when a route says nothing of its timeout. */
    private static final Duration UNSET_TIMEOUT = Duration.ofSeconds(15);

    private static final int MOST_RETRIES = 25;
    private static final Duration MOST_BACKOFF = Duration.ofMinutes(10);

    private final String resource;

    private RouteTranslator(String resource) {
        this.resource = resource;
    }

    static RouteTable translate(RouteConfiguration configuration) throws InvalidResource {
        return new RouteTranslator("route configuration " + configuration.getName()).table(configuration);
    }

    private RouteTable table(RouteConfiguration configuration) throws InvalidResource {
        if (configuration.getVirtualHostsCount() != 1
                || !configuration.getVirtualHosts(0).getDomainsList().equals(List.of("*"))) {
            throw new InvalidResource(resource, "one virtual host with the domain \"*\" is supported");
        }
        VirtualHost host = configuration.getVirtualHosts(0);
        List<Route> routes = new ArrayList<>();
        for (int i = 0; i < host.getRoutesCount(); i++) {
            io.envoyproxy.envoy.config.route.v3.Route route = host.getRoutes(i);
            routes.add(route(route, route.getName().isEmpty() ? host.getName() + "/" + i : route.getName()));
        }
        return new RouteTable(configuration.getName(), routes);
    }

    private Route route(io.envoyproxy.envoy.config.route.v3.Route route, String name) throws InvalidResource {
        String where = resource + ": route " + name;
        RouteMatch match = new MatchTranslator(where).match(route.getMatch());
        FilterTranslator filters = new FilterTranslator(where, name);
        return switch (route.getActionCase()) {
            case ROUTE -> {
                RouteAction action = route.getRoute();
                yield new Route(
                        name,
                        match,
                        split(action, name, filters),
                        action.hasTimeout() ? XdsTypes.duration(resource, action.getTimeout()) : UNSET_TIMEOUT,
                        retry(route, name),
                        HashPolicyTranslator.translate(where, action.getHashPolicyList()),
                        filters.forwarding(route, match),
                        new PolicyTranslator(where).policies(route.getTypedPerFilterConfigMap()));
            }
            case REDIRECT ->
                new Route(
                        name,
                        match,
                        new ClusterSplit(List.of()),
                        Duration.ZERO,
                        RetryPolicy.NONE,
                        filters.redirecting(route.getRedirect(), match));
            case ACTION_NOT_SET -> throw new InvalidResource(where, "it must forward (route) or redirect");
        };
    }

    private ClusterSplit split(RouteAction action, String name, FilterTranslator filters) throws InvalidResource {
        return switch (action.getClusterSpecifierCase()) {
            case CLUSTER -> ClusterSplit.to(action.getCluster());
            case WEIGHTED_CLUSTERS -> {
                List<Share> shares = new ArrayList<>();
                for (WeightedCluster.ClusterWeight share :
                        action.getWeightedClusters().getClustersList()) {
                    shares.add(new Share(
                            share.getName(),
                            XdsTypes.weight(resource, share.getWeight().getValue()),
                            filters.share(share)));
                }
                yield new ClusterSplit(shares);
            }
            case CLUSTERSPECIFIER_NOT_SET ->
                throw new InvalidResource(resource, "route " + name + ": it needs a cluster or weighted_clusters");
        };
    }

    private RetryPolicy retry(io.envoyproxy.envoy.config.route.v3.Route route, String name) throws InvalidResource {
        RouteAction action = route.getRoute();
        boolean hedges = action.getHedgePolicy().getHedgeOnPerTryTimeout();
        if (!action.hasRetryPolicy()) {
            if (hedges) {
                throw new InvalidResource(resource, "route " + name + ": a hedge_policy needs a retry_policy");
            }
            return RetryPolicy.NONE;
        }
        RetryPolicy policy = retry(action.getRetryPolicy(), name);
        if (!hedges) {
            return policy;
        }
        if (!policy.perTryTimeout().isPositive()) {
            throw new InvalidResource(
                    resource,
                    "route " + name + ": hedge_on_per_try_timeout needs a per_try_timeout, after which it comes");
        }
        boolean any = XdsTypes.metadata(route.getMetadata(), "hedge_methods").equals("any");
        Set<Condition> on = EnumSet.noneOf(Condition.class);
        on.addAll(policy.on());
        on.remove(Condition.PER_TRY_TIMEOUT);
        return new RetryPolicy(
                policy.retries(),
                on,
                policy.statuses(),
                Duration.ZERO,
                policy.backoff(),
                new Hedge(policy.perTryTimeout(), any ? Hedge.Methods.ANY : Hedge.Methods.IDEMPOTENT));
    }

    private RetryPolicy retry(io.envoyproxy.envoy.config.route.v3.RetryPolicy policy, String name)
            throws InvalidResource {
        Set<Condition> on = EnumSet.noneOf(Condition.class);
        for (String condition : policy.getRetryOn().split(",")) {
            on.add(condition(condition.strip(), name));
        }
        Duration perTry = XdsTypes.duration(resource, policy.getPerTryTimeout());
        if (perTry.isPositive()) {
            on.add(Condition.PER_TRY_TIMEOUT);
        }
        Set<Integer> statuses = new HashSet<>();
        if (on.contains(Condition.STATUS)) {
            statuses.addAll(policy.getRetriableStatusCodesList());
        }
        int retries = policy.hasNumRetries() ? policy.getNumRetries().getValue() : 1;
        if (retries < 0 || retries > MOST_RETRIES) {
            throw new InvalidResource(resource, "route " + name + ": num_retries must be 0.." + MOST_RETRIES);
        }
        return new RetryPolicy(retries, on, statuses, perTry, backoff(policy, name));
    }

    private Backoff backoff(io.envoyproxy.envoy.config.route.v3.RetryPolicy policy, String name)
            throws InvalidResource {
        Duration base = Backoff.DEFAULT.base();
        Duration most = Backoff.DEFAULT.most();
        if (policy.hasRetryBackOff()) {
            base = XdsTypes.duration(resource, policy.getRetryBackOff().getBaseInterval());
            most = policy.getRetryBackOff().hasMaxInterval()
                    ? XdsTypes.duration(resource, policy.getRetryBackOff().getMaxInterval())
                    : base.multipliedBy(10);
            if (base.toMillis() < 1 || most.compareTo(base) < 0 || most.compareTo(MOST_BACKOFF) > 0) {
                throw new InvalidResource(
                        resource,
                        "route " + name + ": retry_back_off needs 1ms <= base_interval <= max_interval <= "
                                + MOST_BACKOFF);
            }
        }
        Duration asked = Duration.ZERO;
        if (policy.hasRateLimitedRetryBackOff()) {
            RateLimitedRetryBackOff limited = policy.getRateLimitedRetryBackOff();
            if (limited.getResetHeadersCount() != 1
                    || !limited.getResetHeaders(0).getName().equalsIgnoreCase("retry-after")
                    || limited.getResetHeaders(0).getFormat() != ResetHeaderFormat.SECONDS) {
                throw new InvalidResource(
                        resource, "route " + name + ": the one reset header is retry-after, in SECONDS");
            }
            asked = limited.hasMaxInterval()
                    ? XdsTypes.duration(resource, limited.getMaxInterval())
                    : Duration.ofMinutes(5);
        }
        return new Backoff(base, most, asked);
    }

    private Condition condition(String condition, String name) throws InvalidResource {
        return switch (condition) {
            case "connect-failure" -> Condition.CONNECT_FAILURE;
            case "refused-stream" -> Condition.REFUSED_STREAM;
            case "reset" -> Condition.RESET;
            case "retriable-status-codes" -> Condition.STATUS;
            case "unavailable" -> Condition.UNAVAILABLE;
            case "cancelled" -> Condition.CANCELLED;
            case "deadline-exceeded" -> Condition.DEADLINE_EXCEEDED;
            case "internal" -> Condition.INTERNAL;
            case "resource-exhausted" -> Condition.RESOURCE_EXHAUSTED;
            default ->
                throw new InvalidResource(
                        resource, "route " + name + ": retry_on \"" + condition + "\" is not supported");
        };
    }
}
