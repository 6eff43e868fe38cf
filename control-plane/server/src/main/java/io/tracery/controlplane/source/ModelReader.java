package io.tracery.controlplane.source;

import io.tracery.controlplane.model.BackendPolicy;
import io.tracery.controlplane.model.Endpoint;
import io.tracery.controlplane.model.MeshModel;
import io.tracery.controlplane.model.Name;
import io.tracery.controlplane.model.Route;
import io.tracery.controlplane.model.Service;
import io.tracery.controlplane.model.Sidecar;
import io.tracery.controlplane.model.TlsRoute;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.Tag;

/** Files of YAML to a consistent model, or to the report of everything that is wrong with them. */
final class ModelReader {

    private static final String SERVICE_LABEL = "kubernetes.io/service-name";

    private final List<Problem> problems = new ArrayList<>();
    private final Map<Name, Located<Service>> services = new TreeMap<>();
    private final Map<Name, Located<List<Endpoint>>> slices = new TreeMap<>();
    private final Map<Name, Located<Route>> routes = new TreeMap<>();
    private final Map<Name, Located<TlsRoute>> tlsRoutes = new TreeMap<>();
    private final Map<Name, Located<Sidecar>> sidecars = new TreeMap<>();
    private final Map<Name, Located<BackendPolicy>> backendPolicies = new TreeMap<>();
    private final Extensions extensions = new Extensions();

    /** An object and the fields it was read from, for problems that show only in company. */
    record Located<T>(T value, Fields spec) {}

    private ModelReader() {}

    /** @param files name to text, in order */
    static Reading read(Map<String, String> files) {
        ModelReader reader = new ModelReader();
        files.forEach(reader::readFile);
        if (reader.problems.isEmpty()) {
            new Consistency(reader.services, reader.slices, reader.routes, reader.tlsRoutes, reader.sidecars).check();
            new PolicyTargets(reader.services, reader.backendPolicies).check();
            reader.routes.values().forEach(reader.extensions::check);
        }
        List<Problem> found = reader.problems.stream()
                .sorted(Comparator.comparing(Problem::file).thenComparingInt(Problem::line))
                .toList();
        return new Reading(found.isEmpty() ? reader.model() : MeshModel.EMPTY, found);
    }

    /** @param problems empty when the model may take effect */
    record Reading(MeshModel model, List<Problem> problems) {}

