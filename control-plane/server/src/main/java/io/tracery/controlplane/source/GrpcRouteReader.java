package io.tracery.controlplane.source;

import com.google.re2j.Pattern;
import io.tracery.controlplane.model.Filters;
import io.tracery.controlplane.model.Name;
import io.tracery.controlplane.model.Route;
import io.tracery.controlplane.model.Route.Match;
import io.tracery.controlplane.model.Route.Parent;
import io.tracery.controlplane.model.Route.Path;
import io.tracery.controlplane.model.Route.PathType;
import io.tracery.controlplane.model.Route.Rule;
import io.tracery.controlplane.model.Route.ValueType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code gateway.networking.k8s.io/v1} GRPCRoute with Services as parents. A gRPC method is a path,
 * {@code /package.Service/Method}, so what comes out is a route like any other.
 */
final class GrpcRouteReader {

    /** Of a service or method that is not said. */
    private static final String ANY_NAME = "[^/]+";

    private GrpcRouteReader() {}

    static Route read(Name name, Fields spec) {
        List<Parent> parents = RouteParts.parents(name, spec);
        List<Rule> rules = new ArrayList<>();
        for (Fields rule : spec.objects("rules")) {
            rule.text("name", "");
            List<Match> matches = new ArrayList<>();
            for (Fields match : rule.objects("matches")) {
                matches.add(new Match(path(match.object("method")), "", RouteParts.headers(match), List.of()));
            }
            Filters filters = FilterReader.ofGrpcRule(name, rule);
            rules.add(new Rule(
                    matches.isEmpty() ? List.of(Match.ANY) : matches,
                    RouteParts.backends(name, rule, filters),
                    Duration.ZERO,
                    Duration.ZERO,
                    null,
                    filters));
        }
        if (rules.isEmpty()) {
            spec.problem("rules", "is missing");
        }
        return new Route(name, Route.Kind.GRPC, parents, rules);
    }

    private static Path path(@Nullable Fields method) {
        if (method == null) {
            return Path.ANY;
        }
        ValueType type = RouteParts.type(method);
        String service = method.text("service", "");
        String name = method.text("method", "");
        if (service.isEmpty() && name.isEmpty()) {
            method.problem("service", "a method match names a service, a method or both");
            return Path.ANY;
        }
        if (type == ValueType.EXACT) {
            if (service.contains("/") || name.contains("/")) {
                method.problem("service", "neither a service nor a method has a \"/\" in its name");
            }
            return exact(service, name);
        }
        String services = service.isEmpty() ? ANY_NAME : RouteParts.expression(method, "service", service);
        String names = name.isEmpty() ? ANY_NAME : RouteParts.expression(method, "method", name);
        return new Path(PathType.EXPRESSION, "/(" + services + ")/(" + names + ")");
    }

    private static Path exact(String service, String name) {
        if (service.isEmpty()) {
            return new Path(PathType.EXPRESSION, "/" + ANY_NAME + "/" + Pattern.quote(name));
        }
        return name.isEmpty()
                ? new Path(PathType.PREFIX, "/" + service)
                : new Path(PathType.EXACT, "/" + service + "/" + name);
    }
}
