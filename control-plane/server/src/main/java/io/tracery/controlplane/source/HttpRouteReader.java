package io.tracery.controlplane.source;

import io.tracery.controlplane.model.Name;
import io.tracery.controlplane.model.Route;
import io.tracery.controlplane.model.Route.Backend;
import io.tracery.controlplane.model.Route.Header;
import io.tracery.controlplane.model.Route.Match;
import io.tracery.controlplane.model.Route.Parent;
import io.tracery.controlplane.model.Route.Retry;
import io.tracery.controlplane.model.Route.Rule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code gateway.networking.k8s.io/v1} HTTPRoute with Services as parents. */
final class HttpRouteReader {

    private static final int MOST_WEIGHT = 1_000_000;
    private static final int MOST_ATTEMPTS = 10;

    private HttpRouteReader() {}

    static Route read(Name name, Fields spec) {
        List<Parent> parents = new ArrayList<>();
        for (Fields parent : spec.objects("parentRefs")) {
            if (!parent.text("kind", "Gateway").equals("Service")
                    || !parent.text("group", "gateway.networking.k8s.io").isEmpty()) {
                parent.problem("kind", "a route's parent is a Service here: {group: \"\", kind: Service, name: …}");
            }
            parents.add(new Parent(
                    new Name(parent.text("namespace", name.namespace()), parent.text("name")),
                    parent.number("port", 0, 1, 65_535)));
        }
        if (parents.isEmpty()) {
            spec.problem("parentRefs", "names the Service whose callers the route is for; there is none");
        }
        List<Rule> rules = new ArrayList<>();
        for (Fields rule : spec.objects("rules")) {
            rules.add(rule(name, rule));
        }
        if (rules.isEmpty()) {
            spec.problem("rules", "is missing");
        }
        return new Route(name, parents, rules);
    }

    private static Rule rule(Name route, Fields rule) {
        rule.text("name", "");
        List<Match> matches = new ArrayList<>();
        for (Fields match : rule.objects("matches")) {
            matches.add(match(match));
        }
        List<Backend> backends = new ArrayList<>();
        for (Fields backend : rule.objects("backendRefs")) {
            if (!backend.text("kind", "Service").equals("Service")
                    || !backend.text("group", "").isEmpty()) {
                backend.problem("kind", "a backend is a Service here");
            }
            backends.add(new Backend(
                    new Name(backend.text("namespace", route.namespace()), backend.text("name")),
                    backend.number("port", 1, 65_535),
                    backend.number("weight", 1, 0, MOST_WEIGHT)));
        }
        if (backends.isEmpty()) {
            rule.problem("backendRefs", "is missing: where do these requests go?");
        }
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
                retry == null ? null : retry(retry));
    }

    private static Match match(Fields match) {
        Fields path = match.object("path");
        String type = path == null ? "PathPrefix" : path.text("type", "PathPrefix");
        String value = path == null ? "/" : path.text("value", "/");
        if (path != null && !type.equals("Exact") && !type.equals("PathPrefix")) {
            path.problem("type", "Exact and PathPrefix are supported, not " + type);
        }
        if (path != null && !value.startsWith("/")) {
            path.problem("value", "must begin with \"/\"");
        }
        List<Header> headers = new ArrayList<>();
        for (Fields header : match.objects("headers")) {
            if (!header.text("type", "Exact").equals("Exact")) {
                header.problem("type", "Exact is supported, not " + header.text("type", ""));
            }
            headers.add(new Header(header.text("name").toLowerCase(Locale.ROOT), header.text("value")));
        }
        return new Match(type.equals("Exact"), value, match.text("method", ""), headers);
    }

    private static @Nullable Retry retry(Fields retry) {
        Set<Integer> codes = new HashSet<>();
        for (String code : retry.texts("codes")) {
            if (!code.matches("[45][0-9]{2}")) {
                retry.problem("codes", "are response codes 400..599, not \"" + code + "\"");
            } else {
                codes.add(Integer.valueOf(code));
            }
        }
        return new Retry(retry.number("attempts", 1, 0, MOST_ATTEMPTS), codes);
    }

    private static Duration duration(Fields fields, String field) {
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
