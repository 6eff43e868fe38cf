package io.tracery.cli.demo;

import java.util.List;

/**
 * A sidecar as the mesh configuration describes it.
 *
 * @param name unique in its namespace, for example {@code cart-1}
 * @param workload the service's name in the graph
 * @param inbound never empty
 */
public record Sidecar(
        String namespace,
        String name,
        String workload,
        String version,
        String serviceAccount,
        List<Inbound> inbound,
        List<Outbound> outbound) {

    /** Admin ports lie this far above inbound ports. */
    private static final int ADMIN_ABOVE_INBOUND = 2000;

    /**
     * @param port where peers connect
     * @param applicationPort where the application listens
     * @param strict true when callers must show a certificate
     */
    public record Inbound(int port, int applicationPort, boolean strict) {}

    /**
     * @param service what the application calls
     * @param address host:port where it finds it
     */
    public record Outbound(String service, String address) {

        int port() {
            return portOf(address);
        }
    }

    public Sidecar {
        inbound = List.copyOf(inbound);
        outbound = List.copyOf(outbound);
    }

    /** The port with {@code /ready} and {@code /metrics}. */
    public int adminPort() {
        return inbound.getFirst().port() + ADMIN_ABOVE_INBOUND;
    }

    /** The workload's SPIFFE ID. */
    public String identity(String trustDomain) {
        return "spiffe://" + trustDomain + "/ns/" + namespace + "/sa/" + serviceAccount;
    }

    /** The workload's node in the graph. */
    public String node() {
        return namespace + "/" + workload;
    }

    static int portOf(String address) {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }
}
