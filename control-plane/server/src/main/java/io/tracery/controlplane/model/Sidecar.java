package io.tracery.controlplane.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A {@code policy.tracery.io/v1alpha1} Sidecar: what one proxy accepts and where its application finds others.
 *
 * @param name also names the proxy's node
 * @param workload OpenTelemetry service name
 * @param version of the workload
 * @param serviceAccount identity within the namespace
 */
public record Sidecar(
        Name name,
        String workload,
        String version,
        String serviceAccount,
        List<Inbound> inbound,
        List<Outbound> outbound) {

    public Sidecar {
        inbound = List.copyOf(inbound);
        outbound = List.copyOf(outbound);
    }

    /**
     * @param port where the sidecar accepts
     * @param bind address it accepts on
     * @param forwardHost where the application is
     * @param permissive true to accept plain text from callers outside the mesh beside mutual TLS
     * @param concurrency how many requests the application gets at once, or null for any number
     * @param rateLimit how many requests are let through in a time, or null for any number
     */
    public record Inbound(
            int port,
            String bind,
            AppProtocol protocol,
            String forwardHost,
            int forwardPort,
            boolean permissive,
            @Nullable Concurrency concurrency,
            @Nullable RateLimit rateLimit) {}

    /**
     * A number of requests that is found from how long they take.
     *
     * @param least never fewer
     * @param most never more
     * @param criticalPaths requests for these are refused last
     * @param priorityHeader in lower case, says which of the others are refused first; empty: none before the others
     */
    public record Concurrency(int least, int most, List<String> criticalPaths, String priorityHeader) {

        public Concurrency {
            criticalPaths = List.copyOf(criticalPaths);
        }
    }

    /**
     * @param service that the application calls
     * @param port of that service
     * @param bindHost where the application finds it
     * @param bindPort where the application finds it
     */
    public record Outbound(Name service, int port, String bindHost, int bindPort) {}

    /** {@code spiffe://<trust-domain>/ns/<namespace>/sa/<service account>}. */
    public String identity(String trustDomain) {
        return "spiffe://" + trustDomain + "/ns/" + name.namespace() + "/sa/" + serviceAccount;
    }
}
