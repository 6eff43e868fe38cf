package io.tracery.topology.graph;

/**
 * Who stands at one end of an edge.
 *
 * @param namespace holds neither {@code /} nor {@code >}
 * @param name holds no {@code >}
 */
public record NodeId(String namespace, String name) {

    /** The namespace of everything that is not a workload of the mesh. */
    public static final String EXTERNAL = "external";

    /** All callers outside the mesh: without an identity they cannot be told apart. */
    public static final NodeId CLIENTS = new NodeId(EXTERNAL, "clients");

    public NodeId {
        if (namespace.isEmpty() || name.isEmpty()) {
            throw new IllegalArgumentException("a node needs a namespace and a name");
        }
        if (namespace.indexOf('/') >= 0 || namespace.indexOf('>') >= 0 || name.indexOf('>') >= 0) {
            throw new IllegalArgumentException("a node's name holds a separator: " + namespace + " " + name);
        }
    }

    /** {@code namespace/name}, as the API shows it. */
    public String id() {
        return namespace + "/" + name;
    }

    /** As far as the name alone tells. */
    public Kind kind() {
        if (!namespace.equals(EXTERNAL)) {
            return name.equals("*") ? Kind.NAMESPACE : Kind.WORKLOAD;
        }
        return equals(CLIENTS) ? Kind.CLIENT : Kind.EXTERNAL;
    }

    /** What a node is to the mesh. */
    public enum Kind {
        WORKLOAD,
        /** Callers outside the mesh. */
        CLIENT,
        /** Something outside the mesh that is called. */
        EXTERNAL,
        /** Called by name; no endpoint of it was reached. */
        SERVICE,
        DATABASE,
        BROKER,
        /** All workloads of one namespace, where the graph is collapsed. */
        NAMESPACE
    }
}
