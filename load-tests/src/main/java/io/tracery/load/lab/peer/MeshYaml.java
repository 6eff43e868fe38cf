package io.tracery.load.lab.peer;

import java.nio.file.Path;

/** The mesh of two sidecars that one of our pairs serves, as a person writes it. */
public final class MeshYaml {

    private MeshYaml() {}

    static String caller(Site site) {
        return "caller-" + site.listenPort();
    }

    static String callee(Site site) {
        return "callee-" + site.listenPort();
    }

    /** The file with the token that the callee's sidecar shows; it is there once the control plane knows the mesh. */
    public static Path token(Site site) {
        return site.identity().tokens().resolve("lab." + callee(site) + ".jwt");
    }

    /** The caller's sidecar at the site's port, the callee's behind it, strict mutual TLS between them. */
    public static String of(Site site) {
        int callerPort = site.shape() == Shape.MTLS_PAIR ? site.listenPort() : site.adminPort(2);
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: %5$s, namespace: lab}
                spec: {ports: [{name: http, port: 80, appProtocol: http}]}
                ---
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: %5$s, namespace: lab, labels: {kubernetes.io/service-name: %5$s}}
                addressType: IPv4
                endpoints: [{addresses: [127.0.0.1], targetRef: {kind: Sidecar, name: %5$s}}]
                ports: [{name: http, port: %1$d}]
                ---
                apiVersion: policy.tracery.io/v1alpha1
                kind: Sidecar
                metadata: {name: %5$s, namespace: lab}
                spec:
                  workload: %5$s
                  version: v1
                  serviceAccount: %5$s
                  inbound: [{port: %1$d, protocol: http, forwardTo: "127.0.0.1:%2$d", tls: strict}]
                ---
                apiVersion: policy.tracery.io/v1alpha1
                kind: Sidecar
                metadata: {name: %4$s, namespace: lab}
                spec:
                  workload: %4$s
                  version: v1
                  serviceAccount: %4$s
                  outbound: [{service: %5$s, port: 80, bind: "127.0.0.1:%3$d"}]
                """.formatted(site.innerPort(), site.backendPorts().getFirst(), callerPort, caller(site), callee(site));
    }
}
