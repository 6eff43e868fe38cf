package io.tracery.controlplane.source;

import io.tracery.controlplane.model.Filters;
import io.tracery.controlplane.model.Name;
import io.tracery.controlplane.model.Route;
import io.tracery.controlplane.model.TlsRoute;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** {@code gateway.networking.k8s.io} TLSRoute with Services as parents. */
final class TlsRouteReader {

    private static final int LONGEST_NAME = 253;
    private static final Pattern HOST_NAME =
            Pattern.compile("(\\*\\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*");
    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+");

    private TlsRouteReader() {}

    static TlsRoute read(Name name, Fields spec) {
        List<String> hostnames = new ArrayList<>();
        for (String hostname : spec.texts("hostnames")) {
            String lower = hostname.toLowerCase(Locale.ROOT);
            if (!HOST_NAME.matcher(lower).matches()
                    || ADDRESS.matcher(lower).matches()
                    || lower.length() > LONGEST_NAME) {
                spec.problem(
                        "hostnames",
                        "are names such as db.example.com or *.example.com, without a port, and no addresses: not \""
                                + hostname + "\"");
            }
            hostnames.add(lower);
        }
        List<Route.Parent> parents = RouteParts.parentServices(name, spec);
        List<Fields> rules = spec.objects("rules");
        if (rules.size() != 1) {
            spec.problem("rules", "is one rule: nothing but the hostname tells connections apart");
        }
        List<Route.Backend> backends = new ArrayList<>();
        for (Fields rule : rules) {
            rule.text("name", "");
            backends.addAll(RouteParts.backends(name, rule, Filters.NONE));
        }
        if (!backends.isEmpty() && backends.stream().allMatch(backend -> backend.weight() == 0)) {
            spec.problem("rules", "all weights are 0: where do these connections go?");
        }
        return new TlsRoute(name, parents, hostnames, backends);
    }
}
