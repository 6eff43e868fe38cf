package io.tracery.controlplane.source;

import io.tracery.controlplane.model.AppProtocol;
import io.tracery.controlplane.model.Endpoint;
import io.tracery.controlplane.model.Filters;
import io.tracery.controlplane.model.Name;
import io.tracery.controlplane.model.Route;
import io.tracery.controlplane.model.Service;
import io.tracery.controlplane.model.Sidecar;
import io.tracery.controlplane.model.TlsRoute;
import io.tracery.controlplane.source.ModelReader.Located;
import io.tracery.process.NearNames;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** What only shows when all objects are there: names that lead nowhere, ports that do not meet. */
final class Consistency {

    private final Map<Name, Located<Service>> services;
    private final Map<Name, Located<List<Endpoint>>> slices;
    private final Map<Name, Located<Route>> routes;
    private final Map<Name, Located<TlsRoute>> tlsRoutes;
    private final Map<Name, Located<Sidecar>> sidecars;

    Consistency(
            Map<Name, Located<Service>> services,
            Map<Name, Located<List<Endpoint>>> slices,
            Map<Name, Located<Route>> routes,
            Map<Name, Located<TlsRoute>> tlsRoutes,
            Map<Name, Located<Sidecar>> sidecars) {
        this.services = services;
        this.slices = slices;
        this.routes = routes;
        this.tlsRoutes = tlsRoutes;
        this.sidecars = sidecars;
    }

    void check() {
        services.values().forEach(Consistency::checkService);
        slices.values().forEach(this::checkSlice);
        routes.values().forEach(this::checkRoute);
        tlsRoutes.values().forEach(this::checkTlsRoute);
        sidecars.values().forEach(this::checkSidecar);
        checkKinds();
        checkMixtures();
    }

    private static void checkService(Located<Service> service) {
        Set<Object> seen = new HashSet<>();
        for (Service.Port port : service.value().ports()) {
            if (!seen.add(port.port()) || !seen.add(port.name())) {
                service.spec().problem("ports", "names and numbers of ports must differ");
            }
        }
    }

    private void checkSlice(Located<List<Endpoint>> slice) {
        for (Endpoint endpoint : slice.value()) {
            Located<Service> service = services.get(endpoint.service());
            if (service == null) {
                slice.spec()
                        .problem("metadata", "there is no Service " + endpoint.service() + near(endpoint.service()));
                return;
            }
            if (service.value().ports().stream().noneMatch(port -> port.name().equals(endpoint.portName()))) {
                slice.spec()
                        .problem(
                                "ports",
                                "Service " + endpoint.service() + " has no port named \"" + endpoint.portName() + "\"");
            }
            if (!endpoint.sidecar().isEmpty()) {
                checkServedBy(slice, endpoint);
            }
        }
    }

    private void checkServedBy(Located<List<Endpoint>> slice, Endpoint endpoint) {
        Name name = new Name(endpoint.service().namespace(), endpoint.sidecar());
        Located<Sidecar> sidecar = sidecars.get(name);
        if (sidecar == null) {
            slice.spec()
                    .problem(
                            "endpoints",
                            "there is no Sidecar " + name
                                    + NearNames.suggestion(name.toString(), ModelReader.names(sidecars)));
        } else if (sidecar.value().inbound().stream().noneMatch(inbound -> inbound.port() == endpoint.port())) {
            slice.spec().problem("ports", "Sidecar " + name + " does not accept on port " + endpoint.port());
        }
    }

    private void checkRoute(Located<Route> route) {
        for (Route.Parent parent : route.value().parents()) {
            checkParent(route.spec(), route.value().name(), parent);
            checkHttp(route.spec(), "parentRefs", parent.service(), parent.port());
        }
        for (Route.Rule rule : route.value().rules()) {
            for (Route.Backend backend : rule.backends()) {
                checkPort(route.spec(), "rules", backend.service(), backend.port());
                checkHttp(route.spec(), "rules", backend.service(), backend.port());
            }
            for (Filters.Mirror mirror : rule.filters().mirrors()) {
                checkPort(route.spec(), "rules", mirror.service(), mirror.port());
                checkHttp(route.spec(), "rules", mirror.service(), mirror.port());
            }
        }
    }

    private void checkParent(Fields spec, Name route, Route.Parent parent) {
        checkPort(spec, "parentRefs", parent.service(), parent.port());
        if (!parent.service().namespace().equals(route.namespace())) {
            spec.problem(
                    "parentRefs",
                    "the route must stand in the namespace of Service " + parent.service()
                            + "; routes for the callers of one namespace are not supported");
        }
    }

    private void checkTlsRoute(Located<TlsRoute> route) {
        for (Route.Parent parent : route.value().parents()) {
            checkParent(route.spec(), route.value().name(), parent);
            checkProtocol(
                    route.spec(),
                    "parentRefs",
                    parent,
                    protocol -> protocol == AppProtocol.TLS,
                    "a TLSRoute needs appProtocol tls on it");
            for (Located<TlsRoute> other : tlsRoutes.values()) {
                if (!other.value().name().equals(route.value().name())
                        && other.value().covers(parent.service(), parent.port())) {
                    checkHostnames(route, other.value());
                }
            }
        }
        for (Route.Backend backend : route.value().backends()) {
            checkPort(route.spec(), "rules", backend.service(), backend.port());
            checkProtocol(
                    route.spec(),
                    "rules",
                    new Route.Parent(backend.service(), backend.port()),
                    AppProtocol::opaque,
                    "TLS that is passed through needs appProtocol tls or tcp on it");
        }
    }

