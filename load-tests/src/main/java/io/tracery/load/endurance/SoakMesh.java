package io.tracery.load.endurance;

import io.tracery.load.mesh.Ports;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** The mesh of the soak: a caller and two callees of four services each, in as many versions as chance makes. */
final class SoakMesh {

    static final String CALLER = "front";
    static final List<String> CALLEES = List.of("cart-1", "cart-2");

    private static final List<String> SERVICES = List.of("web", "rpc", "kv", "api");

    private final List<Integer> outbound = ports();
    private final List<List<Integer>> inbound = List.of(ports(), ports());
    private final List<SoakApp> apps;

    /** @param apps behind the callees, in their order */
    SoakMesh(List<SoakApp> apps) {
        this.apps = apps;
    }

    private static List<Integer> ports() {
        return SERVICES.stream().map(service -> Ports.free()).toList();
    }

    int webPort() {
        return outbound.get(0);
    }

    int rpcPort() {
        return outbound.get(1);
    }

    int kvPort() {
        return outbound.get(2);
    }

    int apiPort() {
        return outbound.get(3);
    }

    /** As it is at the beginning and at the end: everything there, nothing injected. */
    String calm() {
        return sidecars() + slices(List.of(0, 1)) + route(50, "");
    }

    /** Endpoints, weights, limits and faults as chance wants them. */
    String changed(SplittableRandom random) {
        List<Integer> there = switch (random.nextInt(4)) {
            case 0 -> List.of(0);
            case 1 -> List.of(1);
            default -> List.of(0, 1);
        };
        String fault = switch (random.nextInt(3)) {
            case 0 -> "delay: {time: " + random.nextInt(1, 30) + "ms, percent: 20}";
            case 1 -> "abort: {httpStatus: 503, percent: 3}";
            default -> "";
        };
        return sidecars() + slices(there) + route(random.nextInt(101), fault);
    }

    private String sidecars() {
        StringBuilder yaml = new StringBuilder();
        yaml.append(sidecar(CALLER)).append("  outbound:\n");
        for (int s = 0; s < SERVICES.size(); s++) {
            yaml.append("    - {service: %s, port: %d, bind: \"127.0.0.1:%d\"}\n"
                    .formatted(SERVICES.get(s), 80 + s, outbound.get(s)));
        }
        for (int c = 0; c < CALLEES.size(); c++) {
            SoakApp app = apps.get(c);
            List<String> protocols = List.of("http", "grpc", "tcp", "http");
            List<Integer> behind = List.of(app.httpPort(), app.grpcPort(), app.echoPort(), app.http2Port());
            yaml.append("---\n").append(sidecar(CALLEES.get(c))).append("  inbound:\n");
            for (int s = 0; s < SERVICES.size(); s++) {
                yaml.append("    - {port: %d, protocol: %s, forwardTo: \"127.0.0.1:%d\", tls: strict}\n"
                        .formatted(inbound.get(c).get(s), protocols.get(s), behind.get(s)));
            }
        }
        return yaml
                + service("web", 80, "http")
                + service("rpc", 81, "grpc")
                + service("kv", 82, "tcp")
                + service("api", 83, "http")
                + service("web-1", 80, "http")
                + service("web-2", 80, "http");
    }

    private static String sidecar(String name) {
        return """
                apiVersion: policy.tracery.io/v1alpha1
                kind: Sidecar
                metadata: {name: %1$s, namespace: soak}
                spec:
                  workload: %1$s
                  version: v1
                  serviceAccount: %1$s
                """.formatted(name);
    }

    private static String service(String name, int port, String protocol) {
        return """
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: %s, namespace: soak}
                spec: {ports: [{name: main, port: %d, appProtocol: %s}]}
                """.formatted(name, port, protocol);
    }

    private String slices(List<Integer> there) {
        StringBuilder yaml = new StringBuilder();
        for (int callee : there) {
            List<String> services = new ArrayList<>(SERVICES);
            services.add("web-" + (callee + 1));
            for (String service : services) {
                int port = inbound.get(callee).get(Math.max(0, SERVICES.indexOf(service)));
                yaml.append("""
                        ---
                        apiVersion: discovery.k8s.io/v1
                        kind: EndpointSlice
                        metadata: {name: %1$s-%2$s, namespace: soak, labels: {kubernetes.io/service-name: %1$s}}
                        addressType: IPv4
                        endpoints: [{addresses: [127.0.0.1], targetRef: {kind: Sidecar, name: %2$s}}]
                        ports: [{name: main, port: %3$d}]
                        """.formatted(service, CALLEES.get(callee), port));
            }
        }
        return yaml.toString();
    }

    /** @param fault what goes wrong on purpose, or nothing */
    private static String route(int weight, String fault) {
        String filter = fault.isEmpty()
                ? ""
                : "      filters: [{type: ExtensionRef, extensionRef: {group: policy.tracery.io, kind: Fault, name: weather}}]\n";
        String weather = fault.isEmpty() ? "" : """
                ---
                apiVersion: policy.tracery.io/v1alpha1
                kind: Fault
                metadata: {name: weather, namespace: soak}
                spec: {%s}
                """.formatted(fault);
        return """
                ---
                apiVersion: gateway.networking.k8s.io/v1
                kind: HTTPRoute
                metadata: {name: web, namespace: soak}
                spec:
                  parentRefs: [{group: "", kind: Service, name: web, port: 80}]
                  rules:
                    - matches: [{path: {type: PathPrefix, value: /split}}]
                      backendRefs:
                        - {name: web-1, port: 80, weight: %d}
                        - {name: web-2, port: 80, weight: %d}
                      timeouts: {request: 5s}
                    - backendRefs: [{name: web, port: 80}]
                      timeouts: {request: 5s}
                      retry: {attempts: 2, codes: [503]}
                """.formatted(weight, 100 - weight) + filter + weather;
    }
}
