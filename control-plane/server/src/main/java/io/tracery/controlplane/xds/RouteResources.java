package io.tracery.controlplane.xds;

import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.route.v3.HedgePolicy;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import io.tracery.controlplane.api.XdsNames;
import io.tracery.controlplane.model.Filters;
import io.tracery.controlplane.model.MeshModel;
import io.tracery.controlplane.model.Name;
import io.tracery.controlplane.model.Policies;
import io.tracery.controlplane.model.Route.Backend;
import io.tracery.controlplane.model.Route.Hedge;
import io.tracery.controlplane.model.Route.HedgedMethods;
import io.tracery.controlplane.model.Route.Match;
import io.tracery.controlplane.model.Route.Retry;
import io.tracery.controlplane.model.Route.Rule;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** HTTPRoutes as route configurations. */
final class RouteResources {

    /** Failures after which the application provably saw nothing: safe to try once more, whatever the request. */
    private static final String SAFE_TO_RETRY = "connect-failure,refused-stream";

    /** A client does not wait longer for what an endpoint says it will be able to do then. */
    private static final java.time.Duration MOST_RETRY_AFTER = java.time.Duration.ofSeconds(10);

    private RouteResources() {}

    /** One match of one rule, which is one route of Envoy's. */
    private record Candidate(String name, Match match, Rule rule) {}

    /** The routes for callers of a service's port: its HTTPRoutes', or one to the service itself where it has none. */
    static RouteConfiguration outbound(MeshModel model, Name service, int port) {
        VirtualHost.Builder host = VirtualHost.newBuilder().setName("all").addDomains("*");
        List<Candidate> candidates = new ArrayList<>();
        for (io.tracery.controlplane.model.Route route : model.routes(service, port)) {
            for (int i = 0; i < route.rules().size(); i++) {
                Rule rule = route.rules().get(i);
                String name = route.name() + "/" + i;
                rule.matches().forEach(match -> candidates.add(new Candidate(name, match, rule)));
            }
        }
        if (candidates.isEmpty() && model.routes(service, port).isEmpty()) {
            host.addRoutes(toService(XdsNames.outbound(service.namespace(), service.name(), port)));
        }
        candidates.sort(PRECEDENCE);
        candidates.forEach(candidate -> host.addRoutes(route(candidate)));
        HashResources.addTo(host, model);
        return RouteConfiguration.newBuilder()
                .setName(XdsNames.outbound(service.namespace(), service.name(), port))
                .addVirtualHosts(host)
                .build();
    }

    private static Route route(Candidate candidate) {
        Filters filters = candidate.rule().filters();
        Route.Builder route =
                Route.newBuilder().setName(candidate.name()).setMatch(MatchResources.match(candidate.match()));
        if (filters.redirect() != null) {
            return route.setRedirect(FilterResources.redirect(
                            filters.redirect(), candidate.match().path()))
                    .build();
        }
        FilterResources.headers(filters, route);
        RoutePolicyResources.policies(candidate.rule().policies(), route);
        Hedge hedge = hedge(candidate.rule());
        if (hedge != null && hedge.methods() == HedgedMethods.ANY) {
            route.setMetadata(Metadatas.of("hedge_methods", "any"));
        }
        return route.setRoute(action(candidate)).build();
    }

    /** Everything goes to the application. */
    static RouteConfiguration inbound(String name, String cluster, Policies policies) {
        Route.Builder route = Route.newBuilder()
                .setName(name)
                .setMatch(RouteMatch.newBuilder().setPrefix("/"))
                .setRoute(RouteAction.newBuilder().setCluster(cluster).setTimeout(Duration.getDefaultInstance()));
        RoutePolicyResources.policies(policies, route);
        return RouteConfiguration.newBuilder()
                .setName(name)
                .addVirtualHosts(
                        VirtualHost.newBuilder().setName("all").addDomains("*").addRoutes(route))
                .build();
    }

    /**
     * The Gateway API's order: exact paths, then expressions (it leaves their place open), then prefixes, the longer the
     * earlier; a method; more headers; more query parameters; then as configured.
     */
    private static final Comparator<Candidate> PRECEDENCE = Comparator.comparing(
                    (Candidate candidate) -> candidate.match().path().type())
            .thenComparingInt(candidate -> -candidate.match().path().value().length())
            .thenComparingInt(candidate -> candidate.match().method().isEmpty() ? 1 : 0)
            .thenComparingInt(candidate -> -candidate.match().headers().size())
            .thenComparingInt(candidate -> -candidate.match().query().size());

