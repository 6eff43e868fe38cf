package io.tracery.controlplane.source;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.tracery.controlplane.model.Filters;
import io.tracery.controlplane.model.Name;
import io.tracery.controlplane.model.Route.Backend;
import io.tracery.controlplane.model.Route.Parent;
import io.tracery.controlplane.model.Route.Value;
import io.tracery.controlplane.model.Route.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What HTTPRoutes and GRPCRoutes have in common. */
final class RouteParts {

    private static final int MOST_WEIGHT = 1_000_000;
    private static final int MOST_CHARACTERS = 1_024;
    private static final int MOST_INSTRUCTIONS = 1_000;

    private RouteParts() {}

    static List<Parent> parents(Name route, Fields spec) {
        if (spec.has("hostnames")) {
            spec.ignore("hostnames");
            spec.problem(
                    "hostnames",
                    "the Gateway API gives them no meaning where a Service is the parent: remove them, or match the header host");
        }
        return parentServices(route, spec);
    }

    static List<Parent> parentServices(Name route, Fields spec) {
        List<Parent> parents = new ArrayList<>();
        for (Fields parent : spec.objects("parentRefs")) {
            if (!parent.text("kind", "Gateway").equals("Service")
                    || !parent.text("group", "gateway.networking.k8s.io").isEmpty()) {
                parent.problem("kind", "a route's parent is a Service here: {group: \"\", kind: Service, name: …}");
            }
            parents.add(new Parent(
                    new Name(parent.text("namespace", route.namespace()), parent.text("name")),
                    parent.number("port", 0, 1, 65_535)));
        }
        if (parents.isEmpty()) {
            spec.problem("parentRefs", "names the Service whose callers the route is for; there is none");
        }
        return parents;
    }

    /** @param filters of the rule: one that redirects needs no backend */
    static List<Backend> backends(Name route, Fields rule, Filters filters) {
        List<Backend> backends = new ArrayList<>();
        for (Fields backend : rule.objects("backendRefs")) {
            checkService(backend);
            backends.add(new Backend(
                    new Name(backend.text("namespace", route.namespace()), backend.text("name")),
                    backend.number("port", 1, 65_535),
                    backend.number("weight", 1, 0, MOST_WEIGHT),
                    FilterReader.ofBackend(route, backend)));
        }
        if (backends.isEmpty() && filters.redirect() == null) {
            rule.problem("backendRefs", "is missing: where do these requests go?");
        }
        return backends;
    }

    static void checkService(Fields backend) {
        if (!backend.text("kind", "Service").equals("Service")
                || !backend.text("group", "").isEmpty()) {
            backend.problem("kind", "a backend is a Service here");
        }
    }

    static List<Value> headers(Fields match) {
        return values(match, "headers").stream()
                .map(header -> new Value(header.name().toLowerCase(Locale.ROOT), header.type(), header.text()))
                .toList();
    }

    /** A list of {@code {type, name, value}}. */
    static List<Value> values(Fields match, String field) {
        List<Value> values = new ArrayList<>();
        for (Fields entry : match.objects(field)) {
            ValueType type = type(entry);
            String text = entry.text("value");
            values.add(new Value(
                    entry.text("name"), type, type == ValueType.EXPRESSION ? expression(entry, "value", text) : text));
        }
        return values;
    }

    static ValueType type(Fields entry) {
        String type = entry.text("type", "Exact");
        if (!type.equals("Exact") && !type.equals("RegularExpression")) {
            entry.problem("type", "Exact and RegularExpression are supported, not " + type);
        }
        return type.equals("RegularExpression") ? ValueType.EXPRESSION : ValueType.EXACT;
    }

    /** The expression itself; a problem where a proxy would refuse it. */
    static String expression(Fields entry, String field, String regex) {
        try {
            if (regex.isEmpty() || regex.length() > MOST_CHARACTERS) {
                entry.problem(field, "an expression has 1.." + MOST_CHARACTERS + " characters");
            } else if (Pattern.compile(regex, Pattern.DOTALL).programSize() > MOST_INSTRUCTIONS) {
                entry.problem(field, "the expression is too costly: it repeats too much");
            }
        } catch (PatternSyntaxException e) {
            entry.problem(field, "is not an expression of RE2's syntax: " + e.getMessage());
        }
        return regex;
    }
}
