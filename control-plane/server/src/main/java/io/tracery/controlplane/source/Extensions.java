package io.tracery.controlplane.source;

import io.tracery.controlplane.model.Fault;
import io.tracery.controlplane.model.Filters;
import io.tracery.controlplane.model.Name;
import io.tracery.controlplane.model.Policies;
import io.tracery.controlplane.model.RateLimit;
import io.tracery.controlplane.model.Route;
import io.tracery.controlplane.model.Route.Retry;
import io.tracery.controlplane.model.Route.Rule;
import io.tracery.controlplane.source.ModelReader.Located;
import io.tracery.process.NearNames;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Objects of {@code policy.tracery.io} that rules name by {@code ExtensionRef}, and how rules come by them. */
final class Extensions {

    static final String GROUP = "policy.tracery.io";
    static final String RETRY = "RetryPolicy";
    static final String FAULT = "Fault";
    static final String RATE_LIMIT = "RateLimit";
    static final List<String> KINDS = List.of(FAULT, RATE_LIMIT, RETRY);

    final Map<Name, Located<Retry>> retries = new TreeMap<>();
    final Map<Name, Located<Fault>> faults = new TreeMap<>();
    final Map<Name, Located<RateLimit>> rateLimits = new TreeMap<>();

    /** Every reference leads somewhere, and no rule is told one thing twice. */
    void check(Located<Route> route) {
        for (Rule rule : route.value().rules()) {
            for (Filters.Extension extension : rule.filters().extensions()) {
                Map<Name, ?> known = of(extension.kind());
                if (!known.containsKey(extension.name())) {
                    route.spec()
                            .problem(
                                    "rules",
                                    "there is no " + extension.kind() + " " + extension.name()
                                            + NearNames.suggestion(
                                                    extension.name().toString(), ModelReader.names(known)));
                }
            }
            if (rule.retry() != null && named(rule, RETRY) != null) {
                route.spec().problem("rules", "a rule has retry or a RetryPolicy, not both");
            }
            Retry retry = value(retries, named(rule, RETRY));
            if (retry != null && retry.hedge() != null && rule.backendTimeout().isPositive()) {
                route.spec()
                        .problem(
                                "rules",
                                "a rule whose RetryPolicy has a hedge has no timeouts.backendRequest: a slow attempt is not ended, another is begun beside it");
            }
            RateLimit limit = value(rateLimits, named(rule, RATE_LIMIT));
            if (limit != null && limit.perKey() != null && limit.perKey().key() == RateLimit.Key.CALLER) {
                route.spec()
                        .problem(
                                "rules",
                                "a route limits the one application that calls through it: caller: Identity is for a Sidecar's inbound port");
            }
            if (rule.filters().redirect() != null
                    && !rule.filters().extensions().isEmpty()) {
                route.spec().problem("rules", "a rule that redirects forwards nothing: it has no policies");
            }
        }
    }

    private Map<Name, ?> of(String kind) {
        return switch (kind) {
            case RETRY -> retries;
            case FAULT -> faults;
            case RATE_LIMIT -> rateLimits;
            default -> Map.of();
        };
    }

    private static @Nullable Name named(Rule rule, String kind) {
        return rule.filters().extensions().stream()
                .filter(extension -> extension.kind().equals(kind))
                .map(Filters.Extension::name)
                .findFirst()
                .orElse(null);
    }

    /** The route with what its rules only named. */
    Route resolved(Route route) {
        return new Route(
                route.name(),
                route.kind(),
                route.parents(),
                route.rules().stream().map(this::resolved).toList());
    }

    private Rule resolved(Rule rule) {
        Retry retry = value(retries, named(rule, RETRY));
        return new Rule(
                rule.matches(),
                rule.backends(),
                rule.timeout(),
                rule.backendTimeout(),
                retry == null ? rule.retry() : retry,
                rule.filters(),
                new Policies(value(rateLimits, named(rule, RATE_LIMIT)), value(faults, named(rule, FAULT))));
    }

    private static <T> @Nullable T value(Map<Name, Located<T>> known, @Nullable Name name) {
        Located<T> located = name == null ? null : known.get(name);
        return located == null ? null : located.value();
    }
}
