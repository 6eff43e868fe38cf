package io.tracery.controlplane.source;

import io.tracery.controlplane.model.Filters;
import io.tracery.controlplane.model.Filters.PathChange;
import io.tracery.controlplane.model.Name;
import io.tracery.controlplane.model.Route;
import io.tracery.controlplane.model.Route.Backend;
import io.tracery.controlplane.model.Route.Match;
import io.tracery.controlplane.model.Route.Parent;
import io.tracery.controlplane.model.Route.Path;
import io.tracery.controlplane.model.Route.PathType;
import io.tracery.controlplane.model.Route.Rule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code gateway.networking.k8s.io/v1} HTTPRoute with Services as parents. */
final class HttpRouteReader {

    private HttpRouteReader() {}

    static Route read(Name name, Fields spec) {
        List<Parent> parents = RouteParts.parents(name, spec);
        List<Rule> rules = new ArrayList<>();
        for (Fields rule : spec.objects("rules")) {
            rules.add(rule(name, rule));
        }
        if (rules.isEmpty()) {
            spec.problem("rules", "is missing");
        }
        return new Route(name, Route.Kind.HTTP, parents, rules);
    }

    private static Rule rule(Name route, Fields rule) {
        rule.text("name", "");
        List<Match> matches = new ArrayList<>();
        for (Fields match : rule.objects("matches")) {
            matches.add(match(match));
        }
        Filters filters = FilterReader.ofHttpRule(route, rule);
        checkPrefix(rule, filters, matches);
        List<Backend> backends = RouteParts.backends(route, rule, filters);
        Fields timeouts = rule.object("timeouts");
        Duration request = timeouts == null ? Duration.ZERO : duration(timeouts, "request");
        Duration backend = timeouts == null ? Duration.ZERO : duration(timeouts, "backendRequest");
        if (timeouts != null && request.isPositive() && backend.compareTo(request) > 0) {
            timeouts.problem("backendRequest", "must not be longer than request");
        }
        Fields retry = rule.object("retry");
        return new Rule(
                matches.isEmpty() ? List.of(Match.ANY) : matches,
                backends,
                request,
                backend,
                retry == null ? null : RetryReader.ofRule(retry),
                filters);
    }

    /** Only a prefix that was matched can be replaced (Gateway API, HTTPPathModifier.replacePrefixMatch). */
    private static void checkPrefix(Fields rule, Filters filters, List<Match> matches) {
        boolean replaces = isPrefix(filters.path())
                || (filters.redirect() != null && isPrefix(filters.redirect().path()));
        if (replaces && matches.stream().anyMatch(match -> match.path().type() != PathType.PREFIX)) {
            rule.problem("filters", "ReplacePrefixMatch needs every match of the rule to be a PathPrefix");
        }
    }

    private static boolean isPrefix(@Nullable PathChange change) {
        return change != null && change.part() == PathChange.Part.PREFIX;
    }

    private static Match match(Fields match) {
        Fields path = match.object("path");
        return new Match(
                path == null ? Path.ANY : path(path),
                match.text("method", ""),
                RouteParts.headers(match),
                RouteParts.values(match, "queryParams"));
    }

    private static Path path(Fields path) {
        String type = path.text("type", "PathPrefix");
        String value = path.text("value", "/");
        return switch (type) {
            case "RegularExpression" -> new Path(PathType.EXPRESSION, RouteParts.expression(path, "value", value));
            case "Exact", "PathPrefix" -> {
                if (!value.startsWith("/")) {
                    path.problem("value", "must begin with \"/\"");
                }
                yield new Path(type.equals("Exact") ? PathType.EXACT : PathType.PREFIX, value);
            }
            default -> {
                path.problem("type", "Exact, PathPrefix and RegularExpression are supported, not " + type);
                yield Path.ANY;
            }
        };
    }

    static Duration duration(Fields fields, String field) {
        String text = fields.text(field, "");
        if (text.isEmpty()) {
            return Duration.ZERO;
        }
        Duration duration = GatewayDuration.parse(text);
        if (duration == null) {
            fields.problem(field, "must be a duration such as 500ms or 1m30s, not \"" + text + "\"");
            return Duration.ZERO;
        }
        return duration;
    }
}
