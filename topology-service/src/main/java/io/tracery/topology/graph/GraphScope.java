package io.tracery.topology.graph;

import org.jspecify.annotations.Nullable;

/**
 * Which part of the graph is asked for, and how closely.
 *
 * @param namespace edges with an end in it; null for all
 * @param collapsed one node for each namespace
 */
public record GraphScope(@Nullable String namespace, boolean collapsed) {

    public static final GraphScope WHOLE = new GraphScope(null, false);

    /** Name of the node that a namespace collapses to. */
    private static final String ALL = "*";

    public boolean holds(EdgeKey edge) {
        return namespace == null
                || edge.source().namespace().equals(namespace)
                || edge.target().namespace().equals(namespace);
    }

    /** The node that stands for another one; what is outside the mesh does not collapse into one thing. */
    public NodeId shown(NodeId node) {
        return collapsed && !node.namespace().equals(NodeId.EXTERNAL) ? new NodeId(node.namespace(), ALL) : node;
    }

    public EdgeKey shown(EdgeKey edge) {
        return collapsed ? new EdgeKey(shown(edge.source()), shown(edge.target()), edge.protocol()) : edge;
    }
}