    private static Route toService(String cluster) {
        return Route.newBuilder()
                .setName("default")
                .setMatch(RouteMatch.newBuilder().setPrefix("/"))
                .setRoute(RouteAction.newBuilder()
                        .setCluster(cluster)
                        .setTimeout(Duration.getDefaultInstance())
                        .setRetryPolicy(RetryPolicy.newBuilder()
                                .setRetryOn(SAFE_TO_RETRY)
                                .setNumRetries(UInt32Value.of(1))))
                .build();
    }

    private static RouteAction action(Candidate candidate) {
        Rule rule = candidate.rule();
        RouteAction.Builder action = RouteAction.newBuilder()
                .setTimeout(duration(rule.timeout()))
                .setRetryPolicy(retry(rule.retry(), rule.backendTimeout()));
        Hedge hedge = hedge(rule);
        if (hedge != null) {
            action.setHedgePolicy(HedgePolicy.newBuilder().setHedgeOnPerTryTimeout(true));
            action.getRetryPolicyBuilder().setPerTryTimeout(duration(hedge.after()));
        }
        if (rule.backends().size() == 1
                && rule.backends().getFirst().weight() > 0
                && rule.backends().getFirst().filters().equals(Filters.NONE)) {
            action.setCluster(cluster(rule.backends().getFirst()));
        } else {
            WeightedCluster.Builder split = WeightedCluster.newBuilder();
            for (Backend backend : rule.backends()) {
                WeightedCluster.ClusterWeight.Builder share = WeightedCluster.ClusterWeight.newBuilder()
                        .setName(cluster(backend))
                        .setWeight(UInt32Value.of(backend.weight()));
                FilterResources.headers(backend.filters(), share);
                split.addClusters(share);
            }
            action.setWeightedClusters(split);
        }
        FilterResources.rewrite(rule.filters(), candidate.match().path(), action);
        return action.build();
    }

    private static @Nullable Hedge hedge(Rule rule) {
        Retry retry = rule.retry();
        return retry == null ? null : retry.hedge();
    }

    static String cluster(Backend backend) {
        return XdsNames.outbound(
                backend.service().namespace(), backend.service().name(), backend.port());
    }

    private static RetryPolicy retry(@Nullable Retry retry, java.time.Duration backendTimeout) {
        RetryPolicy.Builder policy = RetryPolicy.newBuilder();
        if (retry == null) {
            policy.setRetryOn(SAFE_TO_RETRY).setNumRetries(UInt32Value.of(1));
        } else {
            StringBuilder on = new StringBuilder(SAFE_TO_RETRY).append(",reset");
            if (!retry.codes().isEmpty()) {
                on.append(",retriable-status-codes");
            }
            retry.grpcCodes().stream().sorted().forEach(code -> on.append(',').append(code));
            policy.setRetryOn(on.toString()).setNumRetries(UInt32Value.of(retry.attempts()));
            retry.codes().stream().sorted().forEach(policy::addRetriableStatusCodes);
            backoff(retry, policy);
        }
        if (backendTimeout.isPositive()) {
            policy.setPerTryTimeout(duration(backendTimeout));
        }
        return policy.build();
    }

    private static void backoff(Retry retry, RetryPolicy.Builder policy) {
        if (retry.backoff().isPositive()) {
            RetryPolicy.RetryBackOff.Builder backoff =
                    RetryPolicy.RetryBackOff.newBuilder().setBaseInterval(duration(retry.backoff()));
            if (retry.maxBackoff().isPositive()) {
                backoff.setMaxInterval(duration(retry.maxBackoff()));
            }
            policy.setRetryBackOff(backoff);
        }
        if (!retry.codes().isEmpty() || !retry.grpcCodes().isEmpty()) {
            policy.setRateLimitedRetryBackOff(RetryPolicy.RateLimitedRetryBackOff.newBuilder()
                    .addResetHeaders(RetryPolicy.ResetHeader.newBuilder()
                            .setName("retry-after")
                            .setFormat(RetryPolicy.ResetHeaderFormat.SECONDS))
                    .setMaxInterval(duration(MOST_RETRY_AFTER)));
        }
    }

    static Duration duration(java.time.Duration duration) {
        return Duration.newBuilder()
                .setSeconds(duration.getSeconds())
                .setNanos(duration.getNano())
                .build();
    }
}