    private void readFile(String file, String text) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(true); // Fields says so itself, with the field's name.
        try {
            for (Node document : new Yaml(options).composeAll(new StringReader(text))) {
                if (!document.getTag().equals(Tag.NULL)) {
                    readObject(new Fields(file, "", document, problems));
                }
            }
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
            problems.add(new Problem(file, line, "", "is not YAML: " + e.getProblem()));
        } catch (YAMLException e) {
            problems.add(new Problem(file, 1, "", "is not YAML: " + e.getMessage()));
        }
    }

    private void readObject(Fields object) {
        String kind = object.text("apiVersion") + " " + object.text("kind");
        Fields metadata = object.required("metadata");
        Name name = new Name(metadata.text("namespace", "default"), metadata.text("name"));
        metadata.ignore("annotations", "creationTimestamp", "generation", "resourceVersion", "uid", "managedFields");
        object.ignore("status");
        switch (kind) {
            case "v1 Service" -> {
                metadata.ignore("labels");
                Fields spec = object.required("spec");
                put(services, name, service(name, spec), spec, object);
            }
            case "discovery.k8s.io/v1 EndpointSlice" -> {
                Fields labels = metadata.required("labels");
                String service = labels.text(SERVICE_LABEL);
                put(slices, name, endpoints(new Name(name.namespace(), service), object), object, object);
            }
            case "gateway.networking.k8s.io/v1 HTTPRoute" -> {
                metadata.ignore("labels");
                Fields spec = object.required("spec");
                put(routes, name, HttpRouteReader.read(name, spec), spec, object);
            }
            case "gateway.networking.k8s.io/v1 GRPCRoute" -> {
                metadata.ignore("labels");
                Fields spec = object.required("spec");
                put(routes, name, GrpcRouteReader.read(name, spec), spec, object);
            }
            case "gateway.networking.k8s.io/v1 TLSRoute",
                    "gateway.networking.k8s.io/v1alpha3 TLSRoute",
                    "gateway.networking.k8s.io/v1alpha2 TLSRoute" -> {
                metadata.ignore("labels");
                Fields spec = object.required("spec");
                put(tlsRoutes, name, TlsRouteReader.read(name, spec), spec, object);
            }
            case "policy.tracery.io/v1alpha1 Sidecar" -> {
                metadata.ignore("labels");
                Fields spec = object.required("spec");
                put(sidecars, name, SidecarReader.read(name, spec), spec, object);
            }
            case "policy.tracery.io/v1alpha1 BackendPolicy" -> {
                metadata.ignore("labels");
                Fields spec = object.required("spec");
                put(backendPolicies, name, BackendPolicyReader.read(name, spec), spec, object);
            }
            case "policy.tracery.io/v1alpha1 Fault" -> {
                metadata.ignore("labels");
                Fields spec = object.required("spec");
                put(extensions.faults, name, FaultReader.read(spec), spec, object);
            }
            case "policy.tracery.io/v1alpha1 RateLimit" -> {
                metadata.ignore("labels");
                Fields spec = object.required("spec");
                put(extensions.rateLimits, name, RateLimitReader.read(spec), spec, object);
            }
            case "policy.tracery.io/v1alpha1 RetryPolicy" -> {
                metadata.ignore("labels");
                Fields spec = object.required("spec");
                put(extensions.retries, name, RetryReader.ofPolicy(spec), spec, object);
            }
            default -> {
                object.problem(
                        "kind",
                        kind + " is not known here; known: v1 Service, discovery.k8s.io/v1 EndpointSlice, "
                                + "gateway.networking.k8s.io/v1 HTTPRoute, GRPCRoute and TLSRoute, "
                                + "policy.tracery.io/v1alpha1 Sidecar, BackendPolicy, "
                                + String.join(", ", Extensions.KINDS));
                return;
            }
        }
        object.refuseOthers();
    }

    private <T> void put(Map<Name, Located<T>> kind, Name name, T value, Fields spec, Fields object) {
        if (kind.put(name, new Located<>(value, spec)) != null) {
            object.problem("metadata", name + " is defined more than once");
        }
    }

    private static Service service(Name name, Fields spec) {
        // What these mean is done by a cluster; in a folder the EndpointSlices say who serves.
        spec.ignore("selector", "type", "clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "sessionAffinity");
        spec.ignore("internalTrafficPolicy");
        List<Service.Port> ports = new ArrayList<>();
        for (Fields port : spec.objects("ports")) {
            port.ignore("targetPort", "nodePort");
            if (!port.text("protocol", "TCP").equals("TCP")) {
                port.problem("protocol", "TCP is supported, not " + port.text("protocol", ""));
            }
            ports.add(new Service.Port(
                    port.text("name", ""),
                    port.number("port", 1, 65_535),
                    SidecarReader.protocol(port, "appProtocol")));
        }
        if (ports.isEmpty()) {
            spec.problem("ports", "is missing");
        }
        return new Service(name, ports);
    }

    private static List<Endpoint> endpoints(Name service, Fields slice) {
        String type = slice.text("addressType", "IPv4");
        if (!type.equals("IPv4") && !type.equals("IPv6")) {
            slice.problem("addressType", "IPv4 and IPv6 are supported, not " + type);
        }
        List<Endpoint> endpoints = new ArrayList<>();
        List<Fields> ports = slice.objects("ports");
        List<Fields> entries = slice.objects("endpoints");
        for (Fields port : ports) {
            port.ignore("appProtocol", "protocol");
            String portName = port.text("name", "");
            int number = port.number("port", 1, 65_535);
            for (Fields entry : entries) {
                endpoints.addAll(endpoint(service, portName, number, entry));
            }
        }
        return endpoints;
    }

    private static List<Endpoint> endpoint(Name service, String portName, int port, Fields entry) {
        entry.ignore("hostname", "nodeName");
        Fields target = entry.object("targetRef");
        String sidecar = "";
        if (target != null && target.text("kind").equals("Sidecar")) {
            sidecar = target.text("name");
        }
        if (target != null) {
            target.ignore("namespace", "uid");
            target.text("name");
        }
        Fields conditions = entry.object("conditions");
        boolean ready = true;
        if (conditions != null) {
            conditions.ignore("serving", "terminating");
            ready = !conditions.text("ready", "true").equals("false");
        }
        Fields hints = entry.object("hints");
        List<String> hintedZones = hints == null
                ? List.of()
                : hints.objects("forZones").stream()
                        .map(zone -> zone.text("name"))
                        .toList();
        String serving = sidecar;
        String zone = entry.text("zone", "");
        List<String> addresses = entry.texts("addresses").stream()
                .map(address -> Addresses.checked(entry, "addresses", address))
                .toList();
        if (addresses.isEmpty()) {
            entry.problem("addresses", "is missing");
        }
        return ready
                ? addresses.stream()
                        .map(address -> new Endpoint(service, portName, address, port, serving, zone, hintedZones))
                        .toList()
                : List.of();
    }

    private MeshModel model() {
        return new MeshModel(
                values(services),
                slices.values().stream()
                        .flatMap(slice -> slice.value().stream())
                        .toList(),
                routes.values().stream()
                        .map(route -> extensions.resolved(route.value()))
                        .toList(),
                tlsRoutes.values().stream().map(Located::value).toList(),
                values(sidecars),
                backendPolicies.values().stream().map(Located::value).toList());
    }

    private static <T> Map<Name, T> values(Map<Name, Located<T>> located) {
        Map<Name, T> values = new TreeMap<>();
        located.forEach((name, object) -> values.put(name, object.value()));
        return values;
    }

    /** Name lists for suggestions. */
    static List<String> names(Map<Name, ?> objects) {
        Function<Name, String> text = Name::toString;
        return objects.keySet().stream().map(text).toList();
    }
}
