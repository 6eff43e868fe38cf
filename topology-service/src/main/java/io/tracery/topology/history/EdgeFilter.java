package io.tracery.topology.history;

import java.util.List;

/**
 * Which edges a question is about.
 *
 * @param values of {@link Kind#IDS} edge ids, of {@link Kind#NODE} one node's id, of {@link Kind#NAMESPACE} one namespace, of
 *     {@link Kind#ALL} nothing
 */
public record EdgeFilter(Kind kind, List<String> values) {

    /** How edges are chosen. */
    public enum Kind {
        ALL,
        /** Exactly these. */
        IDS,
        /** Those that begin or end in a node. */
        NODE,
        /** Those that begin or end in a namespace. */
        NAMESPACE
    }

    public static final EdgeFilter ALL = new EdgeFilter(Kind.ALL, List.of());

    public EdgeFilter {
        values = List.copyOf(values);
        if ((kind == Kind.NODE || kind == Kind.NAMESPACE) && values.size() != 1) {
            throw new IllegalArgumentException("one " + kind + " must be named, not " + values);
        }
    }

    public static EdgeFilter ids(List<String> ids) {
        return new EdgeFilter(Kind.IDS, ids);
    }

    public static EdgeFilter node(String id) {
        return new EdgeFilter(Kind.NODE, List.of(id));
    }

    public static EdgeFilter namespace(String name) {
        return new EdgeFilter(Kind.NAMESPACE, List.of(name));
    }

    public boolean matches(String edge) {
        return switch (kind) {
            case ALL -> true;
            case IDS -> values.contains(edge);
            case NODE -> begins(edge, values.getFirst() + ">") || ends(edge, values.getFirst() + ":");
            case NAMESPACE -> begins(edge, values.getFirst() + "/") || ends(edge, values.getFirst() + "/");
        };
    }

    private static boolean begins(String edge, String text) {
        return edge.startsWith(text);
    }

    /** A node's name may hold a colon, a protocol may not. */
    private boolean ends(String edge, String text) {
        int target = edge.indexOf('>') + 1;
        return edge.startsWith(text, target)
                && (kind == Kind.NAMESPACE || edge.lastIndexOf(':') == target + text.length() - 1);
    }
}