    private static void checkHostnames(Located<TlsRoute> route, TlsRoute other) {
        List<String> both = route.value().hostnames().stream()
                .filter(other.hostnames()::contains)
                .toList();
        if (!both.isEmpty()
                || (route.value().hostnames().isEmpty() && other.hostnames().isEmpty())) {
            route.spec()
                    .problem(
                            "hostnames",
                            (both.isEmpty() ? "all others are" : both + " is") + " taken by TLSRoute " + other.name());
        }
    }

    /**
     * The Gateway API lets a GRPCRoute silence the HTTPRoutes of the same port; a configuration that says something without
     * an effect is refused instead.
     */
    private void checkKinds() {
        List<Route> grpc = routes.values().stream()
                .map(Located::value)
                .filter(route -> route.kind() == Route.Kind.GRPC)
                .toList();
        for (Located<Route> route : routes.values()) {
            for (Route.Parent parent : route.value().parents()) {
                if (route.value().kind() == Route.Kind.HTTP) {
                    grpc.stream()
                            .filter(other -> meet(parent, other))
                            .forEach(other -> route.spec()
                                    .problem(
                                            "parentRefs",
                                            "Service " + parent.service() + " has the GRPCRoute " + other.name()
                                                    + " too: a port takes routes of one kind"));
                }
            }
        }
    }

    private static boolean meet(Route.Parent parent, Route other) {
        return other.parents().stream()
                .anyMatch(theirs -> theirs.service().equals(parent.service())
                        && (theirs.port() == 0 || parent.port() == 0 || theirs.port() == parent.port()));
    }

    /** A route says nothing of opaque bytes. */
    private void checkHttp(Fields spec, String field, Name name, int port) {
        checkProtocol(
                spec,
                field,
                new Route.Parent(name, port),
                protocol -> !protocol.opaque(),
                "a route needs appProtocol http, kubernetes.io/h2c, grpc or auto on it");
    }

    private void checkProtocol(
            Fields spec, String field, Route.Parent port, Predicate<AppProtocol> allowed, String needs) {
        Located<Service> service = services.get(port.service());
        if (service == null) {
            return; // Said elsewhere.
        }
        for (Service.Port known : service.value().ports()) {
            if ((port.port() == 0 || known.port() == port.port()) && !allowed.test(known.protocol())) {
                String kind = known.protocol().opaque() ? "an opaque port " : "a port ";
                spec.problem(field, "Service " + port.service() + " has " + kind + known.port() + ": " + needs);
            }
        }
    }

    private void checkSidecar(Located<Sidecar> sidecar) {
        Map<String, String> taken = new HashMap<>();
        // Listeners and clusters take their names from these ports, so each stands once whatever its address.
        Map<Integer, String> applications = new HashMap<>();
        for (Sidecar.Inbound inbound : sidecar.value().inbound()) {
            claim(sidecar.spec(), "inbound", taken, inbound.bind() + ":" + inbound.port());
            claim(sidecar.spec(), "inbound", taken, "port " + inbound.port());
            String application = inbound.forwardHost() + ", " + inbound.protocol();
            String before = applications.putIfAbsent(inbound.forwardPort(), application);
            if (before != null && !before.equals(application)) {
                sidecar.spec()
                        .problem(
                                "inbound",
                                "forwardTo port " + inbound.forwardPort()
                                        + " stands for two applications: give them different ports");
            }
        }
        for (Sidecar.Outbound outbound : sidecar.value().outbound()) {
            claim(sidecar.spec(), "outbound", taken, outbound.bindHost() + ":" + outbound.bindPort());
            claim(sidecar.spec(), "outbound", taken, outbound.service() + " port " + outbound.port());
            checkPort(sidecar.spec(), "outbound", outbound.service(), outbound.port());
        }
    }

    private static void claim(Fields spec, String field, Map<String, String> taken, String address) {
        String before = taken.put(address, field);
        if (before != null) {
            spec.problem(field, address + " is taken by another entry of " + before);
        }
    }

    /** @param port 0 for any */
    private void checkPort(Fields spec, String field, Name name, int port) {
        Located<Service> service = services.get(name);
        if (service == null) {
            spec.problem(field, "there is no Service " + name + near(name));
        } else if (port != 0 && service.value().port(port) == null) {
            spec.problem(
                    field,
                    "Service " + name + " has no port " + port + ", only "
                            + service.value().ports().stream()
                                    .map(known -> Integer.toString(known.port()))
                                    .toList());
        }
    }

    /** One cluster is spoken to in one way: its endpoints are all in the mesh or none of them is. */
    private void checkMixtures() {
        Map<String, Boolean> meshed = new HashMap<>();
        slices.values()
                .forEach(slice -> slice.value().forEach(endpoint -> {
                    Boolean before = meshed.put(
                            endpoint.service() + " " + endpoint.portName(),
                            !endpoint.sidecar().isEmpty());
                    if (before != null && before == endpoint.sidecar().isEmpty()) {
                        slice.spec()
                                .problem(
                                        "endpoints",
                                        endpoint.service() + " mixes endpoints with and without a Sidecar");
                    }
                }));
    }

    private String near(Name name) {
        return NearNames.suggestion(name.toString(), ModelReader.names(services));
    }
}
