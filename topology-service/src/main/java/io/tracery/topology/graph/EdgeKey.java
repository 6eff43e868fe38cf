package io.tracery.topology.graph;

/**
 * One edge of the graph: who calls whom, and how.
 *
 * @param protocol {@code http}, {@code grpc} or {@code tcp}; holds no {@code :}
 */
public record EdgeKey(NodeId source, NodeId target, String protocol) {

    public EdgeKey {
        if (protocol.isEmpty() || protocol.indexOf(':') >= 0) {
            throw new IllegalArgumentException("not a protocol: " + protocol);
        }
    }

    /** {@code source>target:protocol}, for example {@code shop/front>shop/cart:http}. */
    public String id() {
        return source.namespace() + "/" + source.name() + ">" + target.namespace() + "/" + target.name() + ":"
                + protocol;
    }

    /** @throws IllegalArgumentException when the text is not an edge's id */
    public static EdgeKey parse(String id) {
        int arrow = id.indexOf('>');
        int colon = id.lastIndexOf(':');
        if (arrow < 0 || colon < arrow) {
            throw new IllegalArgumentException("not an edge id (source>target:protocol): " + id);
        }
        return new EdgeKey(node(id.substring(0, arrow)), node(id.substring(arrow + 1, colon)), id.substring(colon + 1));
    }

    private static NodeId node(String id) {
        int slash = id.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("not a node id (namespace/name): " + id);
        }
        return new NodeId(id.substring(0, slash), id.substring(slash + 1));
    }
}
